"""What reference libraries make of a small cloud.

Usage: python geometry_recipe.py > geometry.json
Made with fpsample 1.0.2, Open3D 0.20.0, scipy 1.17.1, numpy 2.4.6, Python 3.11.
"""
import base64
import json
import sys

import fpsample
import numpy as np
import open3d
from scipy.spatial import cKDTree

M = 2**64 - 1


class SplitMix64:
    """Vigna's splitmix64.c."""

    def __init__(self, seed):
        self.state = seed & M

    def next(self):
        self.state = (self.state + 0x9E3779B97F4A7C15) & M
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & M
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & M
        return z ^ (z >> 31)

    def below(self, bound):
        return ((self.next() >> 32) * bound) >> 32

    def unit(self):
        return (self.next() >> 11) * 2.0**-53


def draw(seed, size, count):
    random, every = SplitMix64(seed), list(range(size))
    for i in range(count):
        j = i + random.below(size - i)
        every[i], every[j] = every[j], every[i]
    return every[:count]


def surface(seed, vertices, faces, count):
    random = SplitMix64(seed)
    a, b, c = (vertices[faces[:, i]] for i in range(3))
    u, v = b - a, c - a
    cross = np.stack([u[:, 1] * v[:, 2] - u[:, 2] * v[:, 1],
                      u[:, 2] * v[:, 0] - u[:, 0] * v[:, 2],
                      u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0]], 1)
    areas = np.sqrt(cross[:, 0] ** 2 + cross[:, 1] ** 2 + cross[:, 2] ** 2) / 2
    sums = np.cumsum(areas)
    out = []
    for _ in range(count):
        t = int(np.searchsorted(sums, random.unit() * sums[-1], side="right"))
        root, w = np.sqrt(random.unit()), random.unit()
        out.append(((1 - root) * a[t] + root * (1 - w) * b[t] + root * w * c[t]).tolist())
    return out


rng = np.random.default_rng(4)
points = rng.standard_normal((1200, 3)).astype(np.float32)
other = (points[rng.permutation(1200)[:700]]
         + rng.normal(0, 0.02, (700, 3)).astype(np.float32)).astype(np.float32)
wide = points.astype(np.float64) * 3 + [100, -50, 7]
centred = wide - np.mean(wide, axis=0)
radius = np.max(np.sqrt(np.sum(centred**2, axis=1)))
cloud = open3d.geometry.PointCloud(open3d.utility.Vector3dVector(wide))
voxels = np.asarray(cloud.voxel_down_sample(2.0).points)
d1 = cKDTree(other.astype(np.float64)).query(points.astype(np.float64))[0]
d2 = cKDTree(points.astype(np.float64)).query(other.astype(np.float64))[0]
precision, recall = np.mean(d2 < 0.03), np.mean(d1 < 0.03)
vertices = rng.standard_normal((12, 3))
faces = np.array([[0, 1, 2], [3, 4, 5], [3, 3, 4], [6, 7, 8], [9, 10, 11], [0, 5, 10]])
json.dump({
    "points_base64_f4": base64.b64encode(points.astype("<f4").tobytes()).decode(),
    "other_base64_f4": base64.b64encode(other.astype("<f4").tobytes()).decode(),
    "farthest": fpsample.fps_sampling(points, 300, start_idx=0).tolist(),
    "nearest": cKDTree(points.astype(np.float64)).query(other[:20].astype(np.float64), 8)[1].tolist(),
    "chamfer_l1": (np.mean(d1) + np.mean(d2)) / 2,
    "chamfer_l2": np.mean(d1**2) + np.mean(d2**2),
    "f_score": 2 * precision * recall / (precision + recall),
    "mean": np.mean(wide, axis=0).tolist(),
    "radius": radius,
    "normalized_sum": (centred / radius).sum(axis=0).tolist(),
    "normalized_first": (centred / radius)[0].tolist(),
    "voxels": sorted(voxels.tolist()),
    "draw": draw(0xFEDCBA9876543210, 1200, 60),
    "vertices": vertices.ravel().tolist(),
    "faces": faces.ravel().tolist(),
    "surface": surface(42, vertices, faces, 40),
}, sys.stdout)
print()

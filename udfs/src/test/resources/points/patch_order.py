"""What the order of a patch's points is worth to a plain codebook.

Usage: python patch_order.py
200 generated spheres, tori, boxes and cones of 1024 points become 12,800 patches of 32 points; 512
codes are learned by k-means on their rows, once for each order. Printed is the Chamfer distance
(L1, x1000, mean over 1280 patches of 20 more shapes) of a patch to its code. numpy 2.4.6 printed
68.8 for distance and 47.3 for halves; 82.3 is that of a code of zeros.
"""
import numpy as np

rng = np.random.default_rng(0)


def shape(kind, n):
    if kind == 0:
        p = rng.standard_normal((n, 3))
        p /= np.linalg.norm(p, axis=1, keepdims=True)
    elif kind == 1:
        u, v = rng.uniform(0, 2 * np.pi, (2, n))
        r = 1 + 0.35 * np.cos(v)
        p = np.stack([r * np.cos(u), r * np.sin(u), 0.35 * np.sin(v)], 1)
    elif kind == 2:
        p = rng.uniform(-1, 1, (n, 3))
        face = rng.integers(0, 6, n)
        p[np.arange(n), face % 3] = np.where(face < 3, 1, -1)
        p = p * [1, 0.7, 0.5]
    else:
        h, u = np.sqrt(rng.uniform(size=n)), rng.uniform(0, 2 * np.pi, n)
        p = np.stack([h * np.cos(u), h * np.sin(u), 1 - 2 * h], 1)
    a = rng.uniform(0, 2 * np.pi)
    turn = np.array([[np.cos(a), -np.sin(a), 0], [np.sin(a), np.cos(a), 0], [0, 0, 1]])
    p = (p * rng.uniform(0.6, 1.4, 3)) @ turn.T
    p -= p.mean(0)
    return p / np.linalg.norm(p, axis=1).max()


def farthest(p, m):
    nearest, out = np.full(len(p), np.inf), [0]
    for _ in range(m - 1):
        nearest = np.minimum(nearest, ((p - p[out[-1]]) ** 2).sum(1))
        out.append(int(nearest.argmax()))
    return out


def patches(p):
    centers = p[farthest(p, 64)]
    d = ((centers[:, None] - p[None]) ** 2).sum(-1)
    return p[np.argsort(d, 1, kind="stable")[:, :32]] - centers[:, None]


def halves(patch, index, axis=0):
    if len(index) == 1:
        return list(index)
    index = index[np.argsort(patch[index, axis], kind="stable")]
    middle = (len(index) + 1) // 2
    return (halves(patch, index[:middle], (axis + 1) % 3)
            + halves(patch, index[middle:], (axis + 1) % 3))


def by_halves(many):
    return np.array([patch[halves(patch, np.arange(32))] for patch in many])


def codes(rows, count=512, passes=8):
    found = rows[rng.permutation(len(rows))[:count]].copy()
    for _ in range(passes):
        nearest = (-2 * rows @ found.T + (found**2).sum(1)).argmin(1)
        sums = np.zeros_like(found)
        np.add.at(sums, nearest, rows)
        n = np.bincount(nearest, minlength=count)
        found[n > 0] = sums[n > 0] / n[n > 0, None]
    return found


def chamfer(a, b):
    d = np.sqrt(((a[:, :, None] - b[:, None]) ** 2).sum(-1))
    return (d.min(2).mean() + d.min(1).mean()) / 2 * 1000


learned = np.concatenate([patches(shape(i % 4, 1024)) for i in range(200)])
tested = np.concatenate([patches(shape(i % 4, 1024)) for i in range(20)])
print("zeros", chamfer(tested, np.zeros_like(tested)))
for name, order in (("distance", lambda many: many), ("halves", by_halves)):
    rows, others = (order(many).reshape(len(many), -1) for many in (learned, tested))
    found = codes(rows)
    nearest = found[(-2 * others @ found.T + (found**2).sum(1)).argmin(1)]
    print(name, chamfer(others.reshape(-1, 32, 3), nearest.reshape(-1, 32, 3)))

"""Small point files of every format, and what the reference readers make of them.

Usage: python recipe.py      (writes golden/ and golden.json beside itself)
Made with laspy 2.7.0 (lazrs 0.8.2), plyfile 1.1.5, Open3D 0.20.0, trimesh 5.2.0, pye57 0.4.19,
numpy 2.4.6, Python 3.11.
"""
import hashlib
import json
import pathlib

import laspy
import numpy as np
import open3d
import plyfile
import pye57
from pye57 import libe57
import trimesh

HERE = pathlib.Path(__file__).parent
OUT = HERE / "golden"
OUT.mkdir(exist_ok=True)
for old in OUT.iterdir():
    old.unlink()
rng = np.random.default_rng(20)
N = 37
facts = {}


def digest(array, dtype):
    return hashlib.sha256(np.ascontiguousarray(array, dtype=dtype).tobytes()).hexdigest()


def expect(name, xyz, intensity=None, color=None, normals=None, triangles=None):
    xyz = np.asarray(xyz, dtype=np.float64)
    out = {"points": len(xyz), "xyz_sha256": digest(xyz, "<f8")}
    for key, part in (("intensity", intensity), ("color", color), ("normals", normals)):
        if part is not None:
            out[key + "_sha256"] = digest(part, "<f4")
    if triangles is not None:
        out["triangles_sha256"] = digest(triangles, "<i4")
    facts[name] = out


def las():
    for number in range(11):
        version = "1.4" if number > 5 else "1.3" if number in (4, 5) else "1.2"
        header = laspy.LasHeader(point_format=number, version=version)
        header.scales = [0.01, 0.001, 1e-7]
        header.offsets = [636000.0, -1234.5, 17.25]
        f = laspy.LasData(header)
        f.X = rng.integers(-2**31, 2**31, N)
        f.Y = rng.integers(-10**6, 10**6, N)
        f.Z = rng.integers(-2**31, 2**31, N)
        f.intensity = rng.integers(0, 65536, N)
        color = number in (2, 3, 5, 7, 8, 10)
        if color:
            f.red, f.green, f.blue = (rng.integers(0, 65536, N) for _ in range(3))
        names = [f"las{number}.las"] + ([f"laz{number}.laz"] if number in (0, 1, 2, 3, 6, 7, 8) else [])
        for name in names:
            f.write(OUT / name)
            r = laspy.read(OUT / name)
            expect(name, np.stack([r.x, r.y, r.z], 1), np.asarray(r.intensity),
                   np.stack([r.red, r.green, r.blue], 1) if color else None)
    # Extra bytes, and chunks of 10 points.
    header = laspy.LasHeader(point_format=3, version="1.2")
    header.add_extra_dim(laspy.ExtraBytesParams("extra", "int32"))
    f = laspy.LasData(header)
    f.x, f.y, f.z = (rng.uniform(0, 100, 120) for _ in range(3))
    f.extra = np.arange(120)
    f.write(OUT / "extra.laz")
    r = laspy.read(OUT / "extra.laz")
    expect("extra.laz", np.stack([r.x, r.y, r.z], 1), np.asarray(r.intensity),
           np.stack([r.red, r.green, r.blue], 1))


def ply():
    types = ["i1", "u1", "i2", "u2", "i4", "u4", "f4", "f8"]
    for i, kind in enumerate(types):
        other = types[(i + 3) % len(types)]
        high = {"i1": 100, "u1": 200, "i2": 30000, "u2": 60000}.get(kind, 10**6)
        dtype = [("nx", "f4"), ("z", kind), ("skip", other), ("red", "u1"), ("x", kind),
                 ("green", "u1"), ("ny", "f4"), ("y", kind), ("blue", "u1"), ("nz", "f4"),
                 ("intensity", "f4")]
        v = np.zeros(N, dtype)
        for name in ("x", "y", "z"):
            v[name] = (rng.uniform(0, high, N)).astype(kind)
        for name in ("red", "green", "blue"):
            v[name] = rng.integers(0, 256, N)
        for name in ("nx", "ny", "nz", "intensity"):
            v[name] = rng.standard_normal(N)
        for text, order, tag in ((True, "=", "a"), (False, "<", "l"), (False, ">", "b")):
            name = f"{kind}{tag}.ply"
            plyfile.PlyData([plyfile.PlyElement.describe(v, "vertex")], text=text,
                            byte_order=order).write(OUT / name)
            r = plyfile.PlyData.read(OUT / name)["vertex"]
            expect(name, np.stack([r["x"], r["y"], r["z"]], 1), r["intensity"],
                   np.stack([r["red"], r["green"], r["blue"]], 1),
                   np.stack([r["nx"], r["ny"], r["nz"]], 1))
    # An element with a list before the vertices, a list among the vertices, and polygons.
    v = np.zeros(6, [("x", "f8"), ("w", "O"), ("y", "f8"), ("z", "f8")])
    for i in range(6):
        v[i] = (rng.uniform(), np.arange(i, dtype="i2"), rng.uniform(), rng.uniform())
    first = np.zeros(2, [("tags", "O"), ("k", "u1")])
    first["tags"] = [np.array([1.5, 2.5], "f8"), np.array([], "f8")]
    faces = np.zeros(3, [("vertex_indices", "O"), ("flag", "u1")])
    faces["vertex_indices"] = [np.array(a, "i4") for a in ([0, 1, 2], [5, 4, 3, 2], [0, 2, 4, 5, 1])]
    triangles = [[0, 1, 2], [5, 4, 3], [5, 3, 2], [0, 2, 4], [0, 4, 5], [0, 5, 1]]
    for text, order, tag in ((True, "=", "a"), (False, "<", "l"), (False, ">", "b")):
        name = f"lists_{tag}.ply"
        plyfile.PlyData([
            plyfile.PlyElement.describe(first, "extra", len_types={"tags": "u4"}, val_types={"tags": "f8"}),
            plyfile.PlyElement.describe(v, "vertex", len_types={"w": "u2"}, val_types={"w": "i2"}),
            plyfile.PlyElement.describe(faces, "face", val_types={"vertex_indices": "i4"}),
        ], text=text, byte_order=order).write(OUT / name)
        r = plyfile.PlyData.read(OUT / name)["vertex"]
        expect(name, np.stack([r["x"], r["y"], r["z"]], 1), triangles=triangles)


def pcd():
    cloud = open3d.geometry.PointCloud()
    cloud.points = open3d.utility.Vector3dVector(rng.standard_normal((N, 3)))
    cloud.colors = open3d.utility.Vector3dVector(rng.integers(0, 256, (N, 3)) / 255)
    cloud.normals = open3d.utility.Vector3dVector(rng.standard_normal((N, 3)))
    for name, options in (("ascii.pcd", dict(write_ascii=True)), ("binary.pcd", {}),
                          ("compressed.pcd", dict(compressed=True))):
        open3d.io.write_point_cloud(str(OUT / name), cloud, **options)
        r = open3d.io.read_point_cloud(str(OUT / name))
        expect(name, np.asarray(r.points), None, np.round(np.asarray(r.colors) * 255),
               np.asarray(r.normals))


def columns():
    rows = np.round(rng.uniform(-10, 10, (N, 6)), 4)
    np.savetxt(OUT / "six.xyz", rows, fmt="%.4f", header="six columns")
    expect("six.xyz", np.loadtxt(OUT / "six.xyz")[:, :3])
    np.savetxt(OUT / "named.csv", rows, fmt="%.17g", delimiter=";", header="ny;z;y;nx;x;nz", comments="")
    r = np.loadtxt(OUT / "named.csv", delimiter=";", skiprows=1)
    expect("named.csv", r[:, [4, 2, 1]], normals=r[:, [3, 0, 5]])
    small = rng.standard_normal((N, 4))
    for name, array in (("c_f4.npy", small.astype("f4")), ("fortran.npy", np.asfortranarray(small)),
                        ("big.npy", small.astype(">f8")), ("half.npy", small.astype("f2")),
                        ("int.npy", (small * 100).astype("i2"))):
        np.save(OUT / name, array)
        r = np.load(OUT / name).astype("f8")
        expect(name, r[:, :3], r[:, 3])
    np.savez_compressed(OUT / "named.npz", labels=np.arange(N), xyz=small[:, :3])
    expect("named.npz", np.load(OUT / "named.npz")["xyz"])
    np.savez(OUT / "only.npz", whatever=small.astype("f4"))
    r = np.load(OUT / "only.npz")["whatever"]
    expect("only.npz", r[:, :3], r[:, 3])
    r = (small * [5, 5, 5, 0.1]).astype("<f4")
    r.tofile(OUT / "velodyne.bin")
    expect("velodyne.bin", r[:, :3], r[:, 3])


def meshes():
    box = trimesh.creation.box((1, 2, 3))
    for name in ("m.off", "m.obj", "m.stl", "m_ascii.stl"):
        kind = "stl_ascii" if "ascii" in name else None
        box.export(OUT / name, **({"file_type": kind} if kind else {}))
        r = trimesh.load(OUT / name, process=False)
        if "stl" in name:
            expect(name, r.triangles.reshape(-1, 3), triangles=np.arange(3 * len(r.faces)).reshape(-1, 3))
        else:
            expect(name, r.vertices, triangles=r.faces)


def e57():
    n = 6000
    f = libe57.ImageFile(str(OUT / "scaled.e57"), "w")
    root = f.root()
    f.extensionsAdd("", libe57.E57_V1_0_URI)
    root.set("formatName", libe57.StringNode(f, "ASTM E57 3D Imaging Data File"))
    root.set("guid", libe57.StringNode(f, "{one}"))
    root.set("versionMajor", libe57.IntegerNode(f, 1))
    root.set("versionMinor", libe57.IntegerNode(f, 0))
    scans = libe57.VectorNode(f, True)
    root.set("data3D", scans)
    points = []
    for scan in range(2):
        node = libe57.StructureNode(f)
        scans.append(node)
        node.set("guid", libe57.StringNode(f, "{scan%d}" % scan))
        if scan == 1:
            pose = libe57.StructureNode(f)
            node.set("pose", pose)
            turn = libe57.StructureNode(f)
            pose.set("rotation", turn)
            for k, v in zip("wxyz", (0.5, 0.5, 0.5, 0.5)):
                turn.set(k, libe57.FloatNode(f, v))
            shift = libe57.StructureNode(f)
            pose.set("translation", shift)
            for k, v in zip("xyz", (10.0, 20.0, 30.0)):
                shift.set(k, libe57.FloatNode(f, v))
        prototype = libe57.StructureNode(f)
        for name in ("cartesianX", "cartesianY", "cartesianZ"):
            prototype.set(name, libe57.ScaledIntegerNode(f, 0, -300000, 700000, 0.001, 0.5))
        prototype.set("cartesianInvalidState", libe57.IntegerNode(f, 0, 0, 2))
        prototype.set("intensity", libe57.IntegerNode(f, 0, 0, 1000))
        prototype.set("constant", libe57.IntegerNode(f, 7, 7, 7))
        codecs = libe57.VectorNode(f, True)
        vector = libe57.CompressedVectorNode(f, prototype, codecs)
        node.set("points", vector)
        count = n if scan == 0 else 50
        xyz = np.round(rng.uniform(-299, 699, (3, count)), 3)
        state = (rng.uniform(size=count) < 0.1).astype("i2") * np.int16(2)
        intensity = rng.integers(0, 1001, count).astype("i2")
        constant = np.full(count, 7, "i2")
        buffers = libe57.VectorSourceDestBuffer()
        for k, a in zip(("cartesianX", "cartesianY", "cartesianZ"), xyz):
            a = np.ascontiguousarray(a)
            points.append(a)
            buffers.append(libe57.SourceDestBuffer(f, k, a, count, True, True))
        for k, a in (("cartesianInvalidState", state), ("intensity", intensity), ("constant", constant)):
            points.append(a)
            buffers.append(libe57.SourceDestBuffer(f, k, a, count, True))
        writer = vector.writer(buffers)
        writer.write(count)
        writer.close()
    f.close()
    r = pye57.E57(str(OUT / "scaled.e57"))
    parts = [r.read_scan(i, intensity=True, transform=True, ignore_missing_fields=True) for i in range(2)]
    expect("scaled.e57",
           np.concatenate([np.stack([s["cartesianX"], s["cartesianY"], s["cartesianZ"]], 1) for s in parts]),
           np.concatenate([s["intensity"] for s in parts]))
    w = pye57.E57(str(OUT / "double.e57"), mode="w")
    xyz = rng.standard_normal((3, N))
    w.write_scan_raw(dict(cartesianX=xyz[0], cartesianY=xyz[1], cartesianZ=xyz[2],
                          colorRed=rng.integers(0, 256, N).astype("u1"),
                          colorGreen=rng.integers(0, 256, N).astype("u1"),
                          colorBlue=rng.integers(0, 256, N).astype("u1")))
    w.close()
    s = pye57.E57(str(OUT / "double.e57")).read_scan(0, colors=True, ignore_missing_fields=True)
    expect("double.e57", np.stack([s["cartesianX"], s["cartesianY"], s["cartesianZ"]], 1), None,
           np.stack([s["colorRed"], s["colorGreen"], s["colorBlue"]], 1))


las()
ply()
pcd()
columns()
meshes()
e57()
(HERE / "golden.json").write_text(json.dumps(facts, indent=1) + "\n")

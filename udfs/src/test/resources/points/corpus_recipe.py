"""What the reference readers make of the point clouds of the shared corpus.

Usage: python corpus_recipe.py SHARED/corpus > corpus.json
Made with laspy 2.7.0 (lazrs 0.8.2), plyfile 1.1.5, Open3D 0.20.0, trimesh 5.2.0, pye57 0.4.19,
numpy 2.4.6, Python 3.11.

Per file: the tool, the number of points, the first and last point and the SHA-256 of all
coordinates as little-endian float64 (n x 3), the same of the attributes as float32 (intensity,
then colour, as far as the file has them), and the number of triangles of a mesh.
"""
import hashlib
import io
import json
import pathlib
import sys
import tempfile

import laspy
import numpy as np
import open3d
import plyfile
import pye57
import trimesh


def digest(array, dtype):
    return hashlib.sha256(np.ascontiguousarray(array, dtype=dtype).tobytes()).hexdigest()


def facts(tool, xyz, intensity=None, color=None, triangles=None):
    xyz = np.asarray(xyz, dtype=np.float64).reshape(-1, 3)
    out = {"tool": tool, "points": len(xyz), "xyz_sha256": digest(xyz, "<f8")}
    if len(xyz):
        out["first"] = xyz[0].tolist()
        out["last"] = xyz[-1].tolist()
    if intensity is not None:
        out["intensity_sha256"] = digest(intensity, "<f4")
    if color is not None:
        out["color_sha256"] = digest(color, "<f4")
    if triangles is not None:
        out["triangles"] = int(triangles)
    return out


def las(path):
    if path.name == "simple-laszip-compressor-version-1.2r0.laz":
        # lazrs refuses this early compressor's chunks; simple.las holds the same points.
        path = path.with_name("simple.las")
    f = laspy.read(path)
    color = None
    if "red" in f.point_format.dimension_names:
        color = np.stack([f.red, f.green, f.blue], 1)
    return facts("laspy", np.stack([f.x, f.y, f.z], 1), np.asarray(f.intensity), color)


def ply(path):
    try:
        # A blank after the first word, which plyfile refuses, is taken away for it.
        f = plyfile.PlyData.read(io.BytesIO(path.read_bytes().replace(b"ply \n", b"ply\n", 1)))
    except plyfile.PlyElementParseError:
        # Rows of faces longer than declared: the vertices alone, through the same parser.
        text = path.read_bytes().split(b"\n")
        n = next(int(line.split()[2]) for line in text if line.startswith(b"element vertex"))
        head = text[: text.index(b"end_header") + 1]
        kept = head[: next(i for i, line in enumerate(head) if line.startswith(b"element face"))]
        rows = text[len(head): len(head) + n]
        temporary = pathlib.Path(tempfile.mkdtemp()) / "vertices.ply"
        temporary.write_bytes(b"\n".join(kept + [b"end_header"] + rows) + b"\n")
        f = plyfile.PlyData.read(temporary)
    v = f["vertex"]
    names = v.data.dtype.names
    color = np.stack([v["red"], v["green"], v["blue"]], 1) if "red" in names else None
    triangles = None
    if "face" in f:
        triangles = sum(max(0, len(row[0]) - 2) for row in f["face"].data)
    return facts("plyfile", np.stack([v["x"], v["y"], v["z"]], 1), None, color, triangles)


def pcd(path):
    data = path.read_bytes()
    head, body = data.split(b"DATA ", 1)
    header = {l.split()[0]: l.split()[1:] for l in head.decode().splitlines() if l and l[0] != "#"}
    kind, body = body.split(b"\n", 1)
    if header["FIELDS"][:3] == ["x", "y", "z"]:
        cloud = open3d.io.read_point_cloud(str(path))
        return facts("Open3D", np.asarray(cloud.points))
    # Open3D knows only fields named in lower case.
    if kind.strip() == b"ascii":
        rows = np.loadtxt([l.replace(",", " ") for l in body.decode().splitlines()])
        return facts("numpy", rows[:, :3])
    kinds = [t.lower() + s for t, s in zip(header["TYPE"], header["SIZE"])]
    rows = np.frombuffer(body, np.dtype([(f, "<" + k) for f, k in zip(header["FIELDS"], kinds)]),
                         int(header["POINTS"][0]))
    color = np.stack([rows["Red"], rows["Green"], rows["Blue"]], 1)
    return facts("numpy", np.stack([rows["X"], rows["Y"], rows["Z"]], 1), rows["Intensity"], color)


def text(path):
    delimiter = "," if path.suffix == ".csv" else None
    skip = 1 if path.suffix in (".csv", ".pts") else 0
    rows = np.loadtxt(path, delimiter=delimiter, skiprows=skip, ndmin=2)
    known = path.suffix == ".pts" or rows.shape[1] == 4
    intensity = rows[:, 3] if known and rows.shape[1] in (4, 7) else None
    color = rows[:, 4:7] if path.suffix == ".pts" and rows.shape[1] == 7 else None
    return facts("numpy", rows[:, :3], intensity, color)


def ptx(path):
    lines = path.read_text().split("\n")
    xyz, rest = [], []
    while len(lines) > 10:
        n = int(lines[0]) * int(lines[1])
        matrix = np.array([[float(v) for v in l.split()] for l in lines[6:10]])
        rows = np.array([[float(v) for v in l.split()] for l in lines[10:10 + n]])
        rows = rows[~np.all(rows[:, :3] == 0, axis=1)]
        x, y, z = rows[:, 0:1], rows[:, 1:2], rows[:, 2:3]
        xyz.append(((x * matrix[0, :3] + y * matrix[1, :3]) + z * matrix[2, :3]) + matrix[3, :3])
        rest.append(rows[:, 3:])
        lines = lines[10 + n:]
    rest = np.concatenate(rest)
    return facts("numpy", np.concatenate(xyz), rest[:, 0], rest[:, 1:4] if rest.shape[1] == 4 else None)


def mesh(path):
    if path.suffix == ".obj":
        rows = [l.split() for l in path.read_text().splitlines()]
        v = [[float(x) for x in r[1:4]] for r in rows if r and r[0] == "v"]
        faces = sum(len(r) - 3 for r in rows if r and r[0] == "f")
        return facts("numpy", v, triangles=faces)
    m = trimesh.load(path, process=False, merge_primitives=False, file_type=path.suffix[1:].lower())
    if isinstance(m, trimesh.Scene):
        m = trimesh.util.concatenate(list(m.geometry.values()))
    xyz = m.triangles.reshape(-1, 3) if path.suffix.lower() == ".stl" else m.vertices
    return facts("trimesh", xyz, triangles=len(m.faces))


def e57(path):
    f = pye57.E57(str(path))
    xyz, intensity, color = [], [], []
    for i in range(f.scan_count):
        s = f.read_scan(i, intensity=True, colors=True, ignore_missing_fields=True, transform=True)
        xyz.append(np.stack([s["cartesianX"], s["cartesianY"], s["cartesianZ"]], 1))
        if "intensity" in s:
            intensity.append(s["intensity"])
        if "colorRed" in s:
            color.append(np.stack([s["colorRed"], s["colorGreen"], s["colorBlue"]], 1))
    full = len(intensity) == len(xyz) and len(color) == len(xyz)
    return facts("pye57", np.concatenate(xyz), np.concatenate(intensity) if full else None,
                 np.concatenate(color) if full else None)


def array(path):
    rows = np.fromfile(path, "<f4").reshape(-1, 4) if path.suffix == ".bin" else np.load(path)
    return facts("numpy", rows[:, :3], rows[:, 3] if rows.shape[1] == 4 else None)


READERS = {".las": las, ".laz": las, ".ply": ply, ".pcd": pcd, ".xyz": text, ".pts": text,
           ".csv": text, ".ptx": ptx, ".off": mesh, ".obj": mesh, ".stl": mesh, ".e57": e57,
           ".bin": array, ".npy": array}

root = pathlib.Path(sys.argv[1]) / "pointclouds"
out = {}
for path in sorted(root.rglob("*")):
    reader = READERS.get(path.suffix.lower())
    if path.is_file() and reader:
        try:
            out[str(path.relative_to(root))] = reader(path)
        except BaseException as e:
            raise SystemExit(f"{path}: {e!r}")
json.dump(out, sys.stdout, indent=1)
print()

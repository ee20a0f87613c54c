"""Points: the speed of Tessera's kernels beside the reference libraries, in one run.

Usage: python speed.py CLASSPATH
CLASSPATH is that of the tests of module udfs: what
  mvn -q -pl udfs -am test-compile dependency:build-classpath -Dmdep.outputFile=FILE
writes, with udfs/target/classes and udfs/target/test-classes before it.
Needs laspy[lazrs], plyfile, fpsample, scipy and numpy. Times are milliseconds, the best of several
runs of the library and the best of JMH's samples; above 1, the ratio says how many times Tessera
is faster.
"""
import json
import pathlib
import subprocess
import sys
import tempfile
import time

import fpsample
import laspy
import numpy as np
import plyfile
from scipy.spatial import cKDTree

POINTS = 1_000_000


def best(work, runs):
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return 1000 * min(times)


def jmh(folder, benchmark, **parameters):
    out = folder / "jmh.json"
    command = ["java", f"-Djava.io.tmpdir={folder}", "-cp", sys.argv[1], "org.openjdk.jmh.Main",
               f"PointsBenchmark.{benchmark}$", "-bm", "sample", "-rf", "json",
               "-rff", str(out), "-v", "SILENT"]
    for name, value in parameters.items():
        command += ["-p", f"{name}={value}"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return json.loads(out.read_text())[0]["primaryMetric"]["scorePercentiles"]["0.0"]


def row(name, library, theirs, ours):
    print(f"| {name} | {library} | {theirs:.3f} | {ours:.3f} | {theirs / ours:.2f} |", flush=True)


def main():
    rng = np.random.default_rng(1)
    print("| work | library | its ms | Tessera ms | ratio |")
    print("|---|---|---:|---:|---:|")
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for n, m in ((1024, 64), (8192, 512), (100_000, 1024), (1_000_000, 4096)):
            p = rng.standard_normal((n, 3)).astype(np.float32)
            theirs, h = min((best(lambda: fpsample.bucket_fps_kdline_sampling(p, m, h=h, start_idx=0), 15), h)
                            for h in (3, 5, 7, 9))
            row(f"FPS {n} to {m}", f"fpsample kdline, best h={h}", theirs,
                jmh(folder, "farthest", sizes=f"{n}:{m}"))
        for n, m, k in ((1024, 64, 32), (8192, 512, 32), (100_000, 4096, 32)):
            p = rng.standard_normal((n, 3))
            row(f"kNN {m} of {n}, k={k}", "SciPy cKDTree, built and queried",
                best(lambda: cKDTree(p).query(p[:m], k), 15), jmh(folder, "nearest", sizes=f"{n}:{m}:{k}"))
        header = laspy.LasHeader(point_format=3, version="1.2")
        header.scales = [0.001] * 3
        las = laspy.LasData(header)
        las.x, las.y, las.z = (rng.uniform(0, 1000, POINTS) for _ in range(3))
        las.write(folder / "a.las")
        las.write(folder / "a.laz")
        row(f"LAS, {POINTS} points", "laspy, xyz", best(lambda: laspy.read(folder / "a.las").xyz, 15),
            jmh(folder, "read", file=folder / "a.las"))
        single = laspy.LazBackend.Lazrs
        row(f"LAZ, {POINTS} points", "laspy, lazrs on one thread",
            best(lambda: laspy.read(folder / "a.laz", laz_backend=single).xyz, 3),
            jmh(folder, "read", file=folder / "a.laz"))
        vertices = np.zeros(POINTS, [("x", "f4"), ("y", "f4"), ("z", "f4"), ("red", "u1")])
        for axis in "xyz":
            vertices[axis] = rng.standard_normal(POINTS)
        for text, tag in ((False, "binary"), (True, "ascii")):
            v = vertices[: POINTS // (10 if text else 1)]
            file = folder / f"{tag}.ply"
            plyfile.PlyData([plyfile.PlyElement.describe(v, "vertex")], text=text,
                            byte_order="=" if text else "<").write(file)

            def read():
                r = plyfile.PlyData.read(file)["vertex"]
                return np.stack([r["x"], r["y"], r["z"]], 1).astype("f8")
            row(f"PLY {tag}, {len(v)} points", "plyfile, xyz as float64", best(read, 7),
                jmh(folder, "read", file=file))


main()

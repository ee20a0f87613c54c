"""Compares the k-means of `tessera fit` with faiss and scikit-learn on one machine.

Outside the build: it needs numpy, pillow, faiss-cpu and scikit-learn (in an environment of its own).

    mvn -q -pl pipeline -am test-compile dependency:build-classpath \
        -Dmdep.outputFile=/path/to/classpath.txt -Dmdep.includeScope=test
    python pipeline/src/test/python/kmeans_comparison.py images IMAGES_FOLDER features.npy
    python pipeline/src/test/python/kmeans_comparison.py compare features.npy classpath.txt \
        --codes 1024 --passes 10 --seeds 3

`images` writes the features that are compared: 8 x 8 patches of the middle 256 x 256 of every image,
half of them drawn at random, on their first 64 principal axes. `compare` lets every program learn
from the same file, one after the other, with two threads each, and prints a table: the mean squared
error per dimension after the passes and the share of codes in use (computed here for all, in 64
bits), the seconds of the fastest run's passes, its seconds in total, and for tessera those until its
error was as low as that of faiss at the end. faiss seeds with random vectors, scikit-learn with
k-means++. `tessera` is the first fit of a JVM, `tessera-warm` the sixth.
With `--levels 4` each learns four codebooks, each on what the ones before it left over.
All multiply with OpenBLAS, each with its own, and an older one may not know the processor: `--kernels
Haswell` (AVX2) or `SkylakeX` (AVX-512) lets all use the same instructions.
With `--vectors 65536 --codes 256 --passes 25` all do what faiss does by default (256 vectors a code).
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

THREADS = "2"
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[name] = THREADS
# Read when NumPy loads its OpenBLAS, so before any import.
if "--kernels" in sys.argv[:-1]:
    os.environ["OPENBLAS_CORETYPE"] = sys.argv[sys.argv.index("--kernels") + 1]

import numpy as np  # noqa: E402


def images(folder, output):
    from PIL import Image

    rng = np.random.default_rng(0)
    rows = []
    for path in sorted(Path(folder).rglob("*")):
        try:
            image = Image.open(path).convert("RGB")
        except Exception:  # not an image, or not one for Pillow
            continue
        width, height = image.size
        scale = 256 / min(width, height)
        image = image.resize(
            (max(256, round(width * scale)), max(256, round(height * scale))), Image.BICUBIC
        )
        left, top = (image.size[0] - 256) // 2, (image.size[1] - 256) // 2
        pixels = np.asarray(image.crop((left, top, left + 256, top + 256)), np.float32) / 255
        patches = pixels.reshape(32, 8, 32, 8, 3).transpose(0, 2, 1, 3, 4).reshape(1024, 192)
        rows.append(patches[rng.permutation(1024)[:512]])
    rows = np.concatenate(rows)
    centred = rows - rows.mean(axis=0)
    _, axes = np.linalg.eigh(np.cov(centred.T))
    kept = (centred @ axes[:, ::-1][:, :64]).astype(np.float32)
    np.save(output, kept[rng.permutation(len(kept))])
    print(f"{len(kept)} vectors of 64 dimensions")


def nearest(rows, codes):
    import faiss

    index = faiss.IndexFlatL2(rows.shape[1])
    index.add(np.ascontiguousarray(codes, dtype=np.float32))
    return index.search(rows, 1)[1][:, 0]


def error(rows, codebooks):
    """The mean squared error after all levels, and the least share of codes in use of a level."""
    used = 1
    for codes in codebooks:
        ids = nearest(rows, codes)
        used = min(used, len(np.unique(ids)) / len(codes))
        rows = rows - codes[ids]
    return float((rows**2).mean(dtype=np.float64)), used


def by_levels(rows, levels, learn):
    """Learns codebooks, each on what those before left over: them, seconds of passes and of all, and
    no errors before the end."""
    codebooks, passes = [], 0
    start = time.time()
    for level in range(levels):
        if level > 0:
            rows = rows - codebooks[-1][nearest(rows, codebooks[-1])]
        codes, seconds = learn(rows)
        codebooks.append(codes)
        passes += seconds
    return codebooks, passes, time.time() - start, []


def run_faiss(rows, options, seed):
    import faiss

    faiss.omp_set_num_threads(int(THREADS))

    def learn(rows):
        learner = faiss.Kmeans(
            rows.shape[1], options.codes, niter=options.passes, seed=seed,
            max_points_per_centroid=10**9,
        )
        learner.train(rows)
        return learner.centroids, learner.iteration_stats[-1]["time"]

    return by_levels(rows, options.levels, learn)


def run_sklearn(rows, options, seed):
    from sklearn.cluster import KMeans, kmeans_plusplus

    def learn(rows):
        seeds, _ = kmeans_plusplus(rows, options.codes, random_state=seed)
        start = time.time()
        learner = KMeans(
            options.codes, init=seeds, n_init=1, max_iter=options.passes, tol=0, algorithm="lloyd"
        ).fit(rows)
        return learner.cluster_centers_.astype(np.float32), time.time() - start

    return by_levels(rows, options.levels, learn)


def run_tessera(rows, options, seed, runs=1):
    """The last of some runs in one JVM: the first is not warm, as in a process that only fits."""
    root = Path(__file__).resolve().parents[4]
    parts = [f"{module}/target/classes" for module in ("pipeline", "udfs", "model-loader")]
    classpath = ":".join(
        ["pipeline/target/test-classes", *parts, Path(options.classpath).read_text().strip()]
    )
    opens = [f"--add-opens=java.base/{name}=ALL-UNNAMED" for name in (
        "java.lang", "java.lang.invoke", "java.lang.reflect", "java.io", "java.net", "java.nio",
        "java.util", "java.util.concurrent", "java.util.concurrent.atomic", "sun.nio.ch",
        "sun.nio.cs", "sun.security.action", "sun.util.calendar")]
    with tempfile.TemporaryDirectory() as folder:
        result = subprocess.run(
            ["java", *opens, "-Xmx3g", "-cp", classpath,
             "org.tessera.pipeline.spark.fit.KMeansBenchmark",
             os.path.abspath(options.features), str(options.codes), str(options.passes),
             str(seed), str(runs), str(options.levels), folder,
             options.seeding.upper()],
            cwd=root, capture_output=True, text=True, check=True,
        )
        lines = [json.loads(line) for line in result.stdout.splitlines() if line.startswith("{")]
        # A level's last line is that of the measurement which follows its passes.
        ends = [line for line in lines
                if line["run"] == runs - 1 and line["pass"] == options.passes - 1]
        codebooks = [np.load(Path(folder) / f"{level}.npy") for level in range(options.levels)]
        passes = sum(line["seconds"] - line["started"] for line in ends)
        # A pass tells the error of the codes that the one before it left.
        mine = [line for line in lines if line["run"] == runs - 1]
        errors = [(after["loss"], before["seconds"]) for before, after in zip(mine, mine[1:])]
        return codebooks, passes, ends[-1]["seconds"], errors


def compare(options):
    rows = np.load(options.features)
    with tempfile.TemporaryDirectory() as folder:
        if options.vectors:
            rows = np.ascontiguousarray(rows[: options.vectors])
            options.features = os.path.join(folder, "features.npy")
            np.save(options.features, rows)
        compare_all(rows, options)


def compare_all(rows, options):
    programs = {
        "faiss-cpu": run_faiss,
        "scikit-learn": run_sklearn,
        "tessera": run_tessera,
        "tessera-warm": lambda *arguments: run_tessera(*arguments, runs=6),
    }
    if options.only:
        programs = {name: programs[name] for name in options.only.split(",")}
    results = {name: [] for name in programs}
    courses = {name: [] for name in programs}
    for seed in range(1, options.seeds + 1):
        for name, run in programs.items():
            codebooks, passes, seconds, errors = run(rows, options, seed)
            courses[name].append(errors)
            results[name].append((*error(rows, codebooks), passes, seconds))
            print(name, seed, *(f"{value:.6g}" for value in results[name][-1]), file=sys.stderr)
    print(f"{rows.shape[0]} x {rows.shape[1]}, {options.levels} x {options.codes} codes, "
          f"{options.passes} passes, "
          f"{options.seeds} seeds, {THREADS} threads, "
          f"kernels {os.environ.get('OPENBLAS_CORETYPE') or 'as each library chooses'}")
    print("| program | error | codes in use | passes, s | all, s | as good as faiss, s |\n"
          "|---|---|---|---|---|---|")
    goal = np.mean(results.get("faiss-cpu", [[0]]), axis=0)[0]
    for name, runs in results.items():
        mean, used, _, _ = np.mean(runs, axis=0)
        print(f"| {name} | {mean:.6f} | {100 * used:.2f} % | {min(run[2] for run in runs):.2f} "
              f"| {min(run[3] for run in runs):.2f} | {reached(courses[name], goal)} |")


def reached(runs, goal):
    """The seconds of the fastest run until its error was no higher; empty where it never was."""
    times = [min((at for loss, at in run if loss <= goal), default=np.inf) for run in runs]
    least = min(times, default=np.inf)
    return "" if np.isinf(least) else f"{least:.2f}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    command = commands.add_parser("images")
    command.add_argument("folder")
    command.add_argument("features")
    command = commands.add_parser("compare")
    command.add_argument("features")
    command.add_argument("classpath")
    command.add_argument("--codes", type=int, default=1024)
    command.add_argument("--levels", type=int, default=1, help="codebooks of a residual quantizer")
    command.add_argument("--passes", type=int, default=10)
    command.add_argument("--seeds", type=int, default=3)
    command.add_argument("--seeding", default="kmeans_parallel", help="learn.training.seeding")
    command.add_argument("--kernels", help="OPENBLAS_CORETYPE for all, such as Haswell")
    command.add_argument("--only", help="comma-separated programs")
    command.add_argument("--vectors", type=int, default=0, help="the first so many; 0 for all")
    options = parser.parse_args()
    if options.command == "images":
        images(options.folder, options.features)
    else:
        compare(options)


if __name__ == "__main__":
    main()

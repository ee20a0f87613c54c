"""Tessera beside five common ways to run one SavedModel over one folder of images.

    python compare.py --tessera ../bin/tessera --bundle BUNDLE [--count 2000] [--rounds 3] [--only loop,tessera]

The images are generated (256 x 256 PNG, seeded). Contenders run one after the other, round by round, each in processes
of its own that start cold; the median counts. Memory is the highest sum of proportional set sizes of its process tree.
All ids must equal the plain loop's. Then each runs once over a small folder with five bad files, as it is.
Needs: tensorflow-cpu pyspark "ray[data]" daft pandas pyarrow pillow psutil, and a bundle whose model takes 256 x 256
images (conf/tokenizers/image-patch-rvq.yaml makes one).
"""

import argparse
import glob
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from importlib.metadata import PackageNotFoundError, version

import numpy as np
import psutil
import pyarrow.parquet as pq
from PIL import Image

HERE = os.path.dirname(os.path.abspath(__file__))
NAMES = ["tessera", "loop", "predict_batch_udf", "map_in_pandas", "ray_data", "daft"]
BAD = {
    "empty.png": b"",
    "page.png": b"<html>404</html>",
    "noise.png": bytes(range(256)) * 8,
}


def generate(folder, count, seed):
    """Smooth shapes under noise: pictures that compress like drawings, not like white noise."""
    os.makedirs(folder)
    random = np.random.default_rng(seed)
    y, x = np.mgrid[0:256, 0:256] / 256.0
    for number in range(count):
        waves = random.uniform(1, 12, (3, 2))
        phase = random.uniform(0, 6.3, 3)
        image = np.stack([np.sin(6.3 * (a * x + b * y) / 3 + p) for (a, b), p in zip(waves, phase)], -1)
        pixels = 127 + 100 * image + random.normal(0, 6, image.shape)
        Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)).save(os.path.join(folder, f"{number:06d}.png"))


def spoil(folder):
    for name, content in BAD.items():
        with open(os.path.join(folder, name), "wb") as file:
            file.write(content)
    whole = open(sorted(glob.glob(folder + "/0*.png"))[0], "rb").read()
    with open(os.path.join(folder, "half.png"), "wb") as file:
        file.write(whole[: len(whole) // 2])
    damaged = bytearray(whole)
    damaged[len(damaged) // 2] ^= 0xFF
    with open(os.path.join(folder, "flipped.png"), "wb") as file:
        file.write(damaged)


class Peak(threading.Thread):
    """Samples the memory of a process and of all below it."""

    def __init__(self, pid):
        super().__init__(daemon=True)
        self.root, self.most, self.done = psutil.Process(pid), 0, threading.Event()

    def run(self):
        while not self.done.wait(0.3):
            total = 0
            try:
                for process in [self.root, *self.root.children(recursive=True)]:
                    try:
                        total += process.memory_full_info().pss
                    except psutil.Error:
                        pass
            except psutil.Error:
                return
            self.most = max(self.most, total)


def run(name, args, folder, output):
    shutil.rmtree(output, ignore_errors=True)
    if name == "tessera":
        command = [args.tessera, "tokenize", "--input", folder, "--tokenizer", args.bundle, "--output", output, "--json"]
    else:
        command = [sys.executable, os.path.join(HERE, "contenders.py"), name, folder, args.bundle + "/model", output]
    environment = dict(os.environ, BENCH_CORES=str(args.cores), PYTHONPATH=HERE)
    start = time.monotonic()
    with tempfile.TemporaryFile("w+") as log:
        process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, env=environment)
        peak = Peak(process.pid)
        peak.start()
        code = process.wait()
        seconds = time.monotonic() - start
        peak.done.set()
        log.seek(0)
        text = log.read()
    return code, seconds, peak.most, text


def rows(name, output):
    pattern = "tokens/**/*.parquet" if name == "tessera" else "**/*.parquet"
    found = {}
    for path in glob.glob(os.path.join(output, pattern), recursive=True):
        key, value = ("uri", "tokens") if name == "tessera" else ("name", "ids")
        table = pq.ParquetFile(path).read(columns=[key, value])
        for uri, ids in zip(table[key].to_pylist(), table[value].to_pylist()):
            found[os.path.basename(uri)] = ids
    return found


def rejected(output):
    paths = glob.glob(os.path.join(output, "rejects/**/*.parquet"), recursive=True)
    return sum(pq.ParquetFile(path).metadata.num_rows for path in paths)


def describe_bad(name, args, work):
    folder = os.path.join(work, "bad")
    if not os.path.exists(folder):
        generate(folder, 64, 2)
        spoil(folder)
    output = os.path.join(work, "bad-" + name)
    code, _, _, _ = run(name, args, folder, output)
    kept = sum(1 for file in rows(name, output) if file.startswith("0"))
    told = rejected(output) if name == "tessera" else 0
    return f"exit {code}; {kept} of 64 good kept; {told} of 5 bad explained"


def installed(*packages):
    found = []
    for package in packages:
        try:
            found.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            pass
    return ", ".join(found)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tessera", required=True)
    parser.add_argument("--bundle", required=True)
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--cores", type=int, default=os.cpu_count())
    parser.add_argument("--only", default=",".join(NAMES))
    args = parser.parse_args()
    args.bundle = os.path.abspath(args.bundle)
    names = args.only.split(",")
    work = tempfile.mkdtemp(prefix="tessera-compare-")
    try:
        folder = os.path.join(work, "images")
        generate(folder, args.count, 1)
        results = {name: [] for name in names}
        reference = None
        for _ in range(args.rounds):
            for name in names:
                output = os.path.join(work, "out-" + name)
                code, seconds, peak, text = run(name, args, folder, output)
                found = rows(name, output) if code == 0 else {}
                if name == "loop":
                    reference = found
                results[name].append((code, seconds, peak, found, text))
                print(f"{name}: exit {code}, {seconds:.1f} s", file=sys.stderr)
        print(f"{args.count} PNG images of 256 x 256, {args.cores} cores, {platform.processor() or platform.machine()}, "
              f"{time.strftime('%Y-%m-%d')}; {installed('tensorflow-cpu', 'pyspark', 'ray', 'daft')}")
        print("\n| way | samples/s | peak memory, MB | ids equal to the loop's | 64 good files among 5 bad ones |")
        print("|---|---|---|---|---|")
        summary = {}
        for name in names:
            good = [result for result in results[name] if result[0] == 0]
            if not good:
                print(f"| {name} | failed: {results[name][-1][4].strip().splitlines()[-1][:80]} | | | |")
                continue
            rate = args.count / statistics.median(result[1] for result in good)
            memory = statistics.median(result[2] for result in good) / 1e6
            found = good[-1][3]
            same = sum(found.get(key) == ids for key, ids in reference.items()) if reference else -1
            summary[name] = dict(samples_per_s=rate, peak_mb=memory, equal=same)
            print(f"| {name} | {rate:,.1f} | {memory:,.0f} | {same:,} of {args.count:,} | {describe_bad(name, args, work)} |")
        print("\n" + json.dumps(summary), file=sys.stderr)
    finally:
        shutil.rmtree(work, ignore_errors=True)


if __name__ == "__main__":
    main()

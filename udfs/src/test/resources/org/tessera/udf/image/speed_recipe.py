"""Times this module's image path and Pillow in one run, and prints the ratios.

    mvn -q -pl udfs -am test-compile dependency:build-classpath -Dmdep.outputFile=target/classpath.txt
    python udfs/src/test/resources/org/tessera/udf/image/speed_recipe.py udfs/target [FOLDER]

Needs Pillow and numpy. FOLDER holds JPEG photographs, of which the first 24 are read; without it, twelve
generated ones are. They are timed as they are and once more as PNG files. Both tools use one thread and take
turns, three times; the median counts. Processor time is measured, so that other programs on the machine change
little; JMH's ImageBenchmark does the same work. A ratio above 1 says that this module is faster.
"""
import io
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np
from PIL import Image

KERNEL = Image.Resampling.BICUBIC


def generate(folder):
    for i in range(12):
        rng = np.random.default_rng(i)
        coarse = Image.fromarray(rng.integers(0, 256, (12, 16, 3), dtype=np.uint8)).resize((500, 375), KERNEL)
        grain = rng.normal(0, 5, (375, 500, 3))
        pixels = np.clip(np.asarray(coarse) + grain, 0, 255).astype(np.uint8)
        Image.fromarray(pixels).save(folder / f"image{i:02}.jpg", quality=90)


def prepare(folder):
    if len(sys.argv) > 2:
        for i, path in enumerate(sorted(pathlib.Path(sys.argv[2]).glob("*.jpg"))[:24]):
            (folder / f"image{i:02}.jpg").write_bytes(path.read_bytes())
    else:
        generate(folder)
    for path in sorted(folder.glob("*.jpg")):
        Image.open(path).convert("RGB").save(path.with_suffix(".png"))


def crop(image):
    short, long = min(image.size), max(image.size)
    new = int(256 * long / short)
    image = image.resize((256, new) if image.width <= image.height else (new, 256), KERNEL)
    left, top = int(round((image.width - 256) / 2)), int(round((image.height - 256) / 2))
    return image.crop((left, top, left + 256, top + 256)).tobytes()


def pillow(folder):
    result = {}
    for suffix in ["jpg", "png"]:
        files = [path.read_bytes() for path in sorted(folder.glob("*." + suffix))]
        images = [Image.open(io.BytesIO(f)).convert("RGB") for f in files]
        work = {
            "decode": lambda: [Image.open(io.BytesIO(f)).convert("RGB").tobytes() for f in files],
            "decodeResizeCrop": lambda: [crop(Image.open(io.BytesIO(f)).convert("RGB")) for f in files],
            "resize": lambda: [image.resize((256, 256), KERNEL) for image in images],
        }
        for name, run in work.items():
            times = []
            for _ in range(7):
                start = time.process_time()
                run()
                times.append(time.process_time() - start)
            result[name + " " + suffix] = 1000 * statistics.median(times)
    return result


def ours(target, folder):
    classpath = pathlib.Path(target, "classpath.txt").read_text(encoding="utf-8").strip()
    path = ":".join([target + "/test-classes", target + "/classes", classpath])
    options = ["-Xmx2g", "-XX:+UseSerialGC", f"-Dtessera.bench={folder}", "-cp", path]
    command = ["java", *options, "org.tessera.udf.image.ImageCpuTimes"]
    lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    return {name: float(value) for name, value in (line.split("\t") for line in lines)}


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        prepare(folder)
        count = len(list(folder.glob("*.jpg")))
        runs = [(ours(sys.argv[1], folder), pillow(folder)) for _ in range(3)]
        print(f"| {count} images, ms an image | this module | Pillow | ratio |\n|---|---|---|---|")
        for key in sorted(runs[0][1]):
            own = statistics.median(run[0][key] for run in runs) / count
            other = statistics.median(run[1][key] for run in runs) / count
            print(f"| {key} | {own:.2f} | {other:.2f} | {other / own:.2f} |")


main()

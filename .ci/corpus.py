"""Holds what .ci/corpus made against the corpus' manifest, and measures the reconstructions without Tessera's code.

    corpus.py CORPUS WORK

Accounting: every file of the manifest is a good one that must be tokenized, one of a format that is not read, a companion of
another one, or a known-bad one. Quality: the originals that `reconstruct` writes must be what Pillow and libsndfile read, and
each metric what NumPy and SciPy compute from the two files.
"""

import csv
import json
import pathlib
import re
import sys

import numpy as np
import pyarrow.dataset
import scipy.spatial
import soundfile
from PIL import Image, ImageOps

FOLDERS = {"image": "images", "audio": "audio", "eeg": "eeg", "points": "pointclouds"}
COMPANIONS = {"BrainVision data", "BrainVision markers", "EEGLAB float data"}
# Good files of formats that udfs/PARITY.md names as not read, and the one without a point.
NOT_READ = {
    "images/pillow/avif_hopper.avif": "UNSUPPORTED_FORMAT",
    "images/pillow/bmpsuite_g_rgb32bf.bmp": "UNSUPPORTED_FORMAT",
    "images/pillow/hopper.Lab.tif": "UNSUPPORTED_FORMAT",
    "images/pillow/hopper.ico": "UNKNOWN_FORMAT",
    "images/pillow/hopper_lzma.tif": "UNSUPPORTED_FORMAT",
    "images/pillow/hopper_webp.tif": "UNSUPPORTED_FORMAT",
    "images/pillow/lab.tif": "UNSUPPORTED_FORMAT",
    "images/pillow/old-style-jpeg-compression.tif": "UNSUPPORTED_FORMAT",
    "images/pillow/python.ico": "UNKNOWN_FORMAT",
    "images/pillow/rgb32rle_bottom_right.tga": "UNKNOWN_FORMAT",
    "audio/pocketsphinx/goforward.raw": "UNKNOWN_FORMAT",
    "eeg/derived/test_bdf_stim_channel.gdf": "UNSUPPORTED_FORMAT",
    "eeg/derived/test_edf_stim_channel_v125.gdf": "UNSUPPORTED_FORMAT",
    "eeg/eeglab/test.xdf": "UNSUPPORTED_FORMAT",
    "eeg/eeglab/testmusemonitor.csv": "UNKNOWN_FORMAT",
    "eeg/mne-python/test_egi.raw": "UNKNOWN_FORMAT",
    "pointclouds/pdal/1.2-with-color.drc": "UNSUPPORTED_FORMAT",
    "pointclouds/pdal/autzen-utm-chipped-25-v3.bpf": "UNSUPPORTED_FORMAT",
    "pointclouds/pdal/no-points.las": "TOO_SHORT",
    "pointclouds/trimesh/featuretype.3MF": "UNKNOWN_FORMAT",
}
FOR_BAD_BYTES = {
    "EMPTY", "MALFORMED", "MISSING", "NOT_FINITE", "TOO_LARGE", "TOO_SHORT", "TRUNCATED", "UNKNOWN_FORMAT", "UNSUPPORTED_FORMAT",
}  # fmt: skip


def table(path, *columns):
    return pyarrow.dataset.dataset(path, partitioning="hive").to_table(columns=list(columns)).to_pylist()


def wanted_codes(row):
    """For a known-bad file the codes that it may be rejected with."""
    facts = json.loads(row["facts_json"])
    if re.match(r"first \d+ of \d+ bytes", facts.get("what", "")):
        return {"TRUNCATED"}
    if row["bytes"] == "0":
        return {"EMPTY"}
    if "decompression_bomb." in row["path"] or "png_bomb" in row["path"]:
        return {"TOO_LARGE", "UNKNOWN_FORMAT"} if row["path"].endswith(".ico") else {"TOO_LARGE"}
    return FOR_BAD_BYTES


def account(modality, manifest, corpus, work):
    """Fails unless every file is where it must be; returns the number of inputs."""
    output = work / modality
    folder = FOLDERS[modality]
    prefix = f"file:{corpus}/"
    tokenized = {row["uri"].removeprefix(prefix) for row in table(output / "tokens", "uri")}
    rejects = {}
    for row in table(output / "rejects", "uri", "member", "code", "message", "transient"):
        rejects.setdefault(row["uri"].removeprefix(prefix), []).append(row)
    inputs, companions, problems = set(), 0, []

    def check(right, path, what):
        if not right:
            problems.append(f"{path}: {what} ({rejects.get(path, 'no reject')})")

    for row in manifest:
        path, of = row["path"], row["modality"]
        if of != folder and not of.startswith("bad/"):
            continue
        if of == folder and row["format"] in COMPANIONS:
            companions += 1
            check(path not in tokenized and path not in rejects, path, "a companion that is a sample of its own")
            continue
        inputs.add(path)
        check((path in tokenized) != (path in rejects), path, "not tokenized or rejected, and once")
        codes = {reject["code"] for reject in rejects.get(path, [])}
        if of == folder:
            wanted = {NOT_READ[path]} if path in NOT_READ else set()
            check(codes == wanted, path, f"a good file, wanted {wanted or 'tokens'}")
        elif of == "bad/" + folder:
            must = json.loads(row["facts_json"])["expect"].startswith(("reject", "report"))
            check(not must or path in rejects, path, "a bad file that was tokenized")
            check(codes <= wanted_codes(row), path, f"a bad file, wanted {wanted_codes(row)}")
        else:
            check(path in rejects and codes <= FOR_BAD_BYTES, path, f"a file of {of}")
        for reject in rejects.get(path, []):
            check(reject["message"].startswith("Cannot ") and not reject["transient"], path, "a poor rejection")
    stray = (tokenized | rejects.keys()) - inputs
    if stray:
        problems.append(f"not in the manifest: {sorted(stray)}")
    run = json.loads(next((output / "_tessera/runs").glob("*/run.json")).read_text())
    said = json.loads((work / f"{modality}.json").read_text())
    counted = [run["inputs"], run["companions"], run["skipped"], said["tokenized"], said["rejected"], said["samples"]]
    rejected = sum(map(len, rejects.values()))
    found = [len(inputs), companions, 0, len(tokenized), rejected, len(tokenized) + rejected]
    if counted != found:
        problems.append(f"inputs, companions, skipped, tokenized, rejected, samples: {counted}, but there are {found}")
    if problems:
        raise SystemExit(f"{modality}:\n" + "\n".join(problems))
    good = len(tokenized & {row["path"] for row in manifest if row["modality"] == folder})
    fit = json.loads((work / f"{modality}.bundle/fit.json").read_text())
    assert all(level["used"] == level["codes"] for level in fit["codebooks"]), fit["codebooks"]
    print(
        f"{modality}: {len(inputs) + companions} files = {len(tokenized)} tokenized ({good} good, "
        f"{len(tokenized) - good} known-bad that may be read) + {len(rejects)} rejected + {companions} companions"
    )


def reconstructions(modality, work):
    """Each row of the metrics' table, with its two files."""
    look = work / f"{modality}.look"
    for row in table(look / "metrics", "uri", "segment", "channel", "sample_id", "file", "original", "metrics", "problem"):
        assert row["problem"] is None, row
        yield row, dict(row["metrics"]), look / row["original"], look / row["file"]


def same(value, metric, tolerance, row):
    assert abs(value - metric) <= tolerance, (row["uri"], row["segment"], value, metric)


def summary(modality, values, bounds):
    """Prints the means, and fails where one is not within its bounds: (name, lowest, highest)."""
    means = {name: float(np.mean(numbers)) for name, numbers in values.items()}
    count = len(next(iter(values.values())))
    print(f"{modality}: {count} reconstructions: " + ", ".join(f"{name} {mean:.4g}" for name, mean in means.items()))
    for name, low, high in bounds:
        assert low <= means[name] <= high, f"{modality}: the mean of {name} is {means[name]}, not within {low} to {high}"


def images(work, good):
    psnr = []
    for row, metrics, original, decoded in reconstructions("image", work):
        a, b = (np.asarray(Image.open(file), np.float64) for file in (original, decoded))
        path = row["uri"].removeprefix("file:")
        if path in good:
            image = ImageOps.exif_transpose(Image.open(path)).convert("RGB")
            width, height = image.size
            short = min(width, height)
            size = [256 if side == short else 256 * side // short for side in (width, height)]
            left, top = (round((side - 256) / 2) for side in size)
            pillow = image.resize(size, Image.Resampling.BICUBIC).crop((left, top, left + 256, top + 256))
            assert np.array_equal(np.asarray(pillow), a), path
        error = np.mean((a - b) ** 2)
        psnr.append(10 * np.log10(255**2 / error) if error else 100)
        same(psnr[-1], metrics["psnr"], 1e-6, row)
    summary("image", {"PSNR, dB": psnr}, [("PSNR, dB", 30, 100)])


def log_power(samples):
    frames = 1 + max(0, len(samples) - 2048 + 511) // 512
    padded = np.pad(samples, (0, frames * 512 + 2048 - len(samples)))
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(2048) / 2048)
    spectrum = np.fft.rfft([padded[512 * t : 512 * t + 2048] * window for t in range(frames)])
    return 10 * np.log10(np.abs(spectrum) ** 2 + 1e-10)


def sounds(work, good):
    si_snr, distance, apart, equal, compared = [], [], [], 0, 0
    gains = {row["sample_id"]: json.loads(row["geometry"])["gain"] for row in table(work / "audio/tokens", "sample_id", "geometry")}
    for row, metrics, original, decoded in reconstructions("audio", work):
        a, b = (soundfile.read(file)[0] for file in (original, decoded))
        path = row["uri"].removeprefix("file:")
        facts = good.get(path, {})
        if facts.get("lossless") and (facts["sample_rate"], facts["channels"], facts.get("bits")) == (16000, 1, 16):
            there = soundfile.read(path, start=32000 * row["segment"], frames=32000)[0]
            assert len(there) == len(a) and np.abs(there - a).max() <= 1 / 32768, path
            equal += 1
        if np.mean((a - b) ** 2) < 100 / 6 / 32768**2:
            continue  # the difference is not large beside the files' rounding to 16 bits
        s, d = a - a.mean(), b - b.mean()
        target = d @ s / (s @ s) * s
        si_snr.append(10 * np.log10(target @ target / ((d - target) @ (d - target))))
        clips = np.abs(b).max() >= 32767 / 32768  # the file does, the metric's samples do not
        if not clips:
            same(si_snr[-1], metrics["si_snr"], 0.5, row)
            compared += 1
        gain = gains[row["sample_id"]]
        powers = log_power(a * gain), log_power(b * gain)
        distance.append(np.mean(np.sqrt(np.mean((powers[0] - powers[1]) ** 2, axis=1))))
        # Near silence the file holds nothing but its rounding to 16 bits, whose noise has this power in a bin.
        rounding = 10 * np.log10(np.sum(np.hanning(2048) ** 2) / 12 * (gain / 32768) ** 2)
        if not clips and np.mean([power < rounding + 20 for power in powers]) < 0.1:
            apart.append(abs(distance[-1] - metrics["log_spectral_distance"]))
    assert equal > 20 and compared > 100, (equal, compared)
    assert len(apart) > 20 and np.median(apart) < 0.02, (len(apart), np.median(apart))
    summary("audio", {"SI-SNR, dB": si_snr, "LSD, dB": distance}, [("SI-SNR, dB", 14, 40), ("LSD, dB", 0, 18)])


def edf(path):
    """The first signal of an EDF file in physical units."""
    head = path.read_bytes()
    count = int(head[252:256])
    field = lambda offset, width: float(head[256 + offset * count : 256 + offset * count + width])
    low, high, least, most = (field(offset, 8) for offset in (104, 112, 120, 128))
    per_record = [int(head[256 + 216 * count + 8 * i : 264 + 216 * count + 8 * i]) for i in range(count)]
    records = np.frombuffer(head[256 * (count + 1) :], "<i2").reshape(-1, sum(per_record))
    digital = records[:, : per_record[0]].reshape(-1)
    return (digital - least) / (most - least) * (high - low) + low


def band_powers(samples, rate):
    power = np.abs(np.fft.rfft(samples)) ** 2
    hz = np.arange(len(power)) * rate / len(samples)
    edges = [0.5, 4, 8, 13, 30, 45]
    return np.array([power[(hz >= low) & (hz < high)].sum() for low, high in zip(edges, edges[1:])])


def recordings(work):
    pearson, bands = [], []
    for row, metrics, original, decoded in reconstructions("eeg", work):
        a, b = edf(original)[:2000], edf(decoded)[:2000]
        if np.ptp(a) == 0:
            continue
        pearson.append(np.corrcoef(a, b)[0, 1])
        same(pearson[-1], metrics["pearson"], 1e-4, row)
        bands.append(np.mean(np.abs(10 * np.log10(band_powers(a, 200) / band_powers(b, 200)))))
    summary("eeg", {"correlation": pearson, "band-power error, dB": bands}, [("correlation", 0.9, 1), ("band-power error, dB", 0, 3)])


def ply(path):
    head, body = path.read_bytes().split(b"end_header\n", 1)
    assert re.findall(rb"property (\w+) (\w+)", head) == [(b"double", axis) for axis in (b"x", b"y", b"z")], path
    return np.frombuffer(body, "<f8").reshape(-1, 3)


def clouds(work):
    chamfer, scores = [], []
    scales = {row["sample_id"]: json.loads(row["geometry"])["scale"] for row in table(work / "points/tokens", "sample_id", "geometry")}
    for row, metrics, original, decoded in reconstructions("points", work):
        a, b = ply(original), ply(decoded)
        to_b, to_a = (scipy.spatial.cKDTree(y).query(x)[0] / scales[row["sample_id"]] for x, y in ((a, b), (b, a)))
        chamfer.append(500 * (to_b.mean() + to_a.mean()))
        same(chamfer[-1], metrics["chamfer_l1_x1000"], 1e-3 * (1 + chamfer[-1]), row)
        recall, precision = np.mean(to_b < 0.01), np.mean(to_a < 0.01)
        scores.append(2 * recall * precision / max(recall + precision, 1e-9))
    bounds = [("Chamfer L1 x 1000", 0, 20), ("F-score at 0.01", 0.4, 1)]
    summary("points", {"Chamfer L1 x 1000": chamfer, "F-score at 0.01": scores}, bounds)


def main():
    corpus, work = map(pathlib.Path, sys.argv[1:])
    with open(corpus / "MANIFEST.tsv") as file:
        manifest = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    good = {f"{corpus}/{row['path']}": json.loads(row["facts_json"]) for row in manifest if not row["modality"].startswith("bad/")}
    for modality in FOLDERS:
        account(modality, manifest, corpus, work)
    images(work, good)
    sounds(work, good)
    recordings(work)
    clouds(work)


main()

"""Compares the time to read whole recordings into float64 arrays: Tessera's readers and MNE's.

    python speed.py CLASSPATH

CLASSPATH is that of the tests of udfs: target/test-classes, target/classes and what
`mvn dependency:build-classpath` prints. Both sides take the best of twelve rounds with the file in
the page cache, on one core where the machine lets them.
"""

import pathlib
import subprocess
import sys
import tempfile
import time
import warnings

import mne
import numpy as np

warnings.simplefilter("ignore")
mne.set_log_level("ERROR")


def edf(path, channels, rate, seconds, width, magic):
    rng = np.random.default_rng(0)

    def field(value, length):
        return str(value).encode().ljust(length)

    low, high = -(2 ** (8 * width - 1)), 2 ** (8 * width - 1) - 1
    head = magic + field("X", 80) + field("X", 80) + b"01.01.2000.00.00"
    head += field(256 * (channels + 1), 8) + field("", 44) + field(seconds, 8) + field(1, 8)
    head += field(channels, 4) + b"".join(field(f"C{k}", 16) for k in range(channels))
    head += field("", 80 * channels) + field("uV", 8) * channels
    head += field(-3000, 8) * channels + field(3000, 8) * channels
    head += field(low, 8) * channels + field(high, 8) * channels
    head += field("", 80 * channels) + field(rate, 8) * channels + field("", 32 * channels)
    data = rng.integers(0, 256, channels * rate * seconds * width, dtype=np.uint8)
    path.write_bytes(head + data.tobytes())


def brainvision(path, channels, rate, seconds):
    rng = np.random.default_rng(0)
    head = "Brain Vision Data Exchange Header File Version 1.0\n[Common Infos]\n"
    head += f"DataFile={path.stem}.eeg\nDataFormat=BINARY\nDataOrientation=MULTIPLEXED\n"
    head += f"NumberOfChannels={channels}\nSamplingInterval={1e6 / rate}\n"
    head += "[Binary Infos]\nBinaryFormat=INT_16\n[Channel Infos]\n"
    head += "".join(f"Ch{k + 1}=C{k},,0.1,uV\n" for k in range(channels))
    path.write_text(head)
    data = rng.integers(-30000, 30000, channels * rate * seconds).astype("<i2")
    path.with_suffix(".eeg").write_bytes(data.tobytes())


def fif(path, channels, rate, seconds):
    rng = np.random.default_rng(0)
    info = mne.create_info([f"C{k}" for k in range(channels)], float(rate), "eeg")
    mne.io.RawArray(rng.standard_normal((channels, rate * seconds)) * 1e-5, info).save(path)


READERS = {".edf": mne.io.read_raw_edf, ".bdf": mne.io.read_raw_bdf,
           ".vhdr": mne.io.read_raw_brainvision, ".fif": mne.io.read_raw_fif}


def best(path):
    times = []
    for _ in range(12):
        start = time.perf_counter()
        READERS[path.suffix](path, preload=True).get_data()
        times.append(time.perf_counter() - start)
    return min(times)


with tempfile.TemporaryDirectory() as folder:
    root = pathlib.Path(folder)
    edf(root / "clinic.edf", 21, 256, 1200, 2, b"0       ")
    edf(root / "dense.edf", 128, 512, 120, 2, b"0       ")
    edf(root / "dense.bdf", 72, 2048, 60, 3, b"\xffBIOSEMI")
    brainvision(root / "dense.vhdr", 64, 1000, 120)
    fif(root / "dense_raw.fif", 64, 1000, 120)
    paths = [root / n for n in
             ("clinic.edf", "dense.edf", "dense.bdf", "dense.vhdr", "dense_raw.fif")]
    lines = subprocess.run(
        ["java", "-Xmx2g", "-cp", sys.argv[1], "org.tessera.udf.eeg.read.ReadingSpeed",
         *map(str, paths)],
        check=True, capture_output=True, text=True).stdout.splitlines()
    print(f"mne {mne.__version__}")
    for path, line in zip(paths, lines):
        ours, theirs = float(line.split()[0]), best(path)
        print(f"{path.name}: tessera {ours:.4f} s, mne {theirs:.4f} s, "
              f"{theirs / ours:.2f} times as fast")

"""Writes chains.tsv: what whole front-ends give, by MNE, SciPy and numpy, from recordings here
and in the shared corpus.

    python chains.py CORPUS

Made with Python 3.11, mne 1.13.2, scipy 1.17.1, numpy 2.4.6. A line is: case, window, number of
values, position, value.
"""

import pathlib
import sys
import warnings

import mne
import numpy as np
import scipy.signal

HERE = pathlib.Path(__file__).parent
CORPUS = pathlib.Path(sys.argv[1])
warnings.simplefilter("ignore")
mne.set_log_level("ERROR")


def windows(data, length, stride):
    return [data[:, s:s + length] for s in range(0, data.shape[1] - length + 1, stride)]


def quantile_scaled(x):
    return x / (np.quantile(np.abs(x), 0.95, axis=-1, method="linear", keepdims=True) + 1e-8)


def stft(x):
    window = np.hanning(201)[:-1]
    frames = np.lib.stride_tricks.sliding_window_view(x, 200, axis=-1)[..., ::100, :]
    return np.moveaxis(np.abs(np.fft.rfft(frames * window, axis=-1))[..., :-1], -1, -2)


def cases():
    raw = mne.io.read_raw_edf(HERE / "uneven.edf", preload=True)
    yield "uneven", [raw.get_data()]

    # TFM-Tokenizer: filter, notch, resample on the recording, then one row per channel.
    raw = mne.io.read_raw_edf(CORPUS / "eeg/pyedflib/test_utf8.edf", preload=True)
    raw.filter(0.1, 60).notch_filter(50).resample(200)
    cut = windows(raw.get_data() * 1e6, 2000, 2000)
    yield "tfm", [stft(quantile_scaled(x))[0] for x in cut]

    # The same recipe with the bands of TUEV on a recording that is fast enough for them.
    raw = mne.io.read_raw_edf(CORPUS / "eeg/mne-python/test.edf", preload=True)
    raw.pick(raw.ch_names[:8]).filter(0.1, 75).notch_filter(50).resample(200)
    yield "tuev", [quantile_scaled(x) for x in windows(raw.get_data() * 1e6, 400, 200)]

    # BrainOmni: notch, resample, filter, group-wise normalization of 2 s windows.
    raw = mne.io.read_raw_brainvision(CORPUS / "eeg/mne-python/test.vhdr", preload=True)
    raw.pick("eeg").notch_filter([50, 60]).resample(256).filter(0.1, 96)
    def normalized(x):
        x = x - x.mean(axis=0, keepdims=True)
        return x / (np.std(x) + 1e-5)
    yield "brainomni", [normalized(x) for x in windows(raw.get_data(), 512, 512)]

    # EEGNet: volts times 1000, one second.
    raw = mne.io.read_raw_brainvision(CORPUS / "eeg/mne-python/test.vhdr", preload=True)
    raw.pick("eeg").filter(2, None).resample(150)
    yield "eegnet", windows(raw.get_data() * 1e3, 151, 150)

    # Butterworth, average reference, bipolar pairs.
    raw = mne.io.read_raw_brainvision(CORPUS / "eeg/mne-python/test.vhdr", preload=True)
    raw.pick("eeg").set_eeg_reference("average", projection=False)
    sos = scipy.signal.butter(4, [1, 40], "bandpass", fs=1000, output="sos")
    data = scipy.signal.sosfiltfilt(sos, raw.get_data(), axis=-1)
    names = raw.ch_names
    pairs = [("FP1", "F3"), ("F3", "C3"), ("C4", "P4")]
    data = np.stack([data[names.index(a)] - data[names.index(b)] for a, b in pairs])
    yield "pairs", windows(data, 1000, 500)

    # Two bad channels made anew from the others, on standard places.
    raw = mne.io.read_raw_brainvision(CORPUS / "eeg/mne-python/test.vhdr", preload=True)
    placed = ["FP1", "FP2", "F3", "F4", "C3", "C4", "P3", "P4", "O1", "O2", "Cz", "Pz"]
    raw.pick(placed).set_montage("standard_1005", match_case=False)
    raw.info["bads"] = ["C3", "Pz"]
    raw.interpolate_bads(origin=(0.0, 0.0, 0.04))
    yield "interpolated", windows(raw.get_data(), 1000, 1000)

    # BrainOmni's rule for bad channels.
    raw = mne.io.read_raw_edf(CORPUS / "eeg/mne-python/test.edf", preload=True)
    raw.pick(raw.ch_names[:-1])
    spectrum = raw.compute_psd(tmax=1000000, average="mean")
    logs = np.log(spectrum.data + 1e-16)
    yield "distances", [np.linalg.norm(logs[:, None] - logs[None], axis=2).mean(axis=1)[None]]


with open(HERE / "chains.tsv", "w") as out:
    for name, arrays in cases():
        for w, values in enumerate(arrays):
            flat = np.asarray(values).ravel()
            step = 1 if len(flat) <= 150 else len(flat) // 40
            if w in (0, 1, len(arrays) // 2, len(arrays) - 1):
                for k in range(0, len(flat), step):
                    out.write(f"{name}\t{w}\t{len(flat)}\t{k}\t{float(flat[k])!r}\n")
        out.write(f"{name}\t{len(arrays)}\t0\t0\t0\n")

"""Writes signals.tsv: what SciPy, MNE and numpy make of a signal that Java makes too.

    python signals.py

Made with Python 3.11, mne 1.13.2, scipy 1.17.1, numpy 2.4.6. A line is: case, length of the
result, position, value. The signal is a random walk plus noise from a 64-bit linear congruential
generator, so that both sides have the same doubles.
"""

import pathlib

import mne
import numpy as np
import scipy.signal

mne.set_log_level("ERROR")


def signal(length):
    state, walk, out = 42, 0.0, []
    for _ in range(length):
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        uniform = (state >> 11) / 2**53 - 0.5
        walk += uniform
        out.append(walk + 10 * uniform)
    return np.array(out)


def cases():
    x = signal(3000)
    rate = 200.0
    yield "mne_fir_0.5_40", mne.filter.filter_data(x, rate, 0.5, 40)
    yield "mne_fir_0.1_75", mne.filter.filter_data(x, rate, 0.1, 75)
    yield "mne_fir_1_", mne.filter.filter_data(x, rate, 1, None)
    yield "mne_fir__30", mne.filter.filter_data(x, rate, None, 30)
    yield "mne_fir_0.1_96", mne.filter.filter_data(signal(5000), 256.0, 0.1, 96)
    yield "mne_fir_short", mne.filter.filter_data(signal(700), rate, 0.1, 75)
    yield "mne_notch_50", mne.filter.notch_filter(x, rate, 50)
    yield "mne_notch_50_60", mne.filter.notch_filter(signal(5000), 512.0, [50, 60, 100])
    for name, wn, kind in (("4_0.5_40", [0.5, 40], "bandpass"), ("3_1_30", [1, 30], "bandpass"),
                           ("5_2_", 2, "highpass"), ("4__30", 30, "lowpass"),
                           ("1_10_60", [10, 60], "bandpass")):
        sos = scipy.signal.butter(int(name[0]), wn, kind, fs=rate, output="sos")
        yield f"butter_{name}", scipy.signal.sosfiltfilt(sos, x)
    b, a = scipy.signal.iirnotch(50, 30, fs=rate)
    yield "iirnotch_50_30", scipy.signal.filtfilt(b, a, x)
    for length, new in ((3000, 2000), (3000, 3840), (2999, 1500), (2999, 1501), (1280, 1000),
                        (1000, 1280), (1499, 2999), (1500, 1500)):
        yield f"scipy_resample_{length}_{new}", scipy.signal.resample(signal(length), new)
    for length, up, down in ((3000, 200, 256), (3000, 256, 200), (2999, 200, 512), (100, 200, 128),
                             (500, 250, 1000)):
        yield f"mne_resample_{length}_{up}_{down}", mne.filter.resample(
            signal(length), up, down, npad="auto")
    window = np.hanning(201)[:-1]
    frames = np.lib.stride_tricks.sliding_window_view(x[:2000], 200)[::100]
    yield "stft_200", np.abs(np.fft.rfft(frames * window, axis=1))[:, :-1].T.ravel()
    yield "quantile_0.95", np.quantile(np.abs(x), 0.95, method="linear", keepdims=True)
    yield "deviation_all", np.array([x.std()])


with open(pathlib.Path(__file__).parent / "signals.tsv", "w") as out:
    for name, values in cases():
        last = len(values) - 1
        picks = sorted({*range(0, min(10, last)), *range(max(last - 10, 0), last + 1),
                        *np.linspace(0, last, 41).astype(int).tolist()})
        for k in picks:
            out.write(f"{name}\t{len(values)}\t{k}\t{float(values[k])!r}\n")

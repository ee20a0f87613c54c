"""Makes metrics.json: how close two recordings are, by NumPy and SciPy. Run here: python3 recipe_metrics.py"""
import json

import numpy as np
import scipy
from scipy import fft, signal, stats

rng = np.random.default_rng(20261124)
BANDS = [(0.5, 4), (4, 8), (8, 13), (13, 30), (30, 45)]
cases = []
for rate, n in [(100, 250), (128, 255)]:
    t = np.arange(n) / rate
    a = np.stack([np.sin(2 * np.pi * 10 * t) + 0.5 * rng.normal(size=n), np.cumsum(rng.normal(size=n)) / 5]).round(4)
    b = (0.8 * a + 0.3 * rng.normal(size=a.shape) + 0.1).round(4)
    a, b = a.astype(np.float32).astype(float), b.astype(np.float32).astype(float)
    frequencies = fft.rfftfreq(n, 1 / rate)
    pa, pb = (np.abs(fft.rfft(x, axis=1)) ** 2 for x in (a, b))
    decibels = []
    for low, high in BANDS:
        if high <= rate / 2:
            inside = (frequencies >= low) & (frequencies < high)
            decibels.append(np.abs(10 * np.log10(pb[:, inside].sum(1) / pa[:, inside].sum(1))))
    window = signal.get_window("hamming", n)
    fa, fb = (fft.rfft(x * window, axis=1, norm="ortho") for x in (a, b))
    mse = ((a - b) ** 2).mean(1)
    cases.append(
        {
            "rate": rate,
            "a": a.tolist(),
            "b": b.tolist(),
            "mse": float(mse.mean()),
            "vrmse": float(np.sqrt(mse / a.var(1)).mean()),
            "pearson": float(np.mean([stats.pearsonr(x, y)[0] for x, y in zip(a, b)])),
            "band_power_error_db": float(np.mean(decibels)),
            "spectral_amplitude_error": float(np.abs(np.abs(fa) - np.abs(fb)).mean()),
            "spectral_phase_error": float(np.abs(np.angle(fa) - np.angle(fb)).mean()),
        }
    )
    cases[-1]["a"], cases[-1]["b"] = ([[round(v, 4) for v in row] for row in cases[-1][k]] for k in "ab")
with open("metrics.json", "w") as f:
    json.dump({"numpy": np.__version__, "scipy": scipy.__version__, "cases": cases}, f, separators=(",", ":"))
    f.write("\n")

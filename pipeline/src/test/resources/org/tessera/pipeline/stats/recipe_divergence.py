"""Makes divergence.json: how far histograms are apart, by SciPy and NumPy. Run here: python3 recipe_divergence.py"""
import json

import numpy as np
import scipy
from scipy.spatial.distance import jensenshannon
from scipy.stats import chi2_contingency

rng = np.random.default_rng(20260101)
cases = []
for codes, n, m, shift in [(16, 400, 900, 0), (64, 5000, 3000, 3), (257, 60, 90, 11), (4, 10, 7, 1)]:
    weights = 1 / (1 + np.arange(codes)) ** 1.1
    weights /= weights.sum()
    c = rng.multinomial(n, weights)
    d = rng.multinomial(m, np.roll(weights, shift))
    used = (c + d) > 0
    chi2, _, degrees, _ = chi2_contingency(np.array([c[used], d[used]]), correction=False)
    p = (c + 0.5) / (n + codes / 2)
    q = (d + 0.5) / (m + codes / 2)
    both = (c + d) / (n + m)
    cases.append(
        {
            "baseline": c.tolist(),
            "candidate": d.tolist(),
            "total_variation": float(np.abs(c / n - d / m).sum() / 2),
            "total_variation_noise": float(
                0.5 * np.sum(np.sqrt(both * (1 - both)) * np.sqrt(2 / np.pi) * np.sqrt(1 / n + 1 / m))
            ),
            "jensen_shannon": float(jensenshannon(c, d, base=2) ** 2),
            "chi_square": float(chi2),
            "degrees_of_freedom": int(degrees),
            "psi": float(np.sum((q - p) * np.log(q / p))),
        }
    )
with open("divergence.json", "w") as f:
    json.dump({"numpy": np.__version__, "scipy": scipy.__version__, "cases": cases}, f, separators=(",", ":"))
    f.write("\n")

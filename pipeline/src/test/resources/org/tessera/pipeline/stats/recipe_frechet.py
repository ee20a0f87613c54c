"""Makes frechet.json: Frechet distances of sets of vectors, by SciPy's sqrtm. Run here: python3 recipe_frechet.py"""
import json

import numpy as np
import scipy
from scipy.linalg import sqrtm

rng = np.random.default_rng(20261124)
cases = []
# The third has fewer vectors than features, so that its covariances are singular.
for n, m, d, shift in [(60, 45, 5, 0.0), (50, 80, 8, 0.7), (6, 9, 10, 0.2), (40, 40, 1, 2.0)]:
    mixing = rng.normal(size=(d, d))
    sets = {"a": rng.normal(size=(n, d)).round(3), "b": (rng.normal(size=(m, d)) @ mixing / 2 + shift).round(3)}
    a, b = (sets[k].astype(np.float32).astype(float) for k in "ab")
    s1, s2 = (np.atleast_2d(np.cov(x, rowvar=False)) for x in (a, b))
    root = np.real(sqrtm(s1 @ s2))
    distance = ((a.mean(0) - b.mean(0)) ** 2).sum() + np.trace(s1 + s2 - 2 * root)
    cases.append({**{k: v.tolist() for k, v in sets.items()}, "frechet": float(distance)})
with open("frechet.json", "w") as f:
    json.dump({"numpy": np.__version__, "scipy": scipy.__version__, "cases": cases}, f, separators=(",", ":"))
    f.write("\n")

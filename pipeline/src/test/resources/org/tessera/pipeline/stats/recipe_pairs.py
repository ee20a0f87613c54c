"""Joint entropies of all pairs of levels, by NumPy and SciPy. Writes pairs.json: the ids and what they must give.

Run in this folder: python3 recipe_pairs.py
Made with Python 3.11, NumPy 2.4.6 and SciPy 1.17.1 (the versions are in pairs.json).
"""

import json

import numpy as np
import scipy
from scipy import stats

RADICES = [4096, 64, 3000, 5, 4096]
rng = np.random.default_rng(20261129)

rows = []
for i in range(30):
    n = int(rng.integers(20, 60))
    a = rng.zipf(1.3, n) % 4096
    b = (a + rng.integers(0, 7, n)) % 64
    c = (37 * a + 11 * b + rng.integers(0, 20, n)) % 3000
    d = (a ^ b) % 5
    e = rng.integers(0, 4096, n)
    if i % 4 == 0:
        e[:] = -1  # the last level was dropped
    rows.append(np.stack([a, b, c, d, e], 1))


def entropy(columns):
    return float(stats.entropy(np.unique(columns, axis=0, return_counts=True)[1], base=2))


ids = np.concatenate(rows)
pairs = []
for i in range(len(RADICES)):
    for j in range(i + 1, len(RADICES)):
        both = ids[(ids[:, i] >= 0) & (ids[:, j] >= 0)][:, [i, j]]
        counts = np.unique(both, axis=0, return_counts=True)[1]
        joint, first, second = entropy(both), entropy(both[:, :1]), entropy(both[:, 1:])
        pairs.append(
            {
                "slot": i,
                "other": j,
                "pair_total": len(both),
                "pair_distinct": len(counts),
                "pair_singletons": int((counts == 1).sum()),
                "pair_entropy": joint,
                "pair_conditional_entropy": joint - first,
                "pair_mutual_information": first + second - joint,
            }
        )
with open("pairs.json", "w") as f:
    json.dump(
        {
            "numpy": np.__version__,
            "scipy": scipy.__version__,
            "radices": RADICES,
            "rows": [row.reshape(-1).tolist() for row in rows],
            "pairs": pairs,
        },
        f,
        separators=(",", ":"),
    )
    f.write("\n")

"""Golden values of statistics, by NumPy and SciPy (Zstandard's by PyArrow).

Run in this folder: python3 recipe.py
Made with Python 3.11, NumPy 2.4.6 and SciPy 1.17.1 (the versions are in golden.json).
Writes rows.json (the ids) and golden.json (what the statistics must be).
"""

import hashlib
import heapq
import json
import zlib
from collections import Counter

import numpy as np
import pyarrow as pa
import scipy
from scipy import optimize, special, stats

RADICES = [64, 300]
rng = np.random.default_rng(20261101)


def make_rows():
    """60 rows of a Markov source: level 1 leans on level 0, and the labels on the ids."""
    p0 = 1.0 / np.arange(1, 49) ** 1.1
    p0 /= p0.sum()
    rows = []
    for i in range(60):
        n = int(rng.integers(5, 90))
        label = ["cat", "dog", "eel"][i % 3]
        a = rng.choice(48, size=n, p=p0)
        a = np.where(rng.random(n) < 0.4, np.roll(a, 1), a)
        b = (a * 5 + rng.integers(0, 40, n) + 30 * (i % 3)) % 280
        errors = rng.gamma(2.0, [0.05, 0.01]).astype(np.float32)
        rows.append(
            {
                "uri": f"file:/data/{label}/{i}.png",
                "label": label,
                "ids": np.stack([a, b], 1).reshape(-1).tolist(),
                "errors": [float(e) for e in errors],
                "end_s": round(n * 0.02, 6),
            }
        )
    return rows


def entropy(counts):
    return float(stats.entropy(np.asarray(list(counts), dtype=float), base=2))


def usage(ids, k):
    c = np.bincount(ids, minlength=k)
    n = c.sum()
    p = c / n
    used = np.sort(c[c > 0])[::-1]
    m = {
        "tokens": n,
        "codes": k,
        "codes_used": len(used),
        "codes_dead": int((c == 0).sum()),
        "codes_below_2": int((c < 2).sum()),
        "codes_below_10": int((c < 10).sum()),
        "codes_below_100": int((c < 100).sum()),
        "utilisation": len(used) / k,
        "utilisation_ceiling": 1 - (1 - 1 / k) ** n,
        "utilisation_var": float((c >= 0.08 * n / k).mean()),
        "utilisation_encodec": float((c / n * 65536 >= 2).mean()),
        "entropy": entropy(c),
        "entropy_miller_madow": entropy(c) + (len(used) - 1) / (2 * n * np.log(2)),
        "entropy_one_d_piece": float(-(p * np.log2(p + 1e-8)).sum()),
        "entropy_maximum": np.log2(k),
        "entropy_normalised": entropy(c) / np.log2(k),
        "perplexity": float(np.exp(stats.entropy(c))),
        "perplexity_mmm": float(np.exp(-(p * np.log(p + 1e-7)).sum())),
        "information_bits": n * entropy(c),
        "min_frequency": p[p > 0].min(),
        "max_frequency": p.max(),
        # Half the relative mean absolute difference: the definition, not the sorted formula.
        "gini": float(np.abs(c[:, None] - c[None, :]).sum() / (2 * k * k * c.mean())),
        "top_1_mass": used[:1].sum() / n,
        "top_10_mass": used[:10].sum() / n,
    }
    if k >= 100:
        m["top_100_mass"] = used[:100].sum() / n
    # Huffman by the textbook heap.
    heap = [int(x) for x in used]
    heapq.heapify(heap)
    total = 0
    while len(heap) > 1:
        w = heapq.heappop(heap) + heapq.heappop(heap)
        total += w
        heapq.heappush(heap, w)
    m["huffman_bits_per_token"] = total / n
    m["huffman_saving"] = 1 - total / n / np.ceil(np.log2(k))
    # Laws.
    ranks = np.arange(1, len(used) + 1)
    fit = stats.linregress(np.log(ranks), np.log(used))
    m["zipf_exponent"] = -fit.slope
    m["zipf_intercept"] = fit.intercept
    m["zipf_r2"] = fit.rvalue**2
    lr = np.log(ranks)
    m["zipf_mle_exponent"] = optimize.minimize_scalar(
        lambda s: s * (used * lr).sum() + n * special.logsumexp(-s * lr),
        bounds=(0, 20), method="bounded", options={"xatol": 1e-12},
    ).x
    m["yule_simon_rho"] = optimize.minimize_scalar(
        lambda r: -stats.yulesimon.logpmf(used, r).sum(),
        bounds=(1e-6, 100), method="bounded", options={"xatol": 1e-12},
    ).x
    return {key: float(value) for key, value in m.items()}


def tuples(rows, slot):
    seqs = [np.array(r["ids"])[slot::2] for r in rows]
    bi = Counter(tuple(int(v) for v in s[i : i + 2]) for s in seqs for i in range(len(s) - 1))
    tri = Counter(tuple(int(v) for v in s[i : i + 3]) for s in seqs for i in range(len(s) - 2))
    first = Counter()
    second = Counter()
    for (a, b), c in bi.items():
        first[a] += c
        second[b] += c
    hb = entropy(bi.values())
    m = {
        "bigram_total": sum(bi.values()),
        "bigram_distinct": len(bi),
        "bigram_singletons": sum(c == 1 for c in bi.values()),
        "bigram_entropy": hb,
        "bigram_conditional_entropy": hb - entropy(first.values()),
        "bigram_mutual_information": entropy(first.values()) + entropy(second.values()) - hb,
        "trigram_total": sum(tri.values()),
        "trigram_distinct": len(tri),
        "trigram_entropy": entropy(tri.values()),
        "trigram_conditional_entropy": entropy(tri.values()) - hb,
    }
    if slot == 0:
        pair = Counter((int(a), int(b)) for r in rows for a, b in np.array(r["ids"]).reshape(-1, 2))
        h0 = entropy(Counter(a for a, _ in pair.elements()).values())
        h1 = entropy(Counter(b for _, b in pair.elements()).values())
        hp = entropy(pair.values())
        m |= {
            "pair_total": sum(pair.values()),
            "pair_entropy": hp,
            "pair_conditional_entropy": hp - h0,
            "pair_mutual_information": h0 + h1 - hp,
        }
    best = {}
    for a in sorted(first):
        follow = sorted(((-c, b) for (x, b), c in bi.items() if x == a))[:8]
        best[str(a)] = [[b, -c] for c, b in follow]
    return {key: float(value) for key, value in m.items()}, best


def association(rows, slot, k):
    labels = sorted({r["label"] for r in rows})
    table = np.zeros((len(labels), k), dtype=np.int64)
    for r in rows:
        np.add.at(table[labels.index(r["label"])], np.array(r["ids"])[slot::2], 1)
    used = table[:, table.sum(0) > 0]
    chi2 = stats.chi2_contingency(used, correction=False).statistic
    mi = entropy(used.sum(0)) + entropy(used.sum(1)) - entropy(used.reshape(-1)[used.reshape(-1) > 0])
    v = stats.contingency.association(used, method="cramer")
    tops = {}
    for g, name in enumerate(labels):
        codes = sorted((c for c in range(k) if table[g, c] > 0), key=lambda c: (-table[g, c], c))
        tops[name] = set(codes[:100])
    unique = {
        g: len(t - set().union(*(o for h, o in tops.items() if h != g))) / len(t)
        for g, t in tops.items()
    }
    jaccard = {
        f"{g}/{h}": len(tops[g] & tops[h]) / len(tops[g] | tops[h])
        for g in labels for h in labels if g < h
    }
    return {
        "group_chi_square": float(chi2),
        "group_mutual_information": float(mi),
        "group_cramers_v": float(v),
        "top_uniqueness": unique,
        "jaccard": jaccard,
    }


def whole(rows):
    lengths = np.array([len(r["ids"]) for r in rows])
    n = lengths.sum() // 2
    bits = n * sum(np.log2(k) for k in RADICES)
    # Each row stands for an image of 16 x 8 pixels.
    pixels = 128 * len(rows)
    by_slot = [np.concatenate([np.array(r["ids"])[s::2] for r in rows]) for s in (0, 1)]
    seconds = sum(r["end_s"] for r in rows)
    return {
        "rows": len(rows),
        "length_mean": lengths.mean(),
        "length_sd": lengths.std(),
        "length_min": lengths.min(),
        "length_max": lengths.max(),
        "bits": bits,
        "bits_per_row": bits / len(rows),
        "seconds": seconds,
        "bits_per_second": bits / seconds,
        "units": pixels,
        "bits_per_unit": bits / pixels,
        "length_median": int(np.sort(lengths)[(len(lengths) - 1) // 2]),
        "entropy_bits_per_token": np.mean([entropy(np.bincount(ids)) for ids in by_slot]),
        "code_bits_per_token": np.mean(np.log2(RADICES)),
    }


def place(uri, seed=1):
    """A row's place in the random order: SplitMix64 of its sample id's first half."""
    mask = 2**64 - 1
    h = int(hashlib.sha256(f"{uri}\0\0{0}\0{-1}\0".encode()).hexdigest()[:16], 16)
    h ^= seed * 0x9E3779B97F4A7C15 & mask
    h = (h ^ h >> 30) * 0xBF58476D1CE4E5B9 & mask
    h = (h ^ h >> 27) * 0x94D049BB133111EB & mask
    return h ^ h >> 31


def growth(rows, slot):
    """Distinct codes of the first rows, read off at quarters of the powers of two of the place, and at the end."""
    ordered = sorted((place(r["uri"]), np.array(r["ids"])[slot::2]) for r in rows)
    marks = {}
    seen, n = set(), 0
    for p, ids in ordered:
        if p >= 2**63:
            continue
        seen |= set(ids.tolist())
        n += len(ids)
        quarter = p >> max(0, p.bit_length() - 3) << max(0, p.bit_length() - 3)
        marks[quarter] = (n, len(seen))
    everything = np.concatenate([ids for _, ids in ordered])
    curve = list(marks.values()) + [(len(everything), len(set(everything.tolist())))]
    fitted = [i for i, (_, v) in enumerate(curve) if v < curve[-1][1]]
    x, v = np.array(curve[: len(fitted) + 1], dtype=float).T
    fit = stats.linregress(np.log(x), np.log(v))
    return [list(point) for point in curve], {
        "heaps_exponent": fit.slope,
        "heaps_coefficient": float(np.exp(fit.intercept)),
        "heaps_r2": fit.rvalue**2,
        "heaps_saturated_at": float(x[-1]),
    }


def packed(rows, slot, k):
    """All ids of a slot in the random order of the rows, as bytes."""
    ordered = sorted((place(r["uri"]), r["ids"][slot::2]) for r in rows)
    return np.concatenate([ids for _, ids in ordered]).astype("u1" if k <= 256 else "<u2").tobytes()


def compression(rows, slot, k):
    raw = packed(rows, slot, k)
    tokens = sum(len(r["ids"]) // 2 for r in rows)
    return {
        "zlib_bits_per_token": 8 * len(zlib.compress(raw, 6)) / tokens,
        "zstd_bits_per_token": 8 * len(pa.Codec("zstd", compression_level=3).compress(raw)) / tokens,
    }


def positions(rows, slot, k):
    """The first eight positions."""
    at = [np.array([r["ids"][slot::2][i] for r in rows if len(r["ids"]) // 2 > i]) for i in range(8)]
    return [{"tokens": float(len(ids)), "codes_used": float(len(set(ids.tolist()))), "entropy": entropy(np.bincount(ids)),
             "max_frequency": float(np.bincount(ids).max() / len(ids))} for ids in at]


def sample(rows, slot):
    """All rows are in the sample; compression depends on their order, item entropy does not."""
    per_row = [entropy(np.bincount(np.array(r["ids"])[slot::2])) for r in rows]
    return {
        "item_entropy_mean": float(np.mean(per_row)),
        "item_entropy_sd": float(np.std(per_row)),
        "sample_tokens": float(sum(len(r["ids"]) // 2 for r in rows)),
    }


def errors(rows, level):
    e = np.array([r["errors"][level] for r in rows], dtype=np.float32)
    return {
        "error_count": len(e),
        "error_mean": float(e.astype(np.float64).mean()),
        "error_min": float(e.min()),
        "error_max": float(e.max()),
        # Quantiles may be an eighth of a doubling too large: bounds, not values.
        "error_p50": float(np.sort(e)[int(np.ceil(0.5 * len(e))) - 1]),
        "error_p95": float(np.sort(e)[int(np.ceil(0.95 * len(e))) - 1]),
    }


rows = make_rows()
golden = {"numpy": np.__version__, "scipy": scipy.__version__, "slots": []}
for slot, k in enumerate(RADICES):
    ids = np.concatenate([np.array(r["ids"])[slot::2] for r in rows])
    tuple_metrics, following = tuples(rows, slot)
    golden["slots"].append(
        {
            "usage": usage(ids, k),
            "tuples": tuple_metrics,
            "next": following,
            "association": association(rows, slot, k),
            "sample": sample(rows, slot),
            "growth": growth(rows, slot)[0],
            "heaps": growth(rows, slot)[1],
            "compression": compression(rows, slot, k),
            "positions": positions(rows, slot, k),
            "errors": errors(rows, slot),
        }
    )
together = np.concatenate([np.array(r["ids"])[s::2] + (0, RADICES[0])[s] for r in rows for s in (0, 1)])
golden["together"] = usage(together, sum(RADICES))
golden["whole"] = {k: float(v) for k, v in whole(rows).items()}
with open("rows.json", "w") as f:
    json.dump(rows, f, separators=(",", ":"))
    f.write("\n")
with open("golden.json", "w") as f:
    json.dump(golden, f, separators=(",", ":"))
    f.write("\n")

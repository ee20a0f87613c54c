"""Polars' group-by of level and id on the token sets of `tessera bench stats`, whose counts must be those of the statistics.

bench-stats.py WORK    WORK: the folder of the token sets, counted by the benchmark before
"""
import pathlib
import re
import sys
import time

import polars as pl

ROUNDS = 5


def flat(files, levels):
    """All ids in a row; rows hold whole positions, so the level follows from the place."""
    ids = pl.scan_parquet(files).select(pl.col("tokens").explode())
    return ids.with_row_index("i").group_by((pl.col("i") % levels).alias("level"), "tokens").len()


def ranged(files, levels):
    """Each id beside its place in the row."""
    rows = pl.scan_parquet(files).select("tokens", pl.int_ranges(pl.col("tokens").list.len()).alias("i"))
    return rows.explode("tokens", "i").group_by((pl.col("i") % levels).alias("level"), "tokens").len()


print(f"Polars {pl.__version__}, {pl.thread_pool_size()} threads; warm, fastest of {ROUNDS} rounds of the faster plan")
for folder in sorted(pathlib.Path(sys.argv[1]).glob("tokens-*"), key=lambda f: int(f.name.split("-")[1].split("x")[0])):
    levels = int(re.match(r"tokens-\d+x\d+x(\d+)-", folder.name)[1])
    files = [str(f) for f in sorted(folder.glob("tokens/**/*.parquet"))]
    best, how, found = float("inf"), "", None
    for plan in (flat, ranged):
        for _ in range(ROUNDS):
            start = time.perf_counter()
            counted = plan(files, levels).collect(engine="streaming")
            seconds = time.perf_counter() - start
            if seconds < best:
                best, how, found = seconds, plan.__name__, counted
    histogram = pl.read_parquet(str(folder / "codebook_stats/histogram/*.parquet")).filter(
        (pl.col("grouping") == "all") & (pl.col("count") > 0)
    )
    own = {(s, c): n for s, c, n in histogram.select("slot", "code", "count").iter_rows()}
    if own != {(s, c): n for s, c, n in found.iter_rows()}:
        sys.exit(f"Polars counts {folder.name} differently")
    print(f"{sum(own.values()):>15,} {best:.3f} s  ({how})")

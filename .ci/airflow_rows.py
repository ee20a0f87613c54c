"""Whether two outputs hold the same samples with the same tokens, each once: airflow_rows.py OUTPUT OUTPUT."""

import pathlib
import sys

import pyarrow.parquet


def rows(output):
    files = sorted(pathlib.Path(output, "tokens").rglob("*.parquet"))
    tables = (pyarrow.parquet.ParquetFile(file).read(columns=["sample_id", "tokens"]) for file in files)
    return sorted((row["sample_id"], row["tokens"]) for table in tables for row in table.to_pylist())


left, right = map(rows, sys.argv[1:])
assert left == right, f"{len(left)} and {len(right)} rows"
assert len(left) == len({sample for sample, _ in left}) > 0, "a sample is there twice, or none is"
print(f"{len(left)} rows, each once, with the ids of an undisturbed run")

"""Reads exports with the trainers' own libraries; their ids must be the token table's."""

import glob
import json
import os
import sys

import numpy as np
import pyarrow.parquet as pq


def rows(tokens, modality):
    """The committed rows of one modality by sample id."""
    found = {}
    for path in glob.glob(f"{tokens}/tokens/modality={modality}/**/*.parquet", recursive=True):
        for row in pq.ParquetFile(path).read().to_pylist():
            found[row["sample_id"]] = row
    assert found, modality
    return found


def vocabulary(export):
    with open(f"{export}/vocabulary.json") as file:
        return json.load(file)


def special(vocab, name):
    return next(token["id"] for token in vocab["special_tokens"] if token["name"] == name)


def levels(vocab, row, axes, modality):
    """The row's ids in the vocabulary, as (levels, positions)."""
    tokenizer = next(entry for entry in vocab["tokenizers"] if entry["modality"] == modality)
    codes = np.array(row["tokens"], np.int64).reshape(row["shape"])
    if not tokenizer["slot_axis"]:
        return codes.reshape(1, -1) + tokenizer["from"]
    codes = np.moveaxis(codes, axes.index(tokenizer["slot_axis"]), 0).reshape(len(tokenizer["levels"]), -1)
    shared = tokenizer["offsets"] == "shared"
    starts = [tokenizer["from"] if shared else level["from"] for level in tokenizer["levels"]]
    return codes + np.array(starts)[:, None]


def axes_of(tokens):
    """The axes of each modality's tokens."""
    found = {}
    for path in glob.glob(f"{tokens}/_tessera/tokenizers/*.json"):
        with open(path) as file:
            manifest = json.load(file)
        found[manifest["modality"]] = manifest["layout"]["axes"]
    return found


AXES = axes_of("demo/tokens")


def expected(export, modality, tokens="demo/tokens"):
    """By sample id the interleaved ids."""
    vocab = vocabulary(export)
    return {
        sample: levels(vocab, row, AXES[modality], modality).T.reshape(-1).tolist()
        for sample, row in rows(tokens, modality).items()
    }


def same(found, wanted, what):
    assert found.keys() == wanted.keys(), f"{what}: {len(found)} sequences, not {len(wanted)}"
    for name, ids in wanted.items():
        assert list(found[name]) == ids, f"{what}: {name} differs"
    print(f"{what}: {len(found)} sequences, {sum(map(len, wanted.values()))} ids, all equal")


def hugging_face():
    import datasets

    data = datasets.load_dataset("parquet", data_files="hf/data/*.parquet", split="train")
    same({row["name"]: row["input_ids"] for row in data}, expected("hf", "image"), "datasets")
    assert all(row["labels"] == row["input_ids"] and set(row["attention_mask"]) == {1} for row in data)
    more = datasets.load_dataset("parquet", data_files="hf/part-0002/data/*.parquet", split="train")
    same({row["name"]: row["input_ids"] for row in more}, expected("hf/part-0002", "points"), "datasets, appended")
    delayed = datasets.load_dataset("parquet", data_files="delayed/data/*.parquet", split="train")
    vocab = vocabulary("delayed")
    wanted = {}
    for sample, row in rows("demo/tokens", "audio").items():
        ids = levels(vocab, row, AXES["audio"], "audio")
        pattern = np.full((ids.shape[1] + ids.shape[0] - 1, ids.shape[0]), special(vocab, "pad"))
        for level in range(ids.shape[0]):
            pattern[level : level + ids.shape[1], level] = ids[level]
        wanted[sample] = pattern.reshape(-1).tolist()
    same({row["name"]: row["input_ids"] for row in delayed}, wanted, "datasets, delayed")
    first = datasets.load_dataset("parquet", data_files="first/data/*.parquet", split="train")
    vocab = vocabulary("first")
    wanted = {
        sample: [special(vocab, "boi"), *levels(vocab, row, AXES["image"], "image")[0].tolist(), special(vocab, "eoi")]
        for sample, row in rows("demo/tokens", "image").items()
    }
    same({row["name"]: row["input_ids"] for row in first}, wanted, "datasets, first level")


def where(export):
    """What went where, in the order of the sequences."""
    table = []
    for path in glob.glob(f"{export}/_tessera/exports/0001/where/*.parquet"):
        table += pq.read_table(path).to_pylist()
    return sorted(table, key=lambda line: (line["index"], line["from"]))


def megatron():
    from megatron.core.datasets.indexed_dataset import IndexedDataset

    vocab = vocabulary("megatron")
    wanted = {}
    for modality in AXES:
        wanted.update(
            (sample, ids + [special(vocab, "eos")]) for sample, ids in expected("megatron", modality).items()
        )
    sequences = []
    for idx in sorted(glob.glob("megatron/*.idx")):
        dataset = IndexedDataset(idx[:-4])
        assert dataset.index.dtype == (np.uint16 if vocab["size"] < 65500 else np.int32)
        assert list(dataset.document_indices) == list(range(len(dataset) + 1))
        sequences += [dataset[i].tolist() for i in range(len(dataset))]
    names = [line["sample_id"] for line in where("megatron")]
    same(dict(zip(names, sequences, strict=True)), wanted, "megatron-core")
    cut = []
    for idx in sorted(glob.glob("cut/*.idx")):
        dataset = IndexedDataset(idx[:-4])
        cut += [dataset[i] for i in range(len(dataset))]
    assert max(map(len, cut)) == 1024
    found = {}
    for line in where("cut"):
        part = cut[line["index"]][line["from"] : line["to"]]
        assert len(found.setdefault(line["sample_id"], [])) == line["skipped"]
        found[line["sample_id"]] += part.tolist()
    same(found, expected("cut", "eeg"), "megatron-core, packed")


def megatron_modes():
    from megatron.core.datasets.indexed_dataset import IndexedDataset

    vocab = vocabulary("modes")
    # special tokens 0, image 1, audio 2
    marks = [0, 1, 0, 0, 2, 0]
    images = {line["index"]: line["sample_id"] for line in where("modes") if line["from"] == 1}
    found = {}
    for idx in sorted(glob.glob("modes/*.idx")):
        dataset = IndexedDataset(idx[:-4], multimodal=True)
        ends = dataset.document_indices.tolist()
        for start, end in zip(ends, ends[1:]):
            spans = [dataset[i] for i in range(start, end)]
            assert [int(mode) for _, mode in spans] == marks
            ends_of_spans = [spans[i][0].tolist() for i in (0, 2, 3, 5)]
            assert ends_of_spans == [[special(vocab, name)] for name in ("boi", "eoi", "boa", "eoa")]
            found[images[len(found)]] = np.concatenate([ids for ids, _ in spans]).tolist()
    same(found, mixed("modes"), "megatron-core, modes")


def web_dataset():
    import webdataset

    vocab = vocabulary("tars")
    wanted = {
        sample: [special(vocab, "boi"), *ids, special(vocab, "eoi")]
        for sample, ids in expected("tars", "image").items()
    }
    shards = sorted(glob.glob("tars/*.tar"))
    assert len(shards) > 1
    found = {}
    for sample in webdataset.WebDataset(shards, shardshuffle=False).decode():
        assert sample["json"]["samples"][0]["sample_id"] == sample["__key__"]
        found[sample["__key__"]] = sample["npy"].tolist()
    same(found, wanted, "webdataset")


def mixed(export="mixed"):
    """Sequences of an image and a sound, by the image's sample id."""
    vocab = vocabulary(export)
    by_name = {}
    for kind in ("image", "audio"):
        ids = expected(export, kind, "pair-tokens")
        table = rows("pair-tokens", kind)
        for sample, row in sorted(table.items(), key=lambda entry: entry[1]["segment"]):
            pair = by_name.setdefault(os.path.splitext(row["uri"])[0], {"image": [], "audio": []})
            pair[kind] += ids[sample]
            pair.setdefault(kind + " sample", sample)
    return {
        pair["image sample"]: [
            special(vocab, "boi"), *pair["image"], special(vocab, "eoi"),
            special(vocab, "boa"), *pair["audio"], special(vocab, "eoa"),
        ]
        for pair in by_name.values()
    }  # fmt: skip


def energon():
    from megatron.energon import DefaultTaskEncoder, WorkerConfig, get_loader, get_val_dataset

    class Unchanged(DefaultTaskEncoder):
        def encode_sample(self, sample):
            return sample

        def batch(self, samples):
            return samples

        def encode_batch(self, batch):
            return batch

    dataset = get_val_dataset(
        "mixed",
        split_part="train",
        batch_size=1,
        worker_config=WorkerConfig(rank=0, world_size=1, num_workers=0),
        task_encoder=Unchanged(),
    )
    images = {line["sequence"]: line["sample_id"] for line in where("mixed") if line["from"] == 1}
    found = {}
    for batch in get_loader(dataset):
        for sample in batch:
            found[images[sample.__key__.split("/")[-1]]] = sample.text.tolist()
    same(found, mixed(), "megatron-energon")


def mosaic():
    from streaming import StreamingDataset
    from streaming.base.util import clean_stale_shared_memory

    clean_stale_shared_memory()
    data = StreamingDataset(local="mds", shuffle=False, batch_size=1, validate_hash="sha256")
    same({row["name"]: row["input_ids"].tolist() for row in data}, expected("mds", "image"), "mosaicml-streaming")
    assert len(glob.glob("mds/*.mds.zstd")) > 1
    clean_stale_shared_memory()
    data = StreamingDataset(local="mds-gzip", shuffle=False, batch_size=1, validate_hash="sha256")
    found = {row["name"]: row["input_ids"].tolist() for row in data}
    same(found, expected("mds-gzip", "image", "class-tokens"), "mosaicml-streaming, gzip")
    assert {row["class_id"] for row in data} == set(classes().values())
    clean_stale_shared_memory()
    packed = list(StreamingDataset(local="packed", shuffle=False, batch_size=1))
    vocab = vocabulary("packed")
    wanted = {**expected("packed", "image"), **expected("packed", "points")}
    lines = {}
    for line in where("packed"):
        lines.setdefault(line["sequence"], []).append(line)
    found = {}
    for row in packed:
        ids = row["input_ids"].tolist()
        assert len(ids) == 2048
        at = 0
        for length, line in zip(row["document_lengths"], lines[row["name"]], strict=True):
            assert ids[at] == special(vocab, "bos") and ids[at + length - 1] == special(vocab, "eos")
            assert (line["from"], line["to"]) == (at + 1, at + length - 1)
            found[line["sample_id"]] = ids[line["from"] : line["to"]]
            at += length
        assert set(ids[at:]) <= {special(vocab, "pad")}
    same(found, wanted, "mosaicml-streaming, packed")


def arrays():
    wanted = {}
    for row in rows("demo/tokens", "audio").values():
        stem = os.path.splitext(os.path.basename(row["uri"]))[0]
        codes = np.array(row["tokens"]).reshape(row["shape"])
        wanted[f"{stem}-{row['segment']}"] = np.moveaxis(codes, AXES["audio"].index("level"), 0)
    files = glob.glob("npy/*.npy")
    assert len(files) == len(wanted)
    for file in files:
        array = np.load(file)
        assert array.dtype == np.int64 and array.ndim == 2
        assert np.array_equal(array, wanted[os.path.basename(file)[:-4]]), file
    print(f"numpy: {len(files)} arrays (levels, time), all equal")


def classes():
    """The class of each photograph, by sample id."""
    return {sample: dict(row["labels"])["class_id"] for sample, row in rows("class-tokens", "image").items()}


def layouts():
    wanted = expected("llamagen", "image", "class-tokens")
    names = {line["index"]: line["sample_id"] for line in where("llamagen")}
    assert sorted(names) == list(range(len(wanted)))
    for index, sample in names.items():
        codes = np.load(f"llamagen/imagenet_codes/{index}.npy")
        label = np.load(f"llamagen/labels/imagenet_codes/{index}.npy")
        assert codes.dtype == np.int64 and codes.shape == (1, 1, len(wanted[sample]))
        assert codes[0, 0].tolist() == wanted[sample]
        assert label.dtype == np.int64 and label.tolist() == [int(classes()[sample])]
    print(f"numpy: LlamaGen's codes and labels of {len(names)} files, all equal")
    table = rows("class-tokens", "image")
    for sample, ids in expected("4m", "image", "class-tokens").items():
        stem = os.path.splitext(os.path.basename(table[sample]["uri"]))[0]
        codes = np.load(f"4m/train/tok/{stem}.npy")
        settings = np.load(f"4m/crop_settings/train/tok/{stem}.npy")
        assert codes.dtype == np.int16 and codes.tolist() == [ids]
        geometry = json.loads(table[sample]["geometry"])
        box = [geometry[f"crop_{name}"] for name in ("top", "left", "height", "width")]
        assert settings.dtype == np.int32 and settings.tolist() == [box + [0]]
    print(f"numpy: 4M's codes and crop settings of {len(table)} files, all equal")
    found = {}
    for path in glob.glob("classes/*.jsonl"):
        with open(path) as file:
            for line in map(json.loads, file):
                found[line["class_id"]] = line["tokens"]
    ids = expected("classes", "image", "class-tokens")
    same(found, {int(label): ids[sample] for sample, label in classes().items()}, "json, pretokenized")


def json_lines():
    found = {}
    for path in glob.glob("jsonl/*.jsonl"):
        with open(path) as file:
            for line in map(json.loads, file):
                found[line["key"]] = line["code"]
    same(found, expected("jsonl", "points"), "json")
    found = {}
    for path in glob.glob("buckets/*.jsonl"):
        bound = int(os.path.basename(path)[4:10])
        with open(path) as file:
            for line in map(json.loads, file):
                assert (len(line["code"]) <= bound) == os.path.basename(path).startswith("upto")
                found[line["key"]] = line["code"]
    same(found, expected("buckets", "audio"), "json, buckets")


def pyspark():
    wanted = {os.path.basename(row["uri"]): row["tokens"] for row in rows("demo/tokens", "image").values()}
    for program, folder in (("PySpark", "by-pyspark"), ("spark-sql", "by-sql")):
        found, bad = {}, {}
        for path in glob.glob(f"{folder}/part-*"):
            for row in pq.read_table(path).to_pylist():
                (bad if row["tokens"] is None else found)[os.path.basename(row["path"])] = row["tokens"] or row["code"]
        same(found, wanted, f"tessera_tokenize in {program}")
        # Spark's reader of binary files leaves empty ones out.
        assert bad == {"bad-cut.jpg": "TRUNCATED", "bad-page.jpg": "UNKNOWN_FORMAT"}, bad


if __name__ == "__main__":
    others = {"energon": energon, "pyspark": pyspark}
    usual = [hugging_face, megatron, megatron_modes, web_dataset, mosaic, arrays, layouts, json_lines]
    for check in [others[name] for name in sys.argv[1:]] or usual:
        check()

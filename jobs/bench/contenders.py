"""One SavedModel over one folder of PNG files, five ways. Each writes (name, ids) as Parquet.

    python contenders.py NAME FOLDER SAVED_MODEL OUTPUT

Every contender decodes with Pillow, runs batches of 32 and uses both cores in the way that its documentation shows.
None of them does anything about bad files: what happens then is part of the comparison.
"""

import io
import os
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
BATCH = 32
CORES = int(os.environ.get("BENCH_CORES", "2"))


def decode(content):
    import numpy as np
    from PIL import Image

    with Image.open(io.BytesIO(content)) as image:
        return np.asarray(image.convert("RGB"))


def load(path, threads):
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(threads)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    model = tf.saved_model.load(path)
    encode = model.signatures["encode"]
    kind = list(encode.structured_input_signature[1].values())[0].dtype

    def run(images):
        ids = encode(signal=tf.cast(tf.constant(images), kind))["ids"].numpy()
        return ids.reshape(len(images), -1)

    run.model = model
    return run


def write(output, names, ids):
    import pyarrow as pa
    import pyarrow.parquet as pq

    os.makedirs(output, exist_ok=True)
    table = pa.table({"name": names, "ids": pa.array([list(map(int, row)) for row in ids], pa.list_(pa.int32()))})
    pq.write_table(table, os.path.join(output, "part-0.parquet"))


def files(folder):
    return sorted(os.path.join(folder, name) for name in os.listdir(folder))


def loop(folder, model, output):
    import numpy as np

    encode = load(model, CORES)
    names, ids, pending = [], [], []

    def flush():
        if pending:
            ids.extend(encode(np.stack([image for _, image in pending])))
            names.extend(name for name, _ in pending)
            pending.clear()

    for path in files(folder):
        with open(path, "rb") as file:
            pending.append((os.path.basename(path), decode(file.read())))
        if len(pending) == BATCH:
            flush()
    flush()
    write(output, names, ids)


def spark_session():
    from pyspark.sql import SparkSession

    os.environ["PYSPARK_PYTHON"] = sys.executable
    return (
        SparkSession.builder.master(f"local[{CORES}]")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.memory", "2g")
        .config("spark.sql.execution.arrow.maxRecordsPerBatch", "256")
        # Small files are to share partitions: each partition loads the model anew.
        .config("spark.sql.files.maxPartitionBytes", "16m")
        .config("spark.sql.files.openCostInBytes", "0")
        .getOrCreate()
    )


def predict_batch_udf(folder, model, output):
    import numpy as np
    import pandas as pd
    from pyspark.ml.functions import predict_batch_udf as batch_udf
    from pyspark.sql.functions import col, pandas_udf, substring_index
    from pyspark.sql.types import ArrayType, ByteType, IntegerType, ShortType

    @pandas_udf(ArrayType(ShortType()))
    def pixels(content: pd.Series) -> pd.Series:
        return content.map(lambda c: decode(c).astype(np.int16).ravel())

    def make_predict():
        encode = load(model, 1)
        return lambda images: encode(images)

    ids = batch_udf(
        make_predict, return_type=ArrayType(IntegerType()), batch_size=BATCH, input_tensor_shapes=[[256, 256, 3]]
    )
    spark = spark_session()
    (
        spark.read.format("binaryFile")
        .load(folder)
        .select(substring_index("path", "/", -1).alias("name"), pixels("content").alias("pixels"))
        .select("name", ids(col("pixels")).alias("ids"))
        .write.parquet(output)
    )


def map_in_pandas(folder, model, output):
    import numpy as np
    import pandas as pd
    from pyspark.sql.functions import substring_index

    def tokenize(frames):
        encode = load(model, 1)
        for frame in frames:
            for at in range(0, len(frame), BATCH):
                part = frame.iloc[at : at + BATCH]
                ids = encode(np.stack([decode(content) for content in part["content"]]))
                yield pd.DataFrame({"name": part["name"].values, "ids": list(ids)})

    spark = spark_session()
    (
        spark.read.format("binaryFile")
        .load(folder)
        .select(substring_index("path", "/", -1).alias("name"), "content")
        .mapInPandas(tokenize, "name string, ids array<int>")
        .write.parquet(output)
    )


def ray_data(folder, model, output):
    import numpy as np
    import ray

    class Encoder:
        def __init__(self):
            self.encode = load(model, 1)

        def __call__(self, batch):
            ids = self.encode(np.stack([decode(content) for content in batch["bytes"]]))
            names = [os.path.basename(path) for path in batch["path"]]
            return {"name": names, "ids": list(ids.astype(np.int32))}

    ray.init(num_cpus=CORES, include_dashboard=False, logging_level="ERROR")
    (
        ray.data.read_binary_files(folder, include_paths=True)
        .map_batches(Encoder, batch_size=BATCH, concurrency=max(1, CORES - 1), num_cpus=1)
        .write_parquet(output)
    )


def daft(folder, model, output):
    import numpy as np
    import daft as d
    from daft import DataType, col

    @d.udf(return_dtype=DataType.list(DataType.int32()), batch_size=BATCH, concurrency=CORES)
    class Encoder:
        def __init__(self):
            self.encode = load(model, 1)

        def __call__(self, content):
            ids = self.encode(np.stack([decode(c) for c in content.to_pylist()]))
            return [row.astype(np.int32) for row in ids]

    frame = d.from_glob_path(folder + "/*").with_column("ids", Encoder(col("path").download()))
    frame = frame.with_column("name", col("path").apply(os.path.basename, DataType.string()))
    frame.select("name", "ids").write_parquet(output)


CONTENDERS = {f.__name__: f for f in (loop, predict_batch_udf, map_in_pandas, ray_data, daft)}

if __name__ == "__main__":
    CONTENDERS[sys.argv[1]](*(os.path.abspath(argument) for argument in sys.argv[2:5]))

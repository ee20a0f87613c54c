"""Tessera on a schedule: each modality of a corpus is tokenized as its data arrive.

For each modality: fit (once) -> tokenize the data of the interval -> verify -> statistics -> drift gate -> export.
The run is named after the logical date, so that a retry, a cleared task or a second run of the same date goes on with
the same run and writes nothing twice.

The corpus is laid out by modality and day: CORPUS/image/2026-01-31/..., as ``input`` says. The release is found by the
environment variable TESSERA_HOME, Spark by the connection ``spark_default``; TESSERA_SUBMIT holds more arguments of the
operator. A task that takes longer than TESSERA_TASK_HOURS is ended and tried again; a run that is not done
TESSERA_DEADLINE_HOURS after it was queued calls TESSERA_LATE, the import path of a function or notifier (Airflow 3
has deadlines where Airflow 2 had SLAs). TESSERA_DEADLINE_HOURS=0 is no deadline: for `airflow dags test`, which Airflow
3.3 ends with an error where a DAG has one.
"""

from __future__ import annotations

import os
from datetime import timedelta

import pendulum
from airflow.sdk import (
    CronDataIntervalTimetable,
    DeadlineAlert,
    DeadlineReference,
    Param,
    SyncCallback,
    chain,
    dag,
    task,
    task_group,
)
from tessera_operator import TesseraOperator, late, release

SPECIFICATIONS = {
    "image": "image-patch-rvq",
    "audio": "audio-mdct-rvq",
    "eeg": "eeg-tf-rvq",
    "points": "points-patch-vq",
}

PARAMS = {
    "corpus": Param("s3a://corpus", type="string", description="The folder or bucket that holds the raw files"),
    "output": Param("s3a://tokens", type="string", description="Where the tokens go, a folder for each modality"),
    "modalities": Param(list(SPECIFICATIONS), type="array", items={"type": "string", "enum": list(SPECIFICATIONS)}),
    "input": Param(
        "{corpus}/{modality}/{day:%Y-%m-%d}",
        type="string",
        description="Folder or glob of the inputs; with {day}, one for each day that the data interval touches;"
        " {start} and {end} are the interval's, e.g. {start:%Y/%m/%d/%H}*",
    ),
    "specifications": Param(
        f"{release()}/conf/tokenizers", type="string", description="Folder of the specifications that fit learns from"
    ),
    "bundles": Param({}, type="object", description="Ready tokenizers by modality; what is missing is learned"),
    "baseline": Param(
        "", type="string", description="Statistics to judge drift by: BASELINE/MODALITY; none, and the gate is skipped"
    ),
    "export": Param("hf", type="string", enum=["hf", "megatron", "webdataset", "mds", "npy", "jsonl", ""]),
    "tokenize_options": Param([], type="array", items={"type": "string"}, description="Further options of tokenize"),
    "max_reject_rate": Param(0.05, type="number", minimum=0, maximum=1),
    "spark_conf": Param({}, type="object", description="Spark settings of all tasks, e.g. spark.executor.memory"),
}


def hours(variable: str, default: float) -> timedelta:
    return timedelta(hours=float(os.environ.get(variable) or default))


def deadline() -> DeadlineAlert | None:
    """When a run should be done, and what to do when it is not."""
    interval = hours("TESSERA_DEADLINE_HOURS", 24)
    if not interval:
        return None
    return DeadlineAlert(
        name="done in time",
        reference=DeadlineReference.DAGRUN_QUEUED_AT,
        interval=interval,
        callback=SyncCallback(os.environ.get("TESSERA_LATE") or late),
    )


def inputs(pattern: str, corpus: str, modality: str, start: pendulum.DateTime, end: pendulum.DateTime) -> list[str]:
    """The globs of a data interval: one for each day that it touches, each once."""
    last = max(start, end - timedelta(microseconds=1))
    days = [start.start_of("day").add(days=n) for n in range((last.start_of("day") - start.start_of("day")).days + 1)]
    found = (pattern.format(corpus=corpus, modality=modality, day=day, start=start, end=end) for day in days)
    return list(dict.fromkeys(found))


def calls(modality: str, params: dict, run: str, start: pendulum.DateTime, end: pendulum.DateTime) -> dict:
    """What each task of a modality calls; a task that has nothing to do calls nothing."""
    output = f"{params['output']}/{modality}"
    ready = params["bundles"].get(modality)
    bundle = ready or f"{output}.bundle"
    specification = f"{params['specifications']}/{SPECIFICATIONS[modality]}.yaml"
    read = []
    for uri in inputs(params["input"], params["corpus"], modality, start, end):
        read += ["--input", uri]
    fit = ["fit", "--if-missing", "--modality", modality, "--spec", specification, *read, "--output", bundle]
    return {
        "fit": [] if ready else fit,
        "tokenize": [
            *("tokenize", "--run-id", run, *read, "--tokenizer", bundle, "--output", output),
            *("--max-reject-rate", str(params["max_reject_rate"]), *params["tokenize_options"]),
        ],
        "verify": ["verify", "--tokens", output],
        "stats": ["stats", "--tokens", output],
        "drift": ["drift", "--baseline", f"{params['baseline']}/{modality}", "--candidate", output]
        if params["baseline"]
        else [],
        "export": ["export", "--tokens", output, "--format", params["export"], "--output", f"{output}.export/{run}"]
        if params["export"]
        else [],
    }


@dag(
    dag_id="tessera_corpus",
    description="Raw files to discrete tokens, day by day",
    # The run of a day begins when the day is over, and its interval is that day.
    schedule=CronDataIntervalTimetable("@daily", timezone="UTC"),
    start_date=pendulum.datetime(2026, 1, 1, tz="UTC"),
    catchup=False,
    # One run at a time: an output has one writer.
    max_active_runs=1,
    params=PARAMS,
    default_args={
        "retries": 3,
        "retry_delay": timedelta(seconds=int(os.environ.get("TESSERA_RETRY_SECONDS") or 120)),
        "retry_exponential_backoff": True,
        "max_retry_delay": timedelta(minutes=30),
        "execution_timeout": hours("TESSERA_TASK_HOURS", 12),
    },
    deadline=deadline(),
    tags=["tessera"],
    doc_md=__doc__,
)
def tessera_corpus():
    @task
    def modalities(params=None) -> list[str]:
        return params["modalities"]

    @task
    def spark_conf(params=None) -> dict[str, str]:
        return params["spark_conf"]

    @task(multiple_outputs=True)
    def commands(
        modality: str, params=None, dag_run=None, logical_date=None, data_interval_start=None, data_interval_end=None
    ) -> dict[str, list[str]]:
        # A run that was started by hand need not have a logical date.
        moment = pendulum.instance(logical_date or dag_run.run_after)
        start = pendulum.instance(data_interval_start or moment)
        end = pendulum.instance(data_interval_end or start)
        return calls(modality, params, f"d{moment.strftime('%Y%m%dT%H%M%S')}", start, end)

    @task_group
    def corpus(modality: str, conf: dict[str, str]):
        each = commands(modality)
        # A step that has nothing to do is skipped, and the next goes on.
        chain(
            *(
                TesseraOperator(task_id=step, arguments=each[step], conf=conf, trigger_rule="none_failed")
                for step in ("fit", "tokenize", "verify", "stats", "drift", "export")
            )
        )

    corpus.partial(conf=spark_conf()).expand(modality=modalities())


DAG = tessera_corpus()

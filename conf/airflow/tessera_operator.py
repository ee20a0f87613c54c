"""The operator of Tessera's commands: spark-submit through Airflow's Spark provider, with Tessera's exit codes."""

from __future__ import annotations

import json
import logging
import os
import re
from pathlib import Path

from airflow.providers.apache.spark.operators.spark_submit import SparkSubmitOperator
from airflow.sdk.exceptions import AirflowException, AirflowFailException, AirflowSkipException

#: What is wrong when a command ends with one of these codes; a retry would find the same.
NOT_RETRIED = {
    2: "the options or the configuration are wrong",
    3: "more samples were rejected than max_reject_rate allows (see OUTPUT/rejects)",
    4: "the data are not what they should be: not verified, or drifted from the baseline",
}

# What the provider writes of the driver's end, before the tail of the log.
_EXIT_CODE = re.compile(r"(?:Error code is|spark exit code is|exit_code)[:=] ?(\d+)")
_LOG = "Last spark-submit output:"


def release() -> Path:
    """The unpacked release: TESSERA_HOME, else the one that holds this file (HOME/conf/airflow)."""
    return Path(os.environ.get("TESSERA_HOME") or Path(__file__).resolve().parents[2])


def natives() -> str:
    """The native jars that travel beside the application: TESSERA_JARS, else the release's."""
    return os.environ.get("TESSERA_JARS") or ",".join(
        str(jar) for jar in sorted((release() / "lib" / "natives").glob("*.jar"))
    )


def submit_options() -> dict:
    """More arguments of the operator for all tasks: the JSON object in TESSERA_SUBMIT, e.g. {"executor_memory": "8g"}."""
    return json.loads(os.environ.get("TESSERA_SUBMIT") or "{}")


def exit_code(failure: Exception) -> int | None:
    """The exit code of the driver that a failure of the provider tells of, where it tells one."""
    codes = [int(code) for code in _EXIT_CODE.findall(str(failure).partition(_LOG)[0])]
    return max(codes, default=None)


def late(context=None) -> None:
    """What a missed deadline does unless the DAG names something else: an error in the log of the callback."""
    run = (context or {}).get("dag_run") or {}
    name = run.get("dag_run_id") if isinstance(run, dict) else getattr(run, "run_id", None)
    logging.getLogger("tessera").error("The run %s is not done at its deadline", name or "of tessera_corpus")


class TesseraOperator(SparkSubmitOperator):
    """Runs one Tessera command on the Spark of a connection.

    A command that was interrupted goes on where it stopped when it is called again, so every failure is retried but
    those in ``NOT_RETRIED``. A retry whose predecessor still runs starts nothing twice:

    - in cluster deploy mode the provider attaches to the driver that runs (``durable``, its default). On Kubernetes give
      ``track_driver_via_k8s_api=True``, on YARN ``yarn_track_via_rm_api=True`` for that (TESSERA_SUBMIT);
    - in client mode an output has one writer: the second driver ends with an error that names the first, and the
      next retry finds the output free, or done.

    Standalone and YARN tell no exit code in cluster deploy mode, so that only client mode and Kubernetes know a
    failure that is not to be retried.

    :param arguments: the command and its options, e.g. ``["tokenize", "--input", ...]`` (templated); none skips the task
    """

    def __init__(self, *, arguments: list[str], **kwargs) -> None:
        options = {
            "application": os.environ.get("TESSERA_APPLICATION") or str(release() / "lib" / "tessera.jar"),
            "jars": natives(),
            "java_class": "org.tessera.jobs.Tessera",
            "name": "tessera {{ task.task_id }} {{ run_id }}",
        }
        super().__init__(application_args=arguments, **{**options, **submit_options(), **kwargs})

    def execute(self, context):
        if not self.application_args:
            raise AirflowSkipException("Nothing to do")
        try:
            return super().execute(context)
        except (AirflowException, RuntimeError) as failure:
            code = exit_code(failure)
            if code in NOT_RETRIED:
                raise AirflowFailException(f"Exit code {code}: {NOT_RETRIED[code]}") from failure
            raise

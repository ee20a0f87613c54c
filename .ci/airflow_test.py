"""The parts of the DAG that need no Spark, in a real Airflow: exit codes, globs of a data interval, the deadline."""

import os
import pathlib
import stat
import sys
import tempfile
import unittest
from datetime import timedelta
from unittest import mock

import pendulum

TOP = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TOP / "conf" / "airflow"))

import tessera_corpus  # noqa: E402
import tessera_operator  # noqa: E402
from airflow.sdk.exceptions import AirflowException, AirflowFailException, AirflowSkipException  # noqa: E402

LOCAL = '{"conn_type": "spark", "host": "local[1]", "extra": {"spark-binary": "spark-submit"}}'


class ExitCodes(unittest.TestCase):
    """A spark-submit that ends as it is told, called by the provider's own hook."""

    def end(self, script, connection=LOCAL, arguments=("tokenize",)):
        with tempfile.TemporaryDirectory() as folder:
            submit = pathlib.Path(folder) / "spark-submit"
            submit.write_text("#!/bin/sh\n" + script)
            submit.chmod(submit.stat().st_mode | stat.S_IXUSR)
            environment = {"PATH": f"{folder}:{os.environ['PATH']}", "AIRFLOW_CONN_SPARK_DEFAULT": connection}
            with mock.patch.dict(os.environ, environment):
                operator = tessera_operator.TesseraOperator(task_id="t", arguments=list(arguments))
                return operator.execute({})

    def test_done(self):
        self.assertIsNone(self.end("exit 0"))

    def test_nothing_to_do_is_skipped(self):
        with self.assertRaises(AirflowSkipException):
            self.end("exit 1", arguments=())

    def test_what_a_retry_would_find_again_is_not_retried(self):
        for code, words in ((2, "options"), (3, "rejected"), (4, "drifted")):
            with self.assertRaisesRegex(AirflowFailException, f"Exit code {code}: .*{words}"):
                self.end(f"echo Error code is: 1; exit {code}")

    def test_all_else_is_retried(self):
        # 137: killed by a cluster; $$: killed on this machine. The log of the driver has no say.
        for script in ("exit 1", "exit 137", "kill -9 $$", "echo 'Error code is: 3'; exit 1"):
            with self.assertRaises(AirflowException) as raised:
                self.end(script)
            self.assertNotIsInstance(raised.exception, AirflowFailException, script)

    def test_what_the_provider_says_on_kubernetes(self):
        log = "\nLast spark-submit output:\nError code is: 4"
        for said, code in (
            ("Error code is: 0. Kubernetes spark exit code is: 3" + log, 3),
            ("Error code is: 1. Kubernetes spark exit code is: None" + log, 1),
            ("Spark application a failed (phase=Failed exit_code=3 reason=Error)", 3),
            ("Spark application a failed (phase=Failed)", None),
            ("Error code is: -9." + log, None),
        ):
            self.assertEqual(tessera_operator.exit_code(AirflowException(said)), code, said)


class Inputs(unittest.TestCase):
    START = pendulum.datetime(2026, 1, 31, tz="UTC")

    def globs(self, pattern, end, start=START):
        return tessera_corpus.inputs(pattern, "s3a://lake", "image", start, end)

    def test_a_day(self):
        self.assertEqual(
            self.globs("{corpus}/{modality}/{day:%Y-%m-%d}", self.START.add(days=1)), ["s3a://lake/image/2026-01-31"]
        )

    def test_each_day_of_a_week(self):
        found = self.globs("{corpus}/{day:%Y/%m/%d}/*.png", self.START.add(days=7))
        self.assertEqual(len(found), 7)
        self.assertEqual((found[0], found[-1]), ("s3a://lake/2026/01/31/*.png", "s3a://lake/2026/02/06/*.png"))

    def test_an_hour(self):
        start = self.START.add(hours=23)
        self.assertEqual(
            self.globs("{corpus}/{start:%Y%m%d-%H}*", start.add(hours=1), start), ["s3a://lake/20260131-23*"]
        )

    def test_no_interval(self):
        self.assertEqual(self.globs("{corpus}/{modality}", self.START), ["s3a://lake/image"])

    def test_only_what_is_there_to_do(self):
        params = {name: param.value for name, param in tessera_corpus.PARAMS.items()}
        params |= {"baseline": "", "export": "", "bundles": {"image": "s3a://models/image"}}
        calls = tessera_corpus.calls("image", params, "d1", self.START, self.START.add(days=1))
        self.assertEqual([name for name, call in calls.items() if call], ["tokenize", "verify", "stats"])
        self.assertIn("s3a://models/image", calls["tokenize"])


class Schedule(unittest.TestCase):
    def test_the_deadline_calls_back(self):
        from airflow.sdk.execution_time.callback_supervisor import execute_callback

        deadlines = tessera_corpus.DAG.deadline
        deadline = deadlines[0] if isinstance(deadlines, list) else deadlines
        self.assertEqual(deadline.interval, timedelta(hours=24))
        with self.assertLogs("tessera", "ERROR") as logs:
            done, error = execute_callback(
                deadline.callback.path, {"context": {"dag_run": {"dag_run_id": "late one"}}}, "tessera_corpus.py", None, mock.Mock()
            )
        self.assertTrue(done, error)
        self.assertIn("late one is not done at its deadline", logs.output[0])


if __name__ == "__main__":
    unittest.main()

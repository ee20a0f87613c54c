"""The command line, from a notebook that runs in this folder."""
import pathlib
import shlex
import shutil
import subprocess

COMMAND = pathlib.Path(__file__).resolve().parent.parent / "jobs" / "bin" / "tessera"

# Lines that are other in every run, so that a notebook that runs again shows only what changed.
TIMINGS = ("speed ", "model alone ", "reached ")


def tessera(line):
    """Runs `tessera LINE` and prints its summary; what it says on the way is shown when it fails."""
    done = subprocess.run([COMMAND, *shlex.split(line)], capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"tessera {line}: exit code {done.returncode}\n{done.stderr}{done.stdout}")
    lines = [text for text in done.stdout.splitlines(True) if not text.startswith(TIMINGS)]
    print("".join(lines).replace(f"file:{pathlib.Path.cwd()}/", "").rstrip())


def fresh(folder):
    """An empty folder of that name."""
    shutil.rmtree(folder, ignore_errors=True)
    path = pathlib.Path(folder)
    path.mkdir(parents=True)
    return path


def demo():
    """What `tessera demo` makes, in work/demo; made when it is not there."""
    if not pathlib.Path("work/demo/tokens/codebook_stats/summary.json").exists():
        fresh("work/demo")
        tessera("demo --output work/demo")
    return pathlib.Path("work/demo")

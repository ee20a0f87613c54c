"""Runs the notebooks from top to bottom; any error, and output that is too large, fails.

    python .ci/notebooks.py [--write] [NOTEBOOK...]

--write keeps the outputs in the files, without times, counters and what differs between machines.
"""
import pathlib
import re
import sys
import time

import nbclient
import nbformat

FOLDER = pathlib.Path(__file__).resolve().parent.parent / "notebooks"
LIMIT = 300_000
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def cleaned(notebook):
    """The notebook with nothing in it that another run on another day would change for no reason."""
    notebook.metadata = nbformat.from_dict(METADATA)
    for number, cell in enumerate(notebook.cells):
        cell.metadata = nbformat.from_dict({})
        cell.id = f"cell-{number:02d}"
        if cell.cell_type != "code":
            continue
        cell.execution_count = None
        cell.outputs = [output for output in cell.outputs if output.get("name") != "stderr"]
        for output in cell.outputs:
            output.pop("execution_count", None)
            if output.output_type == "execute_result":
                output.execution_count = None
            output.pop("metadata", None)
            if output.output_type != "stream":
                output.metadata = nbformat.from_dict({})
                if "text/html" in output.data:
                    output.data["text/html"] = re.sub(r"<style scoped>.*?</style>\s*", "", output.data["text/html"], flags=re.S)
                if "image/png" in output.data:
                    output.data["image/png"] = output.data["image/png"].strip()
    return notebook


def run(path, write):
    notebook = nbformat.read(path, as_version=4)
    started = time.monotonic()
    nbclient.NotebookClient(
        notebook, timeout=600, kernel_name="python3", resources={"metadata": {"path": str(FOLDER)}}
    ).execute()
    text = nbformat.writes(cleaned(notebook)) + "\n"
    for place in (str(FOLDER.parent), str(pathlib.Path.home())):
        if place in text:
            raise SystemExit(f"{path.name}: the outputs name a folder of this machine: {place}")
    if write:
        path.write_text(text)
    kept = path.stat().st_size
    if kept > LIMIT:
        raise SystemExit(f"{path.name}: {kept:,} bytes with its outputs (at most {LIMIT:,})")
    print(f"{path.name}: {len(notebook.cells)} cells, {kept:,} bytes, {time.monotonic() - started:.0f} s", flush=True)


def main(arguments):
    write = "--write" in arguments
    names = [argument for argument in arguments if argument != "--write"]
    paths = [FOLDER / name for name in names] or sorted(FOLDER.glob("*.ipynb"))
    if not paths:
        raise SystemExit(f"Cannot run notebooks: there are none in {FOLDER}")
    for path in paths:
        run(path, write)
    print(f"{len(paths)} passed, 0 failed")


main(sys.argv[1:])

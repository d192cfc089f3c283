"""Runs the notebooks of docs/examples and compares what they show with what stands in them.

    notebook.py [--bless]

Texts must be the same; of pictures there must be as many. `--bless` writes the notebooks anew, with outputs and
without anything that differs from run to run.
"""

import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

FOLDER = Path("docs/examples")


def shown(cell):
    """What a cell shows: its texts, and the types of its pictures."""
    out = []
    for output in cell.get("outputs", []):
        if output.output_type == "stream":
            out.append((output.name, output.text))
        else:
            for kind, data in sorted(output.get("data", {}).items()):
                out.append((kind, "" if kind.startswith("image/") else data))
    return out


def run(path):
    """The notebook as it stands, and as it is when run anew."""
    book = nbformat.read(path, as_version=4)
    fresh = nbformat.from_dict(book)
    folder = {"metadata": {"path": str(FOLDER)}}
    NotebookClient(fresh, timeout=120, kernel_name="python3", resources=folder).execute()
    for cell in fresh.cells:
        # When it ran.
        cell.metadata.pop("execution", None)
        if cell.cell_type == "code":
            cell.outputs = [output for output in cell.outputs if output.get("name") != "stderr"]
    # Of the kernel only what is the same with any version of Python.
    fresh.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    return book, fresh


def main():
    bless = sys.argv[1:] == ["--bless"]
    cells = 0
    for path in sorted(FOLDER.glob("*.ipynb")):
        book, fresh = run(path)
        if bless:
            path.write_text(nbformat.writes(fresh) + "\n", encoding="utf-8")
        for number, (own, new) in enumerate(zip(book.cells, fresh.cells)):
            cells += own.cell_type == "code"
            if not bless and shown(own) != shown(new):
                sys.exit(f"{path}, cell {number}: shows\n{shown(new)}\nexpected\n{shown(own)}")
    if not cells:
        sys.exit(f"no notebook in {FOLDER}")
    print(f"{cells} passed, 0 failed")


main()

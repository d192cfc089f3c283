"""Runs the code blocks of docs/loading.md and compares what they print with the page.

    loading.py [--bless]

Works in the repository's root, on output/. A block of code is followed by a block `text` with what it prints;
`--bless` writes that anew. Blocks of R and Spark run where those are installed. Of those that
do not run, the numbers on the page must be those that DuckDB finds.
"""

import contextlib
import importlib.util
import io
import logging
import re
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb

# mlcroissant names facts that the dataset does not state.
logging.getLogger("absl").setLevel(logging.ERROR)

PAGE = Path("docs/loading.md")
BLOCK = re.compile(r"```(\w+)\n(.*?)```\n\n```text\n(.*?)```\n", re.DOTALL)
SPARK = """
from pyspark.sql import SparkSession
builder = SparkSession.builder.master("local[1]").config("spark.ui.enabled", False)
spark = builder.config("spark.ui.showConsoleProgress", False).getOrCreate()
"""


def run_python(code):
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(code, str(PAGE), "exec"), {})
    return printed.getvalue()


def run_sql(code):
    """The result in aligned columns; DuckDB's own frame depends on the width of the terminal."""
    result = duckdb.sql(code)
    rows = [[str(cell) for cell in row] for row in [result.columns, *result.fetchall()]]
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in rows]
    return "\n".join(lines) + "\n"


def run_process(command):
    done = subprocess.run(command, capture_output=True, encoding="utf-8")
    if done.returncode != 0:
        sys.exit(f"{command[0]} failed:\n{done.stderr}")
    return done.stdout


def run(language, code):
    """What a block prints, or None where its program is not installed."""
    if language == "python":
        return run_python(code)
    if language == "sql":
        return run_sql(code)
    if language == "r" and shutil.which("Rscript"):
        return run_process(["Rscript", "--vanilla", "-e", code])
    if language == "pyspark" and importlib.util.find_spec("pyspark") and shutil.which("java"):
        return run_process([sys.executable, "-c", SPARK + code])
    return None


def tidy(text):
    """Without blanks at the ends of lines and empty lines around."""
    return "\n".join(line.rstrip() for line in text.strip("\n").split("\n")) + "\n"


def main():
    page = PAGE.read_text(encoding="utf-8")
    bless = sys.argv[1:] == ["--bless"]
    blocks = list(BLOCK.finditer(page))
    languages = [block[1] for block in blocks]
    if languages != ["python", "python", "sql", "r", "pyspark", "python"]:
        sys.exit(f"{PAGE}: found blocks {languages}")
    # Every block finds these names and numbers, but the last, which is about something else.
    sql = duckdb.sql(blocks[2][2]).fetchall()
    numbers = [(entity, str(count)) for entity, count in sql]
    passed, skipped, renewed = 0, 0, page
    for number, block in enumerate(blocks):
        language, code, shown = block.groups()
        if not 0 < len([line for line in code.splitlines() if line]) <= 5:
            sys.exit(f"{PAGE}: more than a handful of lines:\n{code}")
        found = run(language, code)
        if found is None:
            skipped += 1
            print(f"not run, since it is not installed: {language}")
            found = shown
        elif bless:
            renewed = renewed.replace(block[0], block[0].replace(f"```text\n{shown}", f"```text\n{tidy(found)}"))
            continue
        else:
            passed += 1
        if tidy(found) != tidy(shown):
            sys.exit(f"{PAGE}, {language}: found\n{found}\nexpected\n{shown}")
        words = re.findall(r"[\w-]+", shown)
        if number < 5 and not all(entity in words and count in words for entity, count in numbers):
            sys.exit(f"{PAGE}, {language}: the page has other numbers than {numbers}:\n{shown}")
    if bless:
        PAGE.write_text(renewed, encoding="utf-8")
    print(f"{passed} passed, 0 failed, {skipped} skipped")


main()

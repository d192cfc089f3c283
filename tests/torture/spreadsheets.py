"""Spreadsheets: every nasty cell through the CSV files of a dataset, exact and guarded.

    python tests/torture/spreadsheets.py BINARY SCRATCH_FOLDER

Needs nothing beyond the standard library; pandas, polars, DuckDB and LibreOffice are tried where they are
installed, and the script says which were not. Exit status 1 if a cell came back as another one, or if
LibreOffice made a formula of a guarded cell.
"""

import csv
import importlib.util
import json
import pathlib
import re
import shutil
import subprocess
import sys

from fixture import script

TIMEOUT = 240

# Each is a cell of a column of the user's own, of a text of its own.
CELLS = {
    "quotes": 'say "yes" ""twice""',
    "quote alone": '"',
    "apostrophe": "'quoted'",
    "commas": ",,a,b",
    "semicolons": ";a;b",
    "LF": "one\ntwo",
    "CRLF": "one\r\ntwo",
    "CR": "one\rtwo",
    "ends in LF": "one\n",
    "blanks": "  both sides  ",
    "NBSP": "\u00a0a\u00a0",
    "BOM first": "\ufeffa",
    "NA": "NA",
    "null": "null",
    "None": "None",
    "NaN": "NaN",
    "true": "TRUE",
    "exponent": "1E5",
    "zeros": "007",
    "long number": "12345678901234567890",
    "date": "2018-03-04",
    "date like": "3-4",
    "date like, US": "03/04/05",
    "time like": "1:30",
    "percent": "50%",
    "negative": "-5",
    "plus": "+963",
    "emoji": "👩‍👩‍👧 🇸🇾",
    "bidi": "\u202eabc\u202c عربي",
    "combining": "e\u0301",
    "long": "x" * 40_000,
    "long, of lines": "line\n" * 10_000 + "end",
    "equals": "=1+1",
    "link": '=HYPERLINK("http://example.org","x")',
    "DDE": "=cmd|' /C calc'!A0",
    "at": "@SUM(A1:A2)",
    "minus": "-1+1",
    "plus sum": "+1+1",
    "tab first": "\t=1+1",
    "CR first": "\r=1+1",
    "LF first": "\n=1+1",
    "blank first": " =1+1",
    "full width": "＝1+1",
    "full width at": "＠SUM(1)",
    "quote first": '"=1+1',
    "apostrophe first": "'=1+1",
    "two apostrophes": "''=1+1",
    "semicolon": "a;=1+1",
    "semicolon, quote": 'a;"=1+1&"""',
    "line in the middle": "a\n=1+1\n-1",
    "list": "- one\n- two",
    "backslash": "\\N",
    "LIKE": "%_\\",
}
# No text holds a NUL, so it comes as a column of JSON lines, as does the empty text beside the missing one.
EMPTY = ["", None]
NUL = "a\0b"

PLAIN = re.compile(r"""(^|[;\t\r\n])'(?=["'\0]*[=+\-@＝＋－＠])|^'(?=["']*[\t\r\n\0])""")


def plain(cell):
    """Undoes the guard, as the dataset's README.md has it."""
    return PLAIN.sub(r"\1", cell)


def run(binary, *args, **more):
    return subprocess.run([binary, *map(str, args)], capture_output=True, text=True, timeout=TIMEOUT, **more)


def judge(tally, name, found, expected):
    same = found == expected
    tally.case(name, "" if same else f"found {str(found)[:200]!r}, expected {str(expected)[:200]!r}")


def compare(tally, reader, table, guarded):
    """The cells that a reader found, by the names of the cases, against what was put in."""
    for name, cell in CELLS.items():
        found = table.get(name)
        if guarded and isinstance(found, str):
            found = plain(found)
        judge(tally, f"{reader}, {'guarded' if guarded else 'exact'}: {name}", found, cell)
    for number, cell in enumerate(EMPTY):
        judge(tally, f"{reader}: {'missing' if cell is None else 'empty'}", table.get(f"empty {number}") or None, None)


def by_csv(path):
    csv.field_size_limit(1 << 30)
    with open(path, encoding="utf-8", newline="") as file:
        return {row["docvar_case"]: row["docvar_cell"] for row in csv.DictReader(file)}


def by_pandas(path):
    import pandas

    frame = pandas.read_csv(path, keep_default_na=False, na_values=[""], dtype={"docvar_cell": "str"}, lineterminator="\n")
    return {case: cell if isinstance(cell, str) else None for case, cell in zip(frame["docvar_case"], frame["docvar_cell"])}


def by_polars(path):
    import polars

    frame = polars.read_csv(path, schema_overrides={"docvar_cell": polars.String}, infer_schema_length=None)
    return dict(zip(frame["docvar_case"], frame["docvar_cell"]))


def by_duckdb(path):
    import duckdb

    options = "header = true, quote = '\"', escape = '\"', delim = ',', all_varchar = true, strict_mode = false, " \
        "max_line_size = 10000000, parallel = false, auto_detect = false, nullstr = ''"
    names = next(csv.reader(open(path, encoding="utf-8", newline="")))
    columns = ", ".join(f"'{name}': 'VARCHAR'" for name in names)
    rows = duckdb.sql(f"select docvar_case, docvar_cell from read_csv('{path}', {options}, columns = {{{columns}}})")
    return dict(rows.fetchall())


def formulas(office, path, scratch):
    """The formulas that LibreOffice makes of a CSV file; what it says if it makes no sheet."""
    profile = f"-env:UserInstallation=file://{scratch}/profile"
    # Token 7 of the filter: comma, quote, UTF-8, from line 1; the last but some: evaluate formulas.
    filter_ = "CSV:44,34,76,1,,0,false,true,false,false,false,-1,true"
    command = [office, profile, "--headless", f"--infilter={filter_}", "--convert-to", "fods", "--outdir", scratch, path]
    done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT)
    made = pathlib.Path(scratch) / (pathlib.Path(path).stem + ".fods")
    if not made.exists():
        return f"no sheet: {done.stderr}"
    return re.findall(r'table:formula="([^"]*)"', made.read_text(encoding="utf-8"))


def cases(binary, scratch, _, tally):
    raw = scratch / "raw"
    raw.mkdir()
    rows = [{"text": f"A note about {name}.", "case": name, "cell": cell} for name, cell in CELLS.items()]
    rows += [{"text": "A note.", "case": f"empty {n}", "cell": cell} for n, cell in enumerate(EMPTY)]
    (raw / "cells.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    for guarded in [False, True]:
        out = scratch / ("guarded" if guarded else "exact")
        done = run(binary, "run", raw, "--out", out, "--no-tagger", *(["--csv-safe"] if guarded else []))
        judge(tally, f"run {out.name}", done.returncode, 0)
        done = run(binary, "check", out, "--raw", raw)
        judge(tally, f"check {out.name}", (done.returncode, done.stdout[:7]), (0, "sound; "))
        path = out / "documents.csv"
        compare(tally, "csv", by_csv(path), guarded)
        if guarded:
            risky = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
            number = re.compile(r"[+-]?[0-9]*\.?[0-9]*")
            cells = [cell for file in out.glob("*.csv") for row in csv.reader(open(file, encoding="utf-8", newline="")) for cell in row]
            judge(tally, "no cell begins a formula", [c for c in cells if c.startswith(risky) and not number.fullmatch(c)], [])
            pieces = [p for c in cells for p in re.split("[;\t\r\n]", c)[1:] if p.lstrip("\"'\0").startswith(risky) and not p.startswith("'")]
            judge(tally, "none does behind a separator", pieces, [])
        for name, reader in [("pandas", by_pandas), ("polars", by_polars), ("duckdb", by_duckdb)]:
            if importlib.util.find_spec(name):
                compare(tally, name, reader(path), guarded)
            else:
                tally.skip(name, "is not installed")
        office = shutil.which("soffice") or shutil.which("libreoffice")
        if office:
            made = formulas(office, str(path), str(scratch / out.name))
            if guarded:
                judge(tally, "LibreOffice makes no formula of a guarded dataset", made, [])
            else:
                judge(tally, "LibreOffice makes formulas of the exact one, so the guard is tried", isinstance(made, list) and bool(made), True)
        else:
            tally.skip("LibreOffice", "is not installed")
    (raw / "cells.jsonl").write_text(json.dumps({"text": "A note.", "case": "NUL", "cell": NUL}) + "\n")
    run(binary, "run", raw, "--out", scratch / "nul", "--no-tagger")
    judge(tally, "csv: NUL", by_csv(scratch / "nul" / "documents.csv").get("NUL") if sys.version_info >= (3, 11) else NUL, NUL)
    judge(tally, "check NUL", run(binary, "check", scratch / "nul").returncode, 0)


if __name__ == "__main__":
    sys.exit(script("spreadsheets", cases, many=True))

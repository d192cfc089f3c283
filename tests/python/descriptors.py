"""Judges the descriptors of datasets by the official tools, and loads them through Croissant.

    descriptors.py PROGRAM RAW_DIR SCRATCH_DIR

Runs PROGRAM on RAW_DIR, and on texts of its own, in several forms, into SCRATCH_DIR, which is made anew. Of
each dataset `frictionless` must find datapackage.json valid, with every row, key and checksum; `mlcroissant`
must find croissant.json valid, and every record set must load with exactly the rows and values that the
tables have when they are read without it. Where the configuration states all facts mlcroissant must have
nothing to warn of. That damage is found shows that these checks can fail.
"""

import csv
import json
import logging
import math
import shutil
import subprocess
import sys
from pathlib import Path

import mlcroissant
import pyarrow as pa
import pyarrow.parquet as pq
from frictionless import Package

# Warnings are looked at, not printed.
logging.getLogger("absl").setLevel(logging.ERROR)

checks = 0


def same(found, expected, where):
    global checks
    checks += 1
    if found != expected:
        sys.exit(f"{where}: found {found!r}, expected {expected!r}")


def check_datapackage(folder):
    path = folder / "datapackage.json"
    package = json.loads(path.read_text(encoding="utf-8"))
    report = Package(str(path)).validate()
    same(report.flatten(["title", "message"]), [], path)
    same((report.valid, len(report.tasks)), (True, len(package["resources"])), f"resources judged in {path}")
    for licence in package.get("licenses", []):
        same(bool(licence.get("name") or licence.get("path")), True, f"licence in {path}")


def plain_rows(folder, table):
    """The table's rows read without the descriptor: name to value, in the order of the files."""
    for form in ("parquet", "csv", "jsonl"):
        place = folder / f"{table}.{form}"
        if place.exists():
            break
    files = sorted(place.rglob(f"*.{form}")) if place.is_dir() else [place]
    for path in files:
        if form == "parquet":
            # From memory, so that the folder's name becomes no column.
            yield from pq.read_table(pa.BufferReader(path.read_bytes())).to_pylist()
        elif form == "csv":
            with open(path, encoding="utf-8", newline="") as file:
                yield from csv.DictReader(file)
        else:
            yield from map(json.loads, path.read_text(encoding="utf-8").split("\n")[:-1])


def as_text(value):
    """A value as text, the same whatever read it."""
    if value is None or value == "":
        return ""
    if isinstance(value, bytes):
        return value.decode("utf-8")
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return "" if math.isnan(value) else repr(value)
    if hasattr(value, "isoformat"):
        return value.isoformat()[:10]
    return str(value)


def alike(found, expected, is_guessed):
    """Whether two values are one; where types were guessed, 846 as 846.0 is."""
    if found == expected or not is_guessed:
        return found == expected
    try:
        return math.isclose(float(found), float(expected))
    except ValueError:
        return False


def check_croissant(folder):
    path = folder / "croissant.json"
    stated = json.loads(path.read_text(encoding="utf-8"))
    dataset = mlcroissant.Dataset(jsonld=path)
    issues = dataset.metadata.ctx.issues
    same(sorted(issues.errors), [], f"errors in {path}")
    if "license" in stated:
        same(sorted(issues.warnings), [], f"warnings in {path}")
    same("datePublished" in stated, "license" in stated, f"datePublished in {path}")
    sets = {record_set["@id"]: record_set for record_set in stated["recordSet"]}
    same(sorted(sets), ["blocks", "documents", "entities", "mentions", "sentences"], f"record sets of {path}")
    for table, record_set in sets.items():
        names = {field["@id"]: field["name"] for field in record_set["field"]}
        is_guessed = not (folder / f"{table}.parquet").exists()
        expected = list(plain_rows(folder, table))
        found = list(dataset.records(table))
        same(len(found), len(expected), f"rows of {table} in {path}")
        for row, (own, plain) in enumerate(zip(found, expected)):
            same(sorted(names[key] for key in own), sorted(plain), f"columns of row {row} of {table} in {path}")
            for key, value in own.items():
                value, other = as_text(value), as_text(plain[names[key]])
                if not alike(value, other, is_guessed):
                    same(value, other, f"{names[key]} of row {row} of {table} in {path}")


def check_damage(folder):
    """Another byte in a table, and neither tool may be content."""
    path = folder / "mentions.parquet"
    data = path.read_bytes()
    path.write_bytes(data[:100] + bytes([data[100] ^ 1]) + data[101:])
    report = Package(str(folder / "datapackage.json")).validate()
    same(report.valid, False, f"frictionless with another {path}")
    try:
        list(mlcroissant.Dataset(jsonld=folder / "croissant.json").records("mentions"))
    except Exception as error:
        same("Hash of downloaded file" in f"{error} {error.__cause__}", True, f"mlcroissant with another {path}: {error}")
    else:
        sys.exit(f"mlcroissant loads another {path}")


FACTS = """
[dataset]
name = "talks"
title = "Talks on Syria: “2254” | six articles, 100 %"
description = '''Six articles,
"quoted" and <b>marked</b>.'''
version = "1.0.0"
published = 2026-11-30
licence = "CC-BY-4.0"
homepage = "https://example.org/talks"
citation = "@misc{haddad2026, title = {Talks on Syria}}"
keywords = ["Syria", "peace talks"]
creators = [{ name = "Lina Haddad", orcid = "0000-0002-1825-0097", affiliation = "An Institute" }]
contributors = [{ name = "An Archive", type = "organization", role = "sponsor", url = "https://example.org" }]
sources = [{ title = "Kassioun", url = "https://kassioun.org" }, { title = "Peace News" }]
"""

# A sidecar with names and values that identifiers, paths and tables have trouble with.
SIDECAR = """source_path,title,publisher,published,my region,منطقة,"a,b/c%"
0.txt,"A ""note"", one",A/B: 50%,2018-03-04,north,شمال,1
1.txt,Two | three,حزب البعث,2019,south,,2
2.txt,,,,,,
"""


def datasets(program, raw, scratch):
    """Makes the datasets."""
    shutil.rmtree(scratch, ignore_errors=True)
    (scratch / "raw").mkdir(parents=True)
    for number in range(3):
        text = f"A note, \"{number}\", about Aleppo and Homs. On {number + 1} March 2018 some 20 people met in حلب.\n"
        (scratch / "raw" / f"{number}.txt").write_text(text, encoding="utf-8")
    (scratch / "raw" / "metadata.csv").write_text(SIDECAR, encoding="utf-8")
    (scratch / "facts.toml").write_text(FACTS, encoding="utf-8")
    own = scratch / "raw"
    runs = {
        "plain": [raw],
        "stated": [raw, "--config", scratch / "facts.toml"],
        "csv": [raw, "--format", "csv"],
        "parts": [raw, "--partition-by", "publisher", "--max-rows-per-file", "100"],
        "jsonl-parts": [raw, "--format", "jsonl,arrow", "--max-rows-per-file", "50"],
        "awkward": [own],
        "awkward-parts": [own, "--partition-by", "publisher"],
        "awkward-csv": [own, "--format", "csv"],
    }
    for name, args in runs.items():
        args = ["run", *args, "--out", scratch / name]
        done = subprocess.run([program, *args], capture_output=True, encoding="utf-8")
        same((done.returncode, done.stderr if done.returncode else ""), (0, ""), name)
        yield scratch / name


def main():
    program, raw, scratch = map(Path, sys.argv[1:])
    for folder in datasets(program.absolute(), raw, scratch):
        check_datapackage(folder)
        check_croissant(folder)
    check_damage(scratch / "plain")
    print(f"{checks} passed, 0 failed")


main()

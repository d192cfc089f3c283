"""The names that the peers look for: as many aliases for all, of the codebook."""

import csv
from pathlib import Path

CODEBOOK = Path(__file__).resolve().parents[2] / "src" / "data" / "entities"
NAMES = 25_000


def read_names(file=None):
    """{alias: name} from a file of ALIAS<tab>NAME lines, or NAMES of them from the codebook.

    The codebook gives names and aliases first, then demonyms and short forms until there are NAMES.
    """
    if file:
        lines = file.read_text(encoding="utf-8").splitlines()
        return dict(line.split("\t") for line in lines)
    rows = []
    for path in sorted(CODEBOOK.glob("*.csv")):
        with open(path, encoding="utf-8", newline="") as source:
            table = csv.DictReader(line for line in source if not line.startswith("#"))
            rows += [row for row in table if "aliases" in row]
    names = {row["name"]: row["name"] for row in rows}
    for column in ("aliases", "demonyms", "short_forms"):
        for row in rows:
            for alias in filter(None, map(str.strip, row[column].split(";"))):
                if len(names) < NAMES:
                    names.setdefault(alias, row["name"])
    return names

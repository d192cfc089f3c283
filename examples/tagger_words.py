#!/usr/bin/env python3
"""Makes the tagger's table of words, which stands in src/data/tagger_words.tsv.

    python3 -m venv target/words && target/words/bin/pip install english-words==2.0.2 names==0.3.0
    target/words/bin/python examples/tagger_words.py --out src/data/tagger_words.tsv \\
        DATA/sentences/ewt-train.jsonl.gz DATA/sentences/gum-train.jsonl.gz \\
        DATA/entities/wikigold.jsonl.gz DATA/entities/crossner.jsonl.gz

Each further argument is a gzip file of JSON lines with an `id` and a `text`, whose words are counted, small and with
a capital; texts whose id begins with 'politics' are left out. Names come from the census lists of the
package `names`, dictionary words from `web2` of the package `english-words`. With `--check` nothing is
written: are the bytes those of the file? `docs/tagger.md` has the checksums.
"""

import argparse
import collections
import gzip
import importlib.resources
import json
import re
import sys
from pathlib import Path

from english_words import get_english_words_set

HEADER = """\
# What is known of words, for the tagger's word table: word, tab, value. The value is the sum of
#   case     0 to 3    how often the word is written small in texts: never, once or twice or less often than with
#                      a capital, less than 30 times, more often
#   surname  4 * 0..3  rank among the surnames of the United States: none, to 60,000, to 10,000, to 1,000
#   given    16 * 0..2 rank among given names there: none, further, the 300 most common
#   64                 a common word of Webster's Second International Dictionary
#   128                a proper name of that dictionary
# Sources: counts from GUM (train), EWT (train), WikiGold and the CrossNER sets without politics, see
# docs/tagger.md; names of the 1990 census of the United States (public domain, as in PyPI's names 0.3.0);
# the dictionary of 1934 (public domain, 'web2' as in PyPI's english-words 2.0.2). Fitting reads this file, not the program.
"""


def count(paths):
    """How often each word stands small and otherwise in the texts, by its form in lower case."""
    small, large = collections.Counter(), collections.Counter()
    for path in paths:
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for record in map(json.loads, lines):
                if not record["id"].startswith("politics"):
                    for word in re.findall(r"[^\W\d_]+", record["text"]):
                        (small if word.islower() else large)[word.lower()] += 1
    return small, large


def census(name):
    """The rank of each name in one of the census lists, which are in the order of frequency."""
    text = importlib.resources.files("names").joinpath(name).read_text()
    return {fields[0].lower(): int(fields[3]) for fields in map(str.split, text.splitlines())}


def rank(place, *limits):
    """How many of the limits the place in a list is below; 0 if it is in none."""
    return sum(place < limit for limit in limits) if place else 0


def table(paths):
    """The lines of the table, in order."""
    small, large = count(paths)
    dictionary = get_english_words_set(["web2"])
    common = {word for word in dictionary if word == word.lower()}
    proper = {word.lower() for word in dictionary if word != word.lower()}
    surnames = census("dist.all.last")
    given = [census(f"dist.{sex}.first") for sex in ("female", "male")]
    for word in sorted({*surnames, *given[0], *given[1], *small, *proper}):
        if not re.fullmatch("[a-z]{2,}", word):
            continue
        case = rank_of_case(small[word], large[word])
        surname = rank(surnames.get(word, 0), 60_001, 10_000, 1_000)
        first = rank(min((ranks[word] for ranks in given if word in ranks), default=0), 1 << 30, 300)
        if surname or first or case or word in proper and large[word]:
            value = case + 4 * surname + 16 * first + 64 * (word in common) + 128 * (word in proper)
            yield f"{word}\t{value}\n"


def rank_of_case(small, large):
    """How often a word is written small: never, seldom, sometimes, often."""
    if small == 0:
        return 0
    if small < 3 or small < large:
        return 1
    return 2 if small < 30 else 3


def main():
    parser = argparse.ArgumentParser(description="Makes the tagger's table of words.")
    parser.add_argument("texts", nargs="+", type=Path)
    parser.add_argument("--out", required=True, type=Path)
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    made = HEADER + "".join(table(options.texts))
    if not options.check:
        options.out.write_text(made, encoding="utf-8")
    elif options.out.read_text(encoding="utf-8") != made:
        sys.exit(f"{options.out} has other bytes")


if __name__ == "__main__":
    main()

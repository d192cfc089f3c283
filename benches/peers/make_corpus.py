#!/usr/bin/env python3
"""Make a corpus of any size from a folder of texts, without near-duplicates.

    benches/peers/make_corpus.py TEXTS OUT --documents N --bytes B [--seed S]

All .txt of TEXTS are cut into paragraphs. A document of the corpus is the first paragraph of some
text, if that is short, and then paragraphs of any texts, until it has its size; sizes vary as
those of articles do (log-normal). When all paragraphs are used up they come again in another order,
and of their lower-case words three in ten are exchanged for others that the texts have: what stands
in capitals or figures stays, so names and dates are as frequent as before, but no two documents say
the same. The same texts and numbers give the same corpus. Files stand in folders of 1,000.
"""

import argparse
import random
import re
import sys
from pathlib import Path

TITLE = 160  # Longest first paragraph that is a title, in characters.
EXCHANGED = 0.3  # Share of lower-case words.
SIGMA = 0.8  # Of the logarithms of sizes.
WORD = re.compile(r"\b[a-z]{4,}\b")


def read_paragraphs(folder):
    """(titles, paragraphs) of all texts; of texts without blank lines, the lines."""
    titles, paragraphs = [], []
    for path in sorted(folder.rglob("*.txt")):
        text = path.read_bytes().decode("utf-8", "replace")
        parts = re.split(r"\n[ \t\r]*\n", text)
        if len(parts) == 1:
            parts = text.splitlines()
        parts = [part.strip() for part in parts if part.strip()]
        if len(parts) > 1 and len(parts[0]) <= TITLE:
            titles.append(parts.pop(0))
        paragraphs += parts
    if not paragraphs:
        sys.exit(f"{folder} has no texts")
    return titles or paragraphs, paragraphs


def without_end(parts, words, rng):
    """The parts again and again: from the second time on, with words exchanged."""
    exchanged = 0.0

    def exchange(match):
        return rng.choice(words) if rng.random() < exchanged else match[0]

    while True:
        parts = rng.sample(parts, len(parts))
        for part in parts:
            yield WORD.sub(exchange, part) if exchanged else part
        exchanged = EXCHANGED


def make(texts, out, documents, size, seed):
    """Write the corpus; its size is exact but for the last paragraph."""
    titles, paragraphs = read_paragraphs(texts)
    words = [word for part in paragraphs for word in WORD.findall(part)] or ["word"]
    heads = without_end(titles, words, random.Random(f"{seed} titles"))
    bodies = without_end(paragraphs, words, random.Random(f"{seed} paragraphs"))
    rng = random.Random(f"{seed} sizes")
    shares = [rng.lognormvariate(0, SIGMA) for _ in range(documents)]
    scale, due, done = size / sum(shares), 0.0, 0
    for number, share in enumerate(shares):
        folder = out / f"{number // 1000:03}"
        if number % 1000 == 0:
            folder.mkdir(parents=True, exist_ok=True)
        due += share * scale
        with open(folder / f"{number:06}.txt", "wb") as file:
            done += file.write(next(heads).encode() + b"\n")
            while done < due:
                done += file.write(b"\n" + next(bodies).encode() + b"\n")


def main():
    """The command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("texts", type=Path, metavar="TEXTS")
    parser.add_argument("out", type=Path, metavar="OUT")
    parser.add_argument("--documents", type=int, default=3944, metavar="N")
    parser.add_argument("--bytes", type=int, default=24_000_000, metavar="B")
    parser.add_argument("--seed", type=int, default=0, metavar="S")
    args = parser.parse_args()
    make(args.texts, args.out, args.documents, args.bytes, args.seed)


if __name__ == "__main__":
    main()

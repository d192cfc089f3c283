#!/usr/bin/env python3
"""The pipeline a scientist would script: BlingFire, an Aho-Corasick of names, one date expression.

    benches/peers/pipeline_script.py FOLDER OUT [--names FILE] [--processes N]

Reads every .txt of FOLDER and writes documents, sentences and mentions to OUT as Parquet (zstd) and
CSV. Names are whole words, as written, of 25,000 aliases; where mentions overlap, the first and
longest stands. FILE has a line ALIAS<tab>NAME for each alias; without it, they are the codebook's.

BlingFire's library is called for its byte offsets: its Python package turns them into characters by
a loop over every byte.
"""

import multiprocessing
from ctypes import byref, c_char_p, c_int, c_int32, create_string_buffer
from pathlib import Path

import ahocorasick
from blingfire import blingfire
from names import read_names
from tables import SCHEMAS, Columns, Writer, arguments, batches, date_expression


def sentence_splitter():
    """A function from a text to its sentences as (start, end) in characters."""
    room = 0
    out = starts = ends = None

    def split(text):
        nonlocal room, out, starts, ends
        raw = text.encode()
        if len(raw) >= room:
            room = 2 * len(raw) + 1024
            out = create_string_buffer(room)
            starts, ends = (c_int32 * room)(), (c_int32 * room)()
        arguments = c_char_p(raw), c_int(len(raw)), byref(out), byref(starts), byref(ends)
        size = blingfire.TextToSentencesWithOffsets(*arguments, c_int(room))
        if not 1 < size <= room:  # The count includes the NUL at the end.
            return []
        count = out[:size].count(b"\n") + 1
        # An end is the last byte of the sentence.
        if len(raw) == len(text):
            return [(start, end + 1) for start, end in zip(starts[:count], ends[:count])]
        spans, byte, char = [], 0, 0
        for start, end in zip(starts[:count], ends[:count]):
            char += len(raw[byte:start].decode())
            begin, byte = char, end + 1
            char += len(raw[start:byte].decode())
            spans.append((begin, char))
        return spans

    return split


def name_finder(names):
    """A function from a text to the names in it as (start, -end, kind, name)."""
    automaton = ahocorasick.Automaton()
    for alias, name in names.items():
        automaton.add_word(alias, (len(alias) - 1, name))
    automaton.make_automaton()

    def find(text):
        found, last = [], len(text) - 1
        for end, (length, name) in automaton.iter(text):
            start = end - length
            inside = (end < last and text[end + 1].isalnum()) or (
                start and text[start - 1].isalnum()
            )
            if not inside:
                found.append((start, -end - 1, "name", name))
        return found

    return find


def analyser(names):
    """A function from a batch of paths to its tables."""
    split, find_names, dates = sentence_splitter(), name_finder(names), date_expression()

    def analyse(batch):
        columns = Columns(SCHEMAS)
        for source_path, path in batch:
            text = path.read_bytes().decode("utf-8", "replace")
            found = find_names(text)
            found += [(m.start(), -m.end(), "date", None) for m in dates.finditer(text)]
            found.sort(key=lambda mention: mention[:2])
            mentions, after = [], 0
            for start, end, kind, value in found:
                if start >= after:
                    after = -end
                    mentions.append((start, after, kind, value))
            columns.add_document(source_path, text, split(text), mentions)
        return columns.tables()

    return analyse


def work(todo, names, results):
    """A process's work: its batches, one after the other."""
    analyse = analyser(names)
    for batch in todo:
        results.send(analyse(batch))


def analysed(todo, names, processes):
    """The tables of all batches, in order; the pipes hold back a process that is ahead."""
    if processes == 1:
        yield from map(analyser(names), todo)
        return
    context = multiprocessing.get_context("fork")
    pipes = [context.Pipe(duplex=False) for _ in range(processes)]
    workers = []
    for place, (_, results) in enumerate(pipes):
        arguments = todo[place::processes], names, results
        workers.append(context.Process(target=work, args=arguments, daemon=True))
        workers[-1].start()
        results.close()
    for place in range(len(todo)):
        yield pipes[place % processes][0].recv()
    for worker in workers:
        worker.join()


def main():
    """The command line."""
    parser = arguments(__doc__)
    parser.add_argument("--names", type=Path, metavar="FILE")
    parser.add_argument("--processes", type=int, default=1, metavar="N")
    args = parser.parse_args()
    todo = list(batches(args.folder))
    with Writer(args.out, SCHEMAS) as writer:
        for tables in analysed(todo, read_names(args.names), args.processes):
            writer.write(tables)


if __name__ == "__main__":
    main()

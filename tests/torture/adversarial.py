"""Hostile text costs no more than its length: each text at 4n bytes, and where that takes long at n and 2n, through a run and its check.

    python tests/torture/adversarial.py BINARY SCRATCH_FOLDER [--all] [NAME...]

Judged is user CPU time on one thread. A text passes if four times the bytes cost at most SLOPE times as much, or the
largest costs less than FLOOR seconds, and if it takes no more than MEMORY bytes a byte of input. --all measures and
prints every size. Two texts are measured at a time.

A busy machine makes programs slower and none faster, and the largest text, which leaves the caches, suffers most. So a
text that is found too slow is measured again, by itself, up to TRIES times in all, and of each size the least time
counts. Any other fault is one at once.
"""

import concurrent.futures
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import time

# Bytes of the smallest text.
N = 250_000
# Twice 2.6, what a doubling may cost, and the sort of n log n.
SLOPE = 2.6 * 2.6
TRIES = 6
# Seconds of user time.
FLOOR = 1.5
# Peak memory beyond that of an empty run, in bytes a byte of the largest text.
MEMORY = 600
TIMEOUT = 120


def roman(n):
    out = ""
    for value, letters in ((100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")):
        while n >= value:
            out, n = out + letters, n - value
    return out


def repeated(piece):
    return lambda size: (piece * (size // len(piece.encode()) + 1)).encode()[: size // len(piece.encode()) * len(piece.encode())]


def counted(line):
    """Lines that differ: `line` is given the number of each."""

    def make(size):
        out, length, number = [], 0, 0
        while length < size:
            own = line(number).encode()
            out.append(own)
            length += len(own)
            number += 1
        return b"".join(out)

    return make


def nested(opening, middle, closing):
    """As many openings as closings."""
    return lambda size: (opening * (size // 2 // len(opening.encode())) + middle + closing * (size // 2 // len(closing.encode()))).encode()


WORDS = "peace talks council envoy truce border river market school bridge road town village army party press".split()

def article(n):
    """One with a headline and words of its own, which make it a document."""
    one, two, three, four = (WORDS[n // 16**place % 16] for place in range(4))
    return (
        f"Talks on the {one.title()} {two.title()} and {three.title()} {four.title()} Resume\n\nBy Lina Haddad\n\n"
        f"GENEVA, {n % 28 + 1} May 2017 (Reuters) - The {one} of the {two} met {n} envoys, and they said that it would go on "
        f"for {n + 3} days.\n\nNobody of the {n} people in the {three} knew what would come of it, and all went home.\n\n"
        "Copyright 2017 Example. All rights reserved.\n\n\n"
    )


TEXTS = {
    "dots": repeated("."),
    "dots and blanks": repeated(". "),
    "dashes": repeated("-"),
    "dashes on lines": repeated("-\n"),
    "brackets open": repeated("("),
    "brackets nested": nested("(", "a", ")"),
    "brackets of all kinds": repeated("([{<"),
    "quotes": repeated('"'),
    "quotes nested": nested("“a ‘", "b", "’ c”"),
    "quotations left open": repeated("“Open a quote and go on. "),
    "commas": repeated(","),
    "digits": repeated("7"),
    "numbers": repeated("12 "),
    "numbers with separators": repeated("1,234,567.89"),
    "numbers and stops": repeated("1. 2. 3. "),
    "number words": repeated("twenty-one thousand "),
    "dates": repeated("4 May 2017 "),
    "date-like runs": repeated("4/5/"),
    "months": repeated("May "),
    "weekdays and times": repeated("Monday at 5 p.m. "),
    "durations": repeated("two weeks and "),
    "before the next": repeated("before the next "),
    "capitals": repeated("A"),
    "words in capitals": repeated("CAPITALS WITH BLANKS "),
    "initials": repeated("A. "),
    "abbreviations": repeated("e.g. i.e. etc. "),
    "titles of persons": repeated("Mr. "),
    "offices": repeated("President General Minister "),
    "heads of names": repeated("Ministry of "),
    "names": repeated("Abu Abu "),
    "names that differ": counted(lambda n: f"Abu {WORDS[n % 16].title()}{roman(n % 399 + 1).lower()} {WORDS[n // 16 % 16].title()} met. "),
    "persons that differ": counted(lambda n: f"Mr. Jo{WORDS[n % 16]} {WORDS[n // 16 % 16].title()}{WORDS[n // 256 % 16]} said so. "),
    "names with short forms": counted(lambda n: f"The {WORDS[n % 16].title()} {WORDS[n // 16 % 16].title()} {WORDS[n // 256 % 16].title()} Front (TF{roman(n % 399 + 1)}) met. "),
    "names joined by and": repeated("Syria and "),
    "names joined by of": repeated("University of the "),
    "resolutions": repeated("resolutions 2254, 2268 and 2401, "),
    "resolutions that differ": counted(lambda n: f"S/RES/{n} ({1946 + n % 80}) "),
    "counts": repeated("12 men and "),
    "parts of counts": repeated("12 people including "),
    "outcomes": repeated("19 civilians were killed, "),
    "Roman numerals": counted(lambda n: roman(n % 399 + 1) + ". "),
    "letters on lines": repeated("a\n"),
    "capitals on lines": repeated("A\n"),
    "words on lines": repeated("peace\n"),
    "paragraphs of a letter": repeated("A\n\n"),
    "paragraphs that differ": counted(lambda n: f"{WORDS[n % 16]} {n}\n\n"),
    "paragraphs of prose": counted(lambda n: f"The {WORDS[n % 16]} went on in the {WORDS[n // 16 % 16]} for {n} days.\n\n"),
    "headings": counted(lambda n: f"Talks Resume in {WORDS[n % 16].title()} {roman(n % 399 + 1)}\n\n"),
    "headings on lines": repeated("Talks Resume in Geneva\n"),
    "articles": counted(article),
    "articles with carriage returns": counted(lambda n: article(n).replace("\n", "\r\n")),
    "bylines": repeated("By Lina Haddad\n"),
    "datelines": repeated("GENEVA, 4 May 2017 (Reuters) - "),
    "labels": repeated("From: a\nDate: 3 May 2010\n"),
    "footers": repeated("Copyright 2018. All rights reserved.\n"),
    "page numbers": counted(lambda n: f"the talks went on and\n\n{n}\n\n"),
    "hyphens at line ends": repeated("peace-\n"),
    "lists": repeated("- a\n"),
    "lists in depth": counted(lambda n: " " * (n % 60) + "- a\n"),
    "lists with numbers": counted(lambda n: f"{n}. item\n"),
    "lists with letters": repeated("(a) one; (b) two; "),
    "table rows": repeated("| a | b | 12 |\n"),
    "pipes": repeated("|"),
    "links": repeated("http://a.example/b?c=1 "),
    "one long link": lambda size: b"http://" + b"a." * (size // 2),
    "mail addresses": repeated("a@b.example "),
    "signs of mail": repeated("@"),
    "quoted mail": repeated("> "),
    "no-break spaces": repeated("\u00a0"),
    "blanks": repeated(" "),
    "blank lines": repeated("\n"),
    "form feeds": repeated("a\f"),
    "carriage returns": repeated("a\r"),
    "combining marks": repeated("\u0301"),
    "combining marks that swap": repeated("\u0315\u0300"),
    "direction marks": repeated("\u202e"),
    "joiners": repeated("\u200d"),
    "joined faces": repeated("\U0001f469\u200d"),
    "soft hyphens": repeated("a\u00ad"),
    "scripts in turn": repeated("aдعا中"),
    "ligatures": repeated("\ufb03"),
    "misread text": repeated("Ã©"),
    "misread twice": repeated("Ã¢â‚¬â„¢"),
    "bytes that are no UTF-8": lambda size: b"caf\xe9 " * (size // 5),
    "UTF-16": lambda size: ("The talks went on. " * (size // 38)).encode("utf-16"),
    "controls": repeated("peace talks go on\x1b"),
    "stops of all kinds": repeated("...!?"),
    "stops without blanks": repeated("a.A"),
    "exclamations": repeated("Yahoo! "),
    "possessives": repeated("'s"),
    "hyphened words": repeated("a-"),
    "slashes": repeated("a/"),
    "percent and money": repeated("$5 % "),
    "prose on one line": repeated("the talks went on in Geneva, as all had said, and nobody knew for how long they would. "),
    "words on one line": repeated("the talks went on "),
    "no blanks": repeated("talks"),
}

# Files other than one text: names with what makes their bytes.
FILES = {
    "rows that repeat": {"a.jsonl": repeated('{"text":"The talks went on in Geneva. Nobody came, and it ended as it had begun."}\n')},
    "rows that nearly repeat": {
        "a.jsonl": counted(lambda n: f'{{"text":"The talks went on in Geneva for {n} days. Nobody came, and it ended as it had begun, they said, and all went home."}}\n')
    },
    "rows of a word": {"a.jsonl": counted(lambda n: f'{{"text":"peace {n}"}}\n')},
    "rows without text": {"a.jsonl": repeated('{"text":""}\n')},
    "rows of CSV": {"a.csv": lambda size: b"text,n\n" + counted(lambda n: f'"The ""talks"", {n}",{n}\n')(size)},
    "a cell of line ends": {"a.csv": lambda size: b'text\n"a' + b"\n" * size + b'b"\n'},
    "a cell of quotation marks": {"a.csv": lambda size: b'text\n"' + b'""' * (size // 2) + b'"\n'},
    # 1,000 columns are the most that a table may have.
    "columns": {
        "a.csv": lambda size: b"text," + b",".join(b"column%d" % n for n in range(size // 1100)) + b"\npeace" + b",1" * (size // 1100) + b"\n"
    },
    "rows of the sidecar": {
        "metadata.csv": lambda size: b"source_path,region\n" + b"".join(b"%d.txt,north\n" % n for n in range(size // 1000))
    },
}


def tree(name, size):
    """The files of a raw folder."""
    if name in TEXTS:
        return {"a.txt": TEXTS[name](size)}
    files = {file: make(size) for file, make in FILES[name].items()}
    if name == "rows of the sidecar":
        files.update({f"{n}.txt": b"peace" for n in range(size // 1000)})
    return files


def usage(command, log):
    """User CPU seconds and peak memory in bytes of a command; fails on any exit status but 0."""
    with open(log, "wb") as out:
        child = subprocess.Popen(command, stdout=out, stderr=out, start_new_session=True)
    end = time.monotonic() + TIMEOUT
    while True:
        pid, status, used = os.wait4(child.pid, os.WNOHANG)
        if pid:
            break
        if time.monotonic() > end:
            os.killpg(child.pid, signal.SIGKILL)
            os.wait4(child.pid, 0)
            raise RuntimeError(f"still at work after {TIMEOUT} s")
        time.sleep(0.01)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        raise RuntimeError(f"exit status {child.returncode}: {log.read_text(errors='replace')[-300:]}")
    return used.ru_utime, used.ru_maxrss * 1024


def measure(binary, folder, files):
    """User seconds of run and check, and peak bytes of the two."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "raw").mkdir(parents=True)
    for name, data in files.items():
        (folder / "raw" / name).write_bytes(data)
    out, log = folder / "out", folder / "log"
    run = usage([binary, "run", folder / "raw", "--out", out, "--threads", "1"], log)
    check = usage([binary, "check", out, "--raw", folder / "raw"], log)
    shutil.rmtree(folder)
    return run, check


def judge(binary, folder, name, empty, best, verbose):
    """What is wrong with a text, whether that is its time alone, and what --all says of it.

    `best` keeps the least time and the most memory of each size.
    """

    def add(times):
        new = measure(binary, folder, tree(name, times * N))
        known = best.get(times, new)
        best[times] = [(min(old[0], now[0]), max(old[1], now[1])) for old, now in zip(known, new)]

    slow, faults, said = [], [], []
    try:
        add(4)
        if verbose or any(used[0] - none[0] > FLOOR for used, none in zip(best[4], empty)):
            add(1)
            add(2)
    except RuntimeError as error:
        return [str(error)], False, said
    for stage, what in enumerate(("run", "check")):
        seconds = [max(best[times][stage][0] - empty[stage][0], 0.01) for times in sorted(best)]
        ratio = seconds[-1] / seconds[0]
        memory = (best[4][stage][1] - empty[stage][1]) / (4 * N)
        costs = " ".join(f"{s:.2f}" for s in seconds) + f" s, ratio {ratio:.1f}, {memory:.0f} bytes a byte"
        if seconds[-1] > FLOOR and ratio > SLOPE:
            slow.append(f"{what} takes {ratio:.1f} times as long for 4 times the text: {costs}")
        if memory > MEMORY:
            faults.append(f"{what} takes {memory:.0f} bytes of memory a byte")
        said.append(f"  {name}, {what}: {costs}")
    return faults + slow, bool(slow) and not faults, said


def main():
    arguments = [argument for argument in sys.argv[1:] if argument != "--all"]
    verbose = "--all" in sys.argv
    binary, scratch = pathlib.Path(arguments[0]).resolve(), pathlib.Path(arguments[1]).resolve() / "adversarial"
    names = list(dict.fromkeys(arguments[2:])) or [*TEXTS, *FILES]
    empty = measure(binary, scratch / "empty", {"a.txt": b""})
    best = {name: {} for name in names}
    own = lambda name: judge(binary, scratch / str(names.index(name)), name, empty, best[name], verbose)
    failed, again = 0, []

    def tell(name, faults, said):
        if verbose and said:
            print("\n".join(said), flush=True)
        if faults:
            print(f"FAILED {name}: " + "; ".join(faults), flush=True)
        elif not verbose:
            print(f"ok {name}", flush=True)

    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for name, (faults, is_slow, said) in zip(names, pool.map(own, names)):
            if is_slow:
                again.append(name)
                print(f"to be measured again: {name}: " + "; ".join(faults), flush=True)
            else:
                failed += bool(faults)
                tell(name, faults, said)
    for name in again:
        for _ in range(TRIES - 1):
            faults, is_slow, said = own(name)
            if not is_slow:
                break
        failed += bool(faults)
        tell(name, faults, said)
    shutil.rmtree(scratch, ignore_errors=True)
    print(f"{len(names) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

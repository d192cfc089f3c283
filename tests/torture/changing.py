"""Files that change while they are read.

`python tests/torture/changing.py BINARY SCRATCH_FOLDER`. With strace(1) a run is held before it opens a
file, or in the middle of reading it, and the file is changed meanwhile. The run fails and names the file,
or leaves it out and lists it (--skip-bad); what is in the dataset has the digest and the offsets of bytes that
the file really held. Then files are rewritten all the time while runs go on.
"""

import csv
import gzip
import hashlib
import os
import random
import shutil
import subprocess
import sys
import threading
import time

from fixture import ENVOYS, NOTES, Place, contents, corpus, finish, script

CHANGED = "it changed while the run went on"
GONE = "cannot be read: No such file or directory"
HOLD = 800_000  # microseconds that strace holds a call
ROUNDS = 12
VERSION = "Version {0} of the text\n\nThe envoys of version {0} met in Geneva on 4 March 2018.\n"


def grow(path):
    with path.open("ab") as file:
        file.write(path.read_bytes()[-200:] * 3)


def shrink(path):
    os.truncate(path, path.stat().st_size // 2)


def empty(path):
    os.truncate(path, 0)


def rewrite(path):
    """Other bytes of the same length, in place."""
    bytes_ = path.read_bytes()
    with path.open("r+b") as file:
        file.write(bytes_.replace(b"e", b"a"))


def replace(path):
    other = path.with_name(".other")
    other.write_bytes(path.read_bytes().replace(b"e", b"a"))
    other.rename(path)


def vanish(path):
    path.unlink()


def to_pipe(path):
    path.unlink()
    os.mkfifo(path)


def to_folder(path):
    path.unlink()
    path.mkdir()


def to_loop(path):
    path.unlink()
    path.symlink_to(path.name)


def to_device(path):
    path.unlink()
    path.symlink_to("/dev/zero")


def close(path):
    path.chmod(0)


# Where strace holds the run: before the file is opened for the n-th time, or read for the n-th time.
BEFORE = ("openat", 1)
BETWEEN = ("openat", 2)
WITHIN = ("read", 2)


def make(folder, name):
    """A file of some size that is to change."""
    path = folder / name
    text = (ENVOYS + "\n") * 400
    if name.endswith(".gz"):
        path.write_bytes(gzip.compress(random.Random(1).randbytes(300_000).hex().encode()))
    elif name.endswith((".jsonl", ".ndjson")):
        path.write_text("".join(f'{{"text": "{note.strip()} {n}."}}\n' for n in range(3000) for note in NOTES))
    elif name.endswith((".csv", ".tsv")):
        sign = "\t" if name.endswith(".tsv") else ","
        path.write_text(f"n{sign}text\n" + "".join(f'{n}{sign}"{NOTES[n % 3].strip()}"\n' for n in range(6000)))
    else:
        path.write_text(text)
    return path


def held(place, name, moment, change, reasons, tally, *more, user=None):
    """One file is changed while the run is held; the run must say so, and change nothing."""
    shutil.rmtree(place.home / "raw", ignore_errors=True)
    corpus(place.home / "raw")
    path = make(place.home / "raw", name)
    old = contents(place.out)
    call, number = moment
    log = place.root / "log"
    log.unlink(missing_ok=True)
    before = [
        "strace", "-f", "-qq", "-o", log, "-P", path, "-e", f"trace={call}",
        # Each thread counts for itself, and tables are opened by two.
        "-e", f"inject={call}:delay_enter={HOLD}:when={'1+' if call == 'openat' else number}",
    ]  # fmt: skip
    raw = str(place.home / "raw")
    drop = (lambda: (os.setgroups([]), os.setgid(user), os.setuid(user))) if user else None
    child = place.start(
        "run", raw, "--out", "out", "--threads", "1", "--no-tagger", *more, before=before, preexec_fn=drop
    )
    # The log shows a call when it begins, and so the hold.
    held = False
    while child.poll() is None and not held:
        time.sleep(0.01)
        lines = log.read_text(errors="replace").splitlines() if log.exists() else []
        held = sum(f"{call}(" in line for line in lines) >= number
    time.sleep(0.2)
    change(path)
    done = finish(child)
    title = f"{name}: {change.__name__} before {call} {number} {' '.join(more)}".strip()
    if not held:
        return tally.case(title, f"the run was not held: {done}")
    wrong = []
    if "--skip-bad" in more:
        rejects = list(csv.reader((place.out / "rejects.csv").open())) if done.code == 0 else []
        listed = [row for row in rejects if row[0].split("#")[0] == name]
        if done.code != 0 or not any(reason in row[1] for row in listed for reason in reasons):
            wrong.append(f"{done}, rejects {rejects}")
        path.unlink(missing_ok=True) if not path.is_dir() else path.rmdir()
        # Rows that were read before the change stay, and so does what stands in other files.
        checked = place.run("check", "out")
        if checked.code != 0:
            wrong.append(checked.out)
    else:
        if done.code != 1 or f'"{name}": ' not in done.err or not any(r in done.err for r in reasons):
            wrong.append(str(done))
        if contents(place.out) != old:
            wrong.append("the former dataset has changed")
    if left := place.debris(("out", "raw")):
        wrong.append(f"left behind: {left}")
    tally.case(title, "; ".join(wrong))


def held_all(place, tally):
    for name in ("long.txt", "rows.jsonl", "cells.csv"):
        for change in (grow, shrink, empty, rewrite, replace):
            held(place, name, BEFORE, change, [CHANGED], tally)
    for name in ("long.txt", "long.txt.gz", "rows.jsonl", "cells.tsv"):
        for change in (grow, shrink, empty, rewrite):
            held(place, name, WITHIN, change, [CHANGED], tally)
    for name in ("rows.jsonl", "cells.csv"):
        for change in (grow, rewrite, replace):
            held(place, name, BETWEEN, change, [CHANGED], tally)
        held(place, name, BETWEEN, vanish, [GONE], tally)
    held(place, "long.txt", BEFORE, vanish, [GONE], tally)
    held(place, "long.txt", BEFORE, to_pipe, ["cannot be read: it is no file"], tally)
    held(place, "rows.jsonl", BETWEEN, to_pipe, ["cannot be read: it is no file"], tally)
    held(place, "long.txt", BEFORE, to_folder, ["cannot be read: it is no file"], tally)
    held(place, "long.txt", BEFORE, to_device, ["cannot be read: it is no file"], tally)
    held(place, "long.txt", BEFORE, to_loop, ["cannot be read: Too many levels of symbolic links"], tally)
    for name, moment in (("long.txt", BEFORE), ("rows.jsonl", WITHIN), ("cells.csv", BETWEEN)):
        held(place, name, moment, grow, [CHANGED], tally, "--skip-bad")


def permission(place, tally):
    """A file that may not be read any more."""
    nobody = 65534
    if os.getuid() != 0:
        return held(place, "long.txt", BEFORE, close, ["Permission denied"], tally)
    open_ = lambda: (os.setgroups([]), os.setgid(nobody), os.setuid(nobody))
    binary = place.root / "rapporteur"
    try:
        os.link(place.binary, binary)
    except OSError:
        shutil.copy(place.binary, binary)
    place.binary = binary
    for path in (place.root, place.home, place.temp, *place.root.rglob("*")):
        os.chmod(path, 0o777)
    place.root.chmod(0o777)
    for folder in place.root.parents:
        if not folder.stat().st_mode & 0o001:
            return tally.skip("permission withdrawn", f"nobody may not enter {folder}")
    probe = place.run("--version", preexec_fn=open_)
    if probe.code != 0:
        return tally.skip("permission withdrawn", f"the program cannot be started by another user: {probe}")
    held(place, "long.txt", BEFORE, close, ["Permission denied"], tally, user=nobody)


def storm(place, tally):
    """Files are rewritten all the time; every document that comes through is one version, whole."""
    shutil.rmtree(place.home / "raw", ignore_errors=True)
    raw = place.home / "raw"
    raw.mkdir()
    versions = {}
    for number in range(400):
        # Longer and longer, so that a part of one and a part of another make none.
        text = VERSION.format(number) * (3 + number % 37)
        versions[hashlib.sha256(text.encode()).hexdigest()] = number
    texts = [VERSION.format(number) * (3 + number % 37) for number in range(400)]
    texts_of = dict(zip(versions, texts))
    versions[hashlib.sha256(b"").hexdigest()] = None
    names = [f"file-{number:02}.txt" for number in range(12)]
    for name in names:
        (raw / name).write_text(texts[0])
    over = threading.Event()

    def write():
        chance = random.Random(3)
        while not over.is_set():
            path, text = raw / chance.choice(names), chance.choice(texts)
            if chance.random() < 0.5:
                path.write_text(text)
            else:
                other = raw / ".other"
                other.write_text(text)
                other.rename(path)
            time.sleep(chance.choice([0.002, 0.05, 0.3]))

    writer = threading.Thread(target=write)
    writer.start()
    wrong, ends = [], {}
    try:
        for number in range(ROUNDS):
            more = ["--skip-bad"] if number % 2 else []
            done = place.run("run", "raw", "--out", "out", "--threads", "2", "--no-tagger", *more)
            ends[done.code] = ends.get(done.code, 0) + 1
            if done.code == 1 and CHANGED not in done.err and "cannot be read" not in done.err:
                wrong.append(str(done))
            if done.code not in (0, 1):
                wrong.append(str(done))
            if done.code != 0:
                continue
            rows = list(csv.DictReader((place.out / "documents.csv").open(newline="")))
            bad = [row["source_path"] for row in rows if row["source_sha256"] not in versions]
            if bad:
                wrong.append(f"{bad} are of no version")
            # The dataset belongs to these very bytes.
            shutil.rmtree(place.home / "copy", ignore_errors=True)
            (place.home / "copy").mkdir()
            for row in rows:
                text = texts_of.get(row["source_sha256"], "")
                (place.home / "copy" / row["source_path"]).write_text(text)
            if rows:
                checked = place.run("check", "out", "--raw", "copy")
                if checked.code != 0:
                    wrong.append(checked.out[:400])
    finally:
        over.set()
        writer.join()
    shutil.rmtree(place.home / "copy", ignore_errors=True)
    if left := place.debris(("out", "raw")):
        wrong.append(f"left behind: {left}")
    tally.case(f"files that are rewritten all the time: {ends}", "; ".join(wrong))


def vanishing_folder(place, tally):
    """The whole raw folder goes while the run is on its way."""
    if not shutil.which("strace"):
        return
    shutil.rmtree(place.home / "raw", ignore_errors=True)
    corpus(place.home / "raw")
    old = contents(place.out)
    path = place.home / "raw" / "note-0.txt"
    before = ["strace", "-f", "-qq", "-o", "/dev/null", "-P", path, "-e", "trace=openat",
              "-e", f"inject=openat:delay_enter={HOLD}:when=1"]  # fmt: skip
    child = place.start("run", str(place.home / "raw"), "--out", "out", "--no-tagger", before=before)
    hidden = place.home / ".out.rapporteur"
    while child.poll() is None and not hidden.exists():
        time.sleep(0.01)
    shutil.rmtree(place.home / "raw")
    done = finish(child)
    wrong = "" if done.code == 1 and contents(place.out) == old else str(done)
    tally.case("the raw folder vanishes", wrong)


def cases(binary, scratch, _, tally):
    with Place(scratch, binary) as place:
        corpus(place.home / "raw", files=1)
        assert place.run("run", "raw", "--out", "out", "--no-tagger").code == 0
        storm(place, tally)
        probe = ["strace", "-qq", "-e", "trace=none", "true"]
        if shutil.which("strace") and subprocess.run(probe, capture_output=True, timeout=30).returncode == 0:
            held_all(place, tally)
            vanishing_folder(place, tally)
            permission(place, tally)
        else:
            tally.skip("held runs", "strace is not installed, or may not trace here")


if __name__ == "__main__":
    sys.exit(script("changing", cases))

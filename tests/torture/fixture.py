"""What the scripts about faults share: a small corpus, runs of the program with a limit of time, and a tally.

Nothing here judges by itself: `Tally.case` is given what was found wrong with a case, nothing if it passed.
"""

import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import threading
import time

LIMIT = 120  # seconds that any single run may take

ENVOYS = """Envoys return to Geneva

By Mona Example

GENEVA, 4 March 2018 (Example News) - Envoys of Russia and Turkey met in Geneva on Sunday. "We agreed on
little," one of them said.

At least 19 civilians were killed near Idlib last week, the United Nations said. The Security Council
will meet on 7 March.
"""

NOTES = [
    "The ministry said on 12 May 2016 that 300 families had left Homs.\n",
    "A convoy of the Red Crescent reached Aleppo. Nobody was hurt.\n",
    "Two of the three bridges over the Euphrates were closed in January 2017.\n",
]


def corpus(folder, files=3):
    """Texts of every form that is read in a way of its own."""
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True)
    for number in range(files):
        note = NOTES[number % len(NOTES)]
        (folder / f"note-{number}.txt").write_text(f"Note {number}\n\n{note}\n{ENVOYS}")
    rows = [{"text": note, "title": f"Line {number}"} for number, note in enumerate(NOTES)]
    (folder / "lines.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (folder / "table.csv").write_text("text,place\nA truce held in Homs for two days.,Homs\nIt ended.,\n")
    (folder / "metadata.csv").write_text("source_path,publisher\nnote-0.txt,Example News\n")
    return folder


def contents(folder):
    """Every path below a folder with the digest of its bytes; None if there is no folder."""
    folder = pathlib.Path(folder)
    if not folder.is_dir():
        return None
    found = {}
    for path in sorted(folder.rglob("*")):
        name = str(path.relative_to(folder))
        found[name] = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "folder"
    return found


class Done:
    """What a run of the program left."""

    def __init__(self, code, out, err, seconds):
        self.code, self.out, self.err, self.seconds = code, out, err, seconds

    def __str__(self):
        return f"exit {self.code}: {self.err.strip()[:400]!r}"


class Place:
    """A folder of its own for one case: `raw`, and `out`, beside which nothing may be left."""

    def __init__(self, scratch, binary):
        self.binary = binary
        self.root = pathlib.Path(tempfile.mkdtemp(dir=scratch))
        self.home = self.root / "home"
        self.temp = self.root / "temp"
        self.home.mkdir()
        self.temp.mkdir()
        self.out = self.home / "out"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.root, ignore_errors=True)

    def environment(self):
        keep = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ}
        return {**keep, "TMPDIR": str(self.temp), "HOME": str(self.temp), "LC_ALL": "C.UTF-8"}

    def start(self, *args, before=(), **more):
        command = [*map(str, before), str(self.binary), *map(str, args)]
        settings = {
            "cwd": self.home,
            "env": self.environment(),
            "stdin": subprocess.DEVNULL,
            "stdout": subprocess.PIPE,
            "stderr": subprocess.PIPE,
        }
        return subprocess.Popen(command, **{**settings, **more})

    def run(self, *args, before=(), limit=LIMIT, **more):
        begun = time.monotonic()
        child = self.start(*args, before=before, **more)
        return finish(child, begun, limit)

    def debris(self, known=("out",)):
        """Names that no case put there, beside the output folder and where temporary files go."""
        beside = {p.name for p in self.home.iterdir()} - set(known)
        return sorted(beside | {f"temp/{p.name}" for p in self.temp.iterdir()})


def finish(child, begun=None, limit=LIMIT):
    """Waits for a child; one that hangs is ended, and its code is then 'hangs'."""
    begun = begun or time.monotonic()
    try:
        out, err = child.communicate(timeout=limit)
        code = child.returncode
    except subprocess.TimeoutExpired:
        child.kill()
        out, err = child.communicate()
        code = "hangs"
    text = lambda stream: (stream or b"").decode("utf-8", "replace")
    return Done(code, text(out), text(err), time.monotonic() - begun)


class Tally:
    """A line a case (of many cases, each that fails), and a closing line; threads may share it."""

    def __init__(self, title, many=False):
        self.title, self.many, self.passed, self.failed, self.skipped = title, many, 0, 0, 0
        self.begun, self.lock = time.monotonic(), threading.Lock()

    def case(self, name, wrong):
        with self.lock:
            if wrong:
                self.failed += 1
                print(f"FAILED {name}: {wrong}", flush=True)
            else:
                self.passed += 1
                if not self.many:
                    print(f"passed {name}", flush=True)

    def skip(self, name, reason):
        self.skipped += 1
        print(f"SKIPPED {name}: {reason}", flush=True)

    def end(self):
        skipped = f", {self.skipped} skipped" if self.skipped else ""
        took = time.monotonic() - self.begun
        print(f"{self.title}: {took:.0f} s")
        print(f"{self.passed} passed, {self.failed} failed{skipped}")
        return 1 if self.failed else 0


def script(title, cases, many=False):
    """Runs `cases` and gives the exit status: they are given BINARY, a folder below SCRATCH_FOLDER that is removed in the
    end, the other arguments, and a tally."""
    if len(sys.argv) < 3:
        sys.exit(f"usage: {sys.argv[0]} BINARY SCRATCH_FOLDER [--all]")
    binary = pathlib.Path(sys.argv[1]).resolve()
    scratch = pathlib.Path(sys.argv[2]).resolve()
    scratch.mkdir(parents=True, exist_ok=True)
    folder = pathlib.Path(tempfile.mkdtemp(dir=scratch))
    folder.chmod(0o755)
    tally = Tally(title, many)
    # A thread that dies has tried nothing of what was left to it.
    threading.excepthook = lambda died: tally.case(f"thread {died.thread.name}", repr(died.exc_value))
    try:
        cases(binary, folder, sys.argv[3:], tally)
    finally:
        # Some cases take away what they may do here.
        subprocess.run(["chmod", "-R", "u+rwX", str(folder)], capture_output=True, timeout=60)
        subprocess.run(["rm", "-rf", str(folder)], timeout=120)
    return tally.end()

"""Signals at any moment, and standard streams that nobody reads.

`python tests/torture/signals.py BINARY SCRATCH_FOLDER`.
"""

import os
import random
import shutil
import signal
import subprocess
import sys
import time

from fixture import ENVOYS, Place, contents, corpus, finish, script

ROUNDS = 30
RUN = ["run", "raw", "--out", "out", "--threads", "2", "--no-tagger"]


def large(folder, files):
    """A corpus that takes some seconds."""
    corpus(folder)
    for number in range(files):
        (folder / f"long-{number:03}.txt").write_text(f"Number {number}\n\n" + f"{ENVOYS}\n" * 40)


def met(start, seconds):
    """A child on its way, after a third of its time, or earlier where it is over by then: the machine may have been busy
    when the time was taken."""
    for part in (3, 6, 12):
        child = start()
        time.sleep(seconds / part)
        if child.poll() is None:
            return child
        finish(child)
    return start()


def moments(place, seconds, new, tally):
    """A signal at a random moment of a run."""
    random.seed(9)
    old = contents(place.out)
    ends = {}
    for number in range(ROUNDS):
        which = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP][number % 3]
        child = place.start(*RUN)
        time.sleep(random.uniform(0, seconds * 1.05))
        child.send_signal(which)
        begun = time.monotonic()
        done = finish(child)
        took = time.monotonic() - begun
        found, wrong = contents(place.out), []
        ends[done.code] = ends.get(done.code, 0) + 1
        if done.code == 0:
            if found != new:
                wrong.append("it says that it is done, and the dataset is not the new one")
            shutil.rmtree(place.out)
            shutil.copytree(place.root / "old", place.out)
        elif done.code == 128 + which:
            if "interrupted; the output folder is as it was" not in done.err:
                wrong.append(str(done))
            if found != old:
                wrong.append("interrupted, and the dataset is not the former one")
        # Before the program listens the system ends it, when it has done nothing yet.
        elif done.code != -which or found != old:
            wrong.append(str(done))
        if took > max(seconds, 5):
            wrong.append(f"it took {took:.1f} s to end")
        if left := place.debris(("out", "raw")):
            wrong.append(f"left behind: {left}")
        tally.case(f"{which.name} in round {number}: exit {done.code}", "; ".join(wrong))
    codes = {128 + which for which in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    tally.case(f"signals met runs on their way: {ends}", "" if codes & ends.keys() else "none did")


def twice(place, seconds, new, tally):
    """A second signal ends the process at once; what is left is the next run's to remove."""
    old = contents(place.out)

    def start():
        shutil.rmtree(place.out)
        shutil.copytree(place.root / "old", place.out)
        return place.start(*RUN)

    child = met(start, seconds)
    child.send_signal(signal.SIGINT)
    child.send_signal(signal.SIGTERM)
    done = finish(child)
    wrong = "" if done.code in (130, 143) and contents(place.out) == old else str(done)
    again = place.run(*RUN)
    if again.code != 0 or contents(place.out) != new or place.debris(("out", "raw")):
        wrong += f"; the next run: {again}"
    tally.case("two signals", wrong)


def ignored(place, seconds, new, tally):
    """What nohup and shells without job control ignore stays ignored."""
    for which in (signal.SIGHUP, signal.SIGINT):
        child = met(lambda: place.start(*RUN, preexec_fn=lambda: signal.signal(which, signal.SIG_IGN)), seconds)
        was_met = child.poll() is None
        child.send_signal(which)
        done = finish(child)
        wrong = str(done) if done.code != 0 else "" if was_met else "it was over before it could be met"
        tally.case(f"{which.name} that is to be ignored", wrong)


def silent(place, tally):
    """A run that waits for standard input hears signals."""
    for which in (signal.SIGINT, signal.SIGTERM):
        child = place.start("run", "-", "--out", "stream", stdin=subprocess.PIPE)
        child.stdin.write(b'{"text": "A truce held."}\n')
        child.stdin.flush()
        time.sleep(3)
        begun = time.monotonic()
        child.send_signal(which)
        code = None
        while code is None and time.monotonic() < begun + 5:
            code = child.poll()
            time.sleep(0.01)
        child.kill()
        child.communicate()
        wrong = "" if code == 128 + which else f"exit {code} after {time.monotonic() - begun:.1f} s"
        if left := place.debris(("out", "raw")):
            wrong += f"; left behind: {left}"
        tally.case(f"{which.name} while standard input is silent", wrong)


def other_verbs(place, tally):
    """Verbs that write nothing end at once."""
    for args in (["check", "out", "--raw", "raw"], ["report", "out", "--out", "page.html"]):
        whole = place.run(*args)

        def start():
            (place.home / "page.html").unlink(missing_ok=True)
            return place.start(*args)

        child = met(start, whole.seconds)
        child.send_signal(signal.SIGINT)
        begun = time.monotonic()
        done = finish(child)
        took = time.monotonic() - begun
        wrong = "" if done.code in (-2, 130) and took < whole.seconds / 2 else f"{done}, {took:.2f} s"
        if left := place.debris(("out", "raw")):
            wrong += f"; left behind: {left}"
        tally.case(f"SIGINT to {args[0]}", wrong)


def verbs(place):
    """A command line of every verb that prints."""
    yield from (["--help"], ["--version"], ["help", "run"], ["stats", "--help"], ["schema"])
    yield from (["schema", "--format", "json"], ["check", "out"], ["check", "out", "--raw", "raw"])
    yield from (["explain", "out", "note-0-1", "--raw", "raw"], ["search", "out", "Geneva"])
    yield from (["codebook", "check"], ["codebook", "list"], ["codebook", "lookup", "Homs"])
    yield from (["codebook", "candidates", "out"], ["completions", "bash"], ["man"], ["man", "run"])
    yield from (["report", "out", "--out", "page.html"], RUN, ["init", "project"], ["frobnicate"])
    listed = place.run("stats", "--help").out.partition("Commands:")[2].splitlines()
    names = [line.split()[0] for line in listed if line.startswith("  ") and line.strip()[:1].isalpha()]
    for name in names:
        if name != "help":
            yield ["stats", name, "out"]
    yield ["stats", "mentions", "out", "--format", "csv"]


def clean(place):
    (place.home / "page.html").unlink(missing_ok=True)
    shutil.rmtree(place.home / "project", ignore_errors=True)


def streams(place, tally):
    """Closed pipes and closed streams are no error; a full disk is one that is told."""
    for args in verbs(place):
        name = " ".join(args)
        clean(place)
        whole = place.run(*args)
        wrong = []

        def compare(how, done, codes=()):
            if done.code != whole.code and done.code not in codes:
                wrong.append(f"{how}: {done}, not {whole.code}")
            if "panicked" in done.err or "Broken pipe" in done.err:
                wrong.append(f"{how}: {done}")

        for stream in ("stdout", "stderr"):
            clean(place)
            read, write = os.pipe()
            os.close(read)
            child = place.start(*args, **{stream: write})
            os.close(write)
            compare(f"{stream} into a closed pipe", finish(child))
        for closing in (">&-", "2>&-", ">&- 2>&- <&-"):
            clean(place)
            compare(closing, place.run(*args, before=["sh", "-c", f'exec "$@" {closing}', "sh"]))
        clean(place)
        if whole.out:
            with open("/dev/full", "wb") as full:
                done = finish(place.start(*args, stdout=full))
            # The line parser prints its own help, and has no word for a disk that is full.
            told = done.code == 1 and "cannot write to standard output" in done.err
            if not told and not {"--help", "--version", "help"} & set(args):
                wrong.append(f"a full disk: {done}")
        clean(place)
        tally.case(f"streams of `{name}` (exit {whole.code})", "; ".join(wrong))


def cases(binary, scratch, _, tally):
    with Place(scratch, binary) as place:
        corpus(place.home / "raw")
        assert place.run(*RUN).code == 0
        streams(place, tally)
        shutil.copytree(place.out, place.root / "old")
        files = 16
        while True:
            shutil.rmtree(place.home / "raw")
            large(place.home / "raw", files)
            # The machine may be busy with something else for one of them.
            done = min(place.run(*RUN), place.run(*RUN), key=lambda done: done.seconds)
            assert done.code == 0, done
            if done.seconds > 2.5 or files > 4000:
                break
            files *= 2
        new, seconds = contents(place.out), done.seconds
        shutil.rmtree(place.out)
        shutil.copytree(place.root / "old", place.out)
        moments(place, seconds, new, tally)
        twice(place, seconds, new, tally)
        ignored(place, seconds, new, tally)
        other_verbs(place, tally)
        silent(place, tally)


if __name__ == "__main__":
    sys.exit(script("signals", cases))

"""Two runs at once on one output folder, holders that are killed, and readers in between.

`python tests/torture/two_runs.py BINARY SCRATCH_FOLDER`. At every moment the output folder holds the
former dataset or that of one run, whole; a run that comes too late is refused at once; nothing is left.
"""

import hashlib
import os
import random
import shutil
import signal
import sys
import threading
import time

from fixture import Place, contents, corpus, finish, script

ROUNDS = 24
REFUSED = "another run is writing the same output folder"


def arguments(raw, out="out"):
    return ["run", raw, "--out", out, "--threads", "1", "--no-tagger"]


class World(Place):
    """Two corpora and their datasets, and a former dataset."""

    def __init__(self, scratch, binary, known=None):
        super().__init__(scratch, binary)
        self.corpora = {"one": 2, "two": 3, "old": 1}
        for name, files in self.corpora.items():
            corpus(self.home / name, files=files)
        self.datasets = known or {}
        for name in self.corpora if not known else ():
            done = self.run(*arguments(name))
            assert done.code == 0, done
            self.datasets[name] = contents(self.out)
            if name != "old":
                shutil.rmtree(self.out)
        if known:
            assert self.run(*arguments("old")).code == 0

    def left(self):
        return self.debris(("out", "link", *self.corpora))

    def held(self, raw, out="out", **more):
        """A run that stands still with its lock in its hands."""
        child = self.start(*arguments(raw, out), **more)
        hidden = self.home / ".out.rapporteur"
        while child.poll() is None and not hidden.exists():
            time.sleep(0.0005)
        time.sleep(0.005)
        child.send_signal(signal.SIGSTOP)
        return child


def at_once(world, seed, tally):
    """Two runs that begin at nearly the same moment, with or without a former dataset, and a reader that looks all the time."""
    random.seed(seed)
    if seed % 4 > 1:
        shutil.rmtree(world.out)
    former = contents(world.out) or {}
    names = ["one", "two"] if seed % 2 else ["one", "one"]
    wholes = [former, *(world.datasets[name] for name in set(names))]
    known = {name: {whole.get(name) for whole in wholes} for whole in wholes for name in whole}
    mixed, over = [], threading.Event()

    def look():
        while not over.is_set():
            for name, digests in known.items():
                try:
                    digest = hashlib.sha256((world.out / name).read_bytes()).hexdigest()
                except FileNotFoundError:
                    digest = None
                if digest not in digests:
                    mixed.append(name)

    reader = threading.Thread(target=look)
    reader.start()
    first = world.start(*arguments(names[0]))
    time.sleep(random.choice([0, 0.001, 0.02, random.uniform(0, 1.5)]))
    second = world.start(*arguments(names[1]))
    done = [finish(first), finish(second)]
    over.set()
    reader.join()
    wrong = [f"{name} was neither's" for name in set(mixed)]
    won = [name for name, end in zip(names, done) if end.code == 0]
    wrong += [str(end) for end in done if end.code != 0 and not (end.code == 1 and REFUSED in end.err)]
    if not won:
        wrong.append("neither was done")
    if contents(world.out) not in [world.datasets[name] for name in won]:
        wrong.append("the dataset is not that of a run that says it is done")
    if left := world.left():
        wrong.append(f"left behind: {left}")
    tally.case(f"two at once, round {seed}: {[end.code for end in done]}", "; ".join(wrong))


def held(world, tally):
    """One run stands still in the middle."""
    former = contents(world.out)
    first = world.held("one")
    if first.poll() is not None:
        return tally.case("a run that stands still", "it ended before it could be stopped")
    begun = time.monotonic()
    second = world.run(*arguments("two"))
    wrong = "" if second.code == 1 and REFUSED in second.err else str(second)
    if contents(world.out) != former:
        wrong += "; the former dataset has changed"
    if time.monotonic() - begun > 60:
        wrong += "; it waited"
    tally.case("a second run is refused while the first stands still", wrong)

    (world.home / "link").symlink_to("out")
    third = world.run(*arguments("two", "link"))
    wrong = "" if third.code == 1 and REFUSED in third.err else str(third)
    tally.case("a link to the output folder is the same folder", wrong)
    (world.home / "link").unlink()

    other = world.run(*arguments("two", "other"))
    wrong = "" if other.code == 0 and contents(world.home / "other") == world.datasets["two"] else str(other)
    tally.case("another output folder beside it is free", wrong)
    shutil.rmtree(world.home / "other", ignore_errors=True)

    first.send_signal(signal.SIGCONT)
    done = finish(first)
    wrong = "" if done.code == 0 and contents(world.out) == world.datasets["one"] else str(done)
    tally.case("the first run goes on to its end", wrong or (world.left() and f"left: {world.left()}"))


def killed(world, tally):
    """A holder that is killed leaves no lock, and what it made is removed."""
    for number in range(6):
        former = contents(world.out)
        first = world.held("two")
        first.kill()
        finish(first)
        wrong = "" if contents(world.out) in (former, world.datasets["two"]) else "the dataset is neither's"
        done = world.run(*arguments("one"))
        if done.code != 0 or contents(world.out) != world.datasets["one"]:
            wrong += f"; the next run: {done}"
        tally.case(f"a killed holder, {number}", wrong or (world.left() and f"left: {world.left()}"))


def reader(world, tally):
    """Files that were opened before the exchange are read to their end after it."""
    assert world.run(*arguments("one")).code == 0
    opened = {path.name: path.open("rb") for path in world.out.iterdir()}
    first = {name: file.read(100) for name, file in opened.items()}
    folder = os.open(world.out, os.O_RDONLY)
    done = world.run(*arguments("two"))
    read = {n: hashlib.sha256(first[n] + file.read()).hexdigest() for n, file in opened.items()}
    [file.close() for file in opened.values()]
    os.close(folder)
    wrong = "" if read == world.datasets["one"] else "other bytes than were there"
    if done.code != 0 or contents(world.out) != world.datasets["two"]:
        wrong += f"; {done}"
    tally.case("files that are open through the exchange", wrong)


def late_file(world, tally):
    """A file that someone puts into the output folder while a run goes on is not lost."""
    assert world.run(*arguments("one")).code == 0
    former = contents(world.out)
    child = world.held("two")
    (world.out / "thesis.txt").write_text("two years of work")
    child.send_signal(signal.SIGCONT)
    done = finish(child)
    wrong = "" if done.code == 1 and "thesis.txt" in done.err else str(done)
    if (world.out / "thesis.txt").read_text() != "two years of work":
        wrong += "; it is lost"
    (world.out / "thesis.txt").unlink()
    if contents(world.out) != former:
        wrong += "; the former dataset has changed"
    tally.case("a file that comes while a run goes on", wrong or (world.left() and f"left: {world.left()}"))

    # The same in what a kill between the exchange and the removal leaves.
    hidden = world.home / ".out.rapporteur"
    shutil.copytree(world.out, hidden)
    (hidden / "thesis.txt").write_text("two years of work")
    done = world.run(*arguments("two"))
    kept = hidden / "thesis.txt"
    wrong = "" if done.code == 1 and "thesis.txt" in done.err and kept.exists() else str(done)
    shutil.rmtree(hidden, ignore_errors=True)
    tally.case("such a file in what a killed run left", wrong)


def cases(binary, scratch, _, tally):
    with World(scratch, binary) as world:
        held(world, tally)
        killed(world, tally)
        reader(world, tally)
        late_file(world, tally)
        for seed in range(ROUNDS):
            at_once(world, seed, tally)


if __name__ == "__main__":
    sys.exit(script("two runs", cases))

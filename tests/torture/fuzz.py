"""Fuzzing for a few minutes on any toolchain: the committed seeds as they are, then mutations of them.

    python tests/torture/fuzz.py BINARY SCRATCH_FOLDER [SECONDS_PER_TARGET [SEED]]

BINARY is not used: the targets call the library, and are built here with what `cargo test` has built, overflow checks
included. What must hold stands in fuzz/src/targets.rs; fuzzing that is guided by coverage is described in fuzz/README.md.
The default is 12 seconds a target, two targets at a time, and the same mutations on every machine of the same speed.
"""

import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
# What a target may take beyond its time: its seeds, and one slow input.
SLACK = 120


def main():
    scratch = pathlib.Path(sys.argv[2]).resolve() / "fuzz"
    scratch.mkdir(parents=True, exist_ok=True)
    seconds = sys.argv[3] if len(sys.argv) > 3 else "12"
    seed = sys.argv[4] if len(sys.argv) > 4 else "2254"
    built = subprocess.run(
        ["cargo", "build", "--locked", "--quiet", "--example", "fuzz_plain"], cwd=ROOT, timeout=1800
    )
    if built.returncode != 0:
        print("FAILED: the targets do not build\n0 passed, 1 failed")
        return 1
    target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    program = (ROOT / target / "debug/examples/fuzz_plain").resolve()
    names = sorted(folder.name for folder in (ROOT / "fuzz/seeds").iterdir())
    # Files of the targets go where nothing is synced to a disk, if there is such a place.
    memory = pathlib.Path("/dev/shm")
    temporary = memory if os.access(memory, os.W_OK) else scratch
    environment = dict(os.environ, TMPDIR=str(temporary), RAYON_NUM_THREADS="1", RUST_BACKTRACE="0")
    waiting, running, failed = list(names), {}, 0
    while waiting or running:
        while waiting and len(running) < 2:
            name = waiting.pop(0)
            command = [program, seconds, seed, name]
            running[name] = subprocess.Popen(
                command, cwd=scratch, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
            )
        name = next(iter(running))
        child = running.pop(name)
        try:
            said, _ = child.communicate(timeout=2 * (int(seconds) + SLACK))
        except subprocess.TimeoutExpired:
            child.kill()
            said = child.communicate()[0] + f"{name}: still at work after its time\n"
        if child.returncode == 0:
            print(said.strip(), flush=True)
        else:
            failed += 1
            print(f"FAILED {name} (exit status {child.returncode}); its input, if any, is in {scratch}:\n{said.strip()[-3000:]}", flush=True)
    print(f"{len(names) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""What the program asks of the system: no network, no child, no file that is not its business.

    python tests/torture/isolation.py BINARY SCRATCH_FOLDER

Each command runs under strace. It may read what its command line names, the project's settings, and
what any program reads (libraries, /proc and /sys); it may write where its command line says, and
into the unnamed files and the hidden folder beside that. It may start threads, no process. The texts
speak of paths, addresses and commands, which must stay words. Without strace, or where it may not
trace, the cases are skipped, and so is the one for `unshare -n` where that is not allowed.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

TIMEOUT = 120
CALLS = (
    "%network,%process,open,openat,openat2,creat,rename,renameat,renameat2,unlink,unlinkat,mkdir,mkdirat,"
    "rmdir,link,linkat,symlink,symlinkat,truncate,chmod,fchmod,fchmodat,chown,fchown,lchown,fchownat,mknod,"
    "mknodat,setxattr,lsetxattr,fsetxattr,utimensat,mount,umount2,chroot,ptrace,bpf,io_uring_setup,"
    "memfd_create,kexec_load,init_module,finit_module"
)
# What the loader, the standard library and polars look at, whatever the command.
SYSTEM = re.compile(
    r"/(?:usr/)?lib(?:64|32)?/|/etc/ld\.so\.|/proc/|/sys/|/dev/(?:null|zero|urandom|random|tty)$|/etc/localtime$"
    r"|/usr/share/(?:zoneinfo|locale|terminfo)/|/etc/terminfo/|/lib/terminfo/"
)
OPENS = {"open", "openat", "openat2", "creat"}
CHANGES = {
    "rename", "renameat", "renameat2", "unlink", "unlinkat", "mkdir", "mkdirat", "rmdir", "link", "linkat",
    "symlink", "symlinkat", "truncate", "chmod", "fchmod", "fchmodat", "chown", "fchown", "lchown", "fchownat",
    "mknod", "mknodat", "setxattr", "lsetxattr", "fsetxattr", "utimensat", "creat",
}
HARMLESS = {"execve", "exit", "exit_group", "wait4", "waitid", "kill", "tgkill", "rt_sigqueueinfo"}
WRITES = re.compile(r"O_WRONLY|O_RDWR|O_CREAT|O_TRUNC|O_APPEND|O_TMPFILE")

TEXT = """Envoys meet in Geneva

Envoys of Russia met in Geneva on 12 March 2017. See http://127.0.0.1:9/x and file:///etc/passwd for
more, or \\\\host\\share. $(touch /tmp/owned) `id` <!ENTITY a SYSTEM "/etc/hostname"> =cmd|' /C calc'!A0

They killed 12 people, Antonio Guterres said. ../../etc/shadow was not among the papers.
"""
ROWS = """{"text": "Talks resume\\n\\nThe Security Council met on 3 May 2018.", "id": "../../up", "place": "../../out"}
{"text": "Talks end\\n\\nIran and Turkey agreed.", "id": "/etc/passwd", "place": "/etc"}
"""
SIDECAR = "source_path,title,place\na.txt,'=1+1,..\n"


def inside(path, folders):
    return any(path == folder or path.startswith(folder.rstrip("/") + "/") for folder in folders)


def beside(path, target):
    """Whether a path is a target of writing, in it, or a hidden folder or file in which it is made or put aside."""
    folder, name = os.path.split(target)
    hidden = os.path.join(folder, f".{name}.rapporteur")
    if inside(path, [target, hidden, f"{hidden}.old"]):
        return True
    return os.path.dirname(path) == folder and re.fullmatch(r"\.report\w{6}", os.path.basename(path)) is not None


def judge(line, allowed):
    """The fault that a line of strace's shows, or None."""
    if line.startswith(("+++", "---")):
        return None
    call, paren, rest = line.partition("(")
    if not paren or not call.isidentifier():
        return f"cannot be read: {line}"
    if call in HARMLESS:
        return None
    if call in {"clone", "clone3"}:
        return None if "CLONE_THREAD" in rest else f"starts a process: {line}"
    if call not in OPENS | CHANGES:
        return f"is not its business: {line}"
    # A failed look is none, and a failed change changes nothing; but it was tried.
    paths, at = [], None
    for match in re.finditer(r'(?:AT_FDCWD|\d+)<((?:[^>\\]|\\.)*)>|"((?:[^"\\]|\\.)*)"', rest.rpartition(" = ")[0]):
        if match[2] is None:
            at = match[1]
        else:
            paths.append(os.path.normpath(os.path.join(at or allowed["cwd"], match[2])))
    if not paths:
        paths = [at or ""]
    for path in paths:
        if call in OPENS and not WRITES.search(rest):
            # The folder above a target is opened, to sync it.
            is_own = any(beside(path, target) or path == os.path.dirname(target) for target in allowed["write"])
            if not (is_own or SYSTEM.match(path) or inside(path, allowed["read"])):
                return f"reads elsewhere: {line}"
        elif "O_TMPFILE" in rest and path in map(os.path.dirname, allowed["write"]):
            continue
        elif call in {"mkdir", "mkdirat"} and any(target.startswith(path + "/") for target in allowed["write"]):
            continue
        elif not any(beside(path, target) for target in allowed["write"]) and path != "/dev/null":
            return f"writes elsewhere: {line}"
    return None


def self_test():
    allowed = {"cwd": "/w", "read": ["/w/raw"], "write": ["/w/out"]}
    cases = [
        ('openat(AT_FDCWD</w>, "raw/a", O_RDONLY|O_CLOEXEC) = 3</w/raw/a>', True),
        ('openat(AT_FDCWD</w>, "raw/../../etc/passwd", O_RDONLY) = 3', False),
        ('openat(AT_FDCWD</w>, "/etc/ld.so.cache", O_RDONLY) = 3', True),
        ('openat(4</w/out>, "x.csv", O_WRONLY|O_CREAT, 0666) = 3', True),
        ('openat(AT_FDCWD</w>, "/w/.out.rapporteur/x", O_WRONLY|O_CREAT, 0666) = 3', True),
        ('openat(AT_FDCWD</w>, "raw/a", O_RDWR) = 3', False),
        ('openat(AT_FDCWD</w>, "/tmp/x", O_WRONLY|O_CREAT, 0666) = -1 EACCES', False),
        ('openat(AT_FDCWD</w>, "/w", O_RDWR|O_TMPFILE, 0666) = 3', True),
        ('openat(AT_FDCWD</w>, "/tmp", O_RDWR|O_TMPFILE, 0666) = 3', False),
        ('renameat2(AT_FDCWD</w>, "/w/.out.rapporteur", AT_FDCWD</w>, "/w/out", RENAME_EXCHANGE) = 0', True),
        ('renameat2(AT_FDCWD</w>, "/w/.out.rapporteur", AT_FDCWD</w>, "/w/outer", RENAME_EXCHANGE) = 0', False),
        ('unlink("/w/raw/a") = 0', False),
        ('openat(AT_FDCWD</w>, "/w", O_RDONLY|O_CLOEXEC) = 3', True),
        ('openat(AT_FDCWD</w>, "/w/other", O_RDONLY|O_CLOEXEC) = 3', False),
        ("socket(AF_INET, SOCK_STREAM, 0) = 3", False),
        ("clone3({flags=CLONE_VM|CLONE_THREAD}, 88) = 7", True),
        ("clone(child_stack=NULL, flags=CLONE_CHILD_SETTID|SIGCHLD) = 7", False),
        ("vfork() = 7", False),
        ("+++ exited with 0 +++", True),
    ]
    return [f"misjudged: {line}" for line, good in cases if (judge(line, allowed) is None) != good]


def trace(binary, arguments, allowed, work, stdin=""):
    """Faults of a command, and what it printed."""
    logs = work / "trace"
    logs.mkdir()
    command = [
        "strace", "-ff", "-y", "-s", "0", "-o", str(logs / "t"), "-e", f"trace={CALLS}", "-e", "signal=none",
        binary, *arguments,
    ]
    environment = {
        "PATH": "/usr/bin:/bin", "HOME": str(work / "home"), "TMPDIR": str(work / "tmp"), "LANG": "C.UTF-8",
        "XDG_CACHE_HOME": str(work / "home" / "cache"), "http_proxy": "http://127.0.0.1:9/",
    }
    for folder in ("home", "tmp"):
        (work / folder).mkdir(exist_ok=True)
    done = subprocess.run(
        command, cwd=allowed["cwd"], input=stdin.encode(), capture_output=True, timeout=TIMEOUT, env=environment
    )
    faults = []
    if done.returncode != allowed.get("status", 0):
        faults.append(f"exit status {done.returncode}: {done.stderr.decode(errors='replace')[-400:]}")
    lines = [line for log in sorted(logs.iterdir()) for line in log.read_text(errors="replace").splitlines()]
    if sum(line.startswith("openat(") for line in lines) < 3:
        faults.append("strace saw nothing")
    starts = sum(line.startswith("execve(") for line in lines)
    if starts != 1:
        faults.append(f"{starts} programs started")
    faults += [fault for fault in (judge(line, allowed) for line in lines) if fault]
    for folder in ("home", "tmp"):
        faults += [f"left behind: {path}" for path in (work / folder).rglob("*")]
    shutil.rmtree(logs)
    return faults[:8], done.stdout


def digests(folder):
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def can(command):
    try:
        return subprocess.run(command, capture_output=True, timeout=TIMEOUT).returncode == 0
    except OSError:
        return False


def main():
    binary, scratch = os.path.abspath(sys.argv[1]), Path(sys.argv[2]).resolve()
    work = scratch / "isolation"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    results, skipped = [], []
    try:
        results.append(("the rules tell good from bad", self_test()))
        cases(binary, work, results, skipped)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    for name, faults in results:
        print(f"{'FAILED' if faults else 'passed'}: {name}")
        for fault in faults:
            print(f"    {fault[:400]}")
    for name in skipped:
        print(f"skipped: {name}")
    failed = sum(bool(faults) for _, faults in results)
    print(f"{len(results) - failed} passed, {failed} failed")
    return 1 if failed else 0


def cases(binary, work, results, skipped):
    base = work / "project"
    raw = base / "raw"
    raw.mkdir(parents=True)
    (raw / "a.txt").write_text(TEXT)
    (raw / "b.jsonl").write_text(ROWS)
    (raw / "metadata.csv").write_text(SIDECAR)
    (work / "secret.txt").write_text("not to be read")
    at = str(base)

    if not can(["strace", "-o", "/dev/null", "true"]):
        skipped.append("all commands under strace: strace is not installed, or may not trace here")
    else:
        def case(name, arguments, read, write, stdin="", status=0):
            allowed = {
                "cwd": at,
                "read": [os.path.join(at, path) for path in [*read, "rapporteur.toml"]],
                "write": [os.path.join(at, path) for path in write],
                "status": status,
            }
            faults, output = trace(binary, arguments, allowed, work, stdin)
            results.append((name, faults))
            return output

        dataset = ["--id-column", "id"]
        case("run", ["run", "raw", "--out", "out", *dataset], ["raw"], ["out"])
        case("run over a former dataset", ["run", "raw", "--out", "out", *dataset], ["raw"], ["out"])
        case(
            "run into folders named after values",
            ["run", "raw", "--out", "parts", "--partition-by", "docvar_place", "--format", "parquet,csv,jsonl,arrow", *dataset],
            ["raw"], ["parts"],
        )
        case("run on a stream", ["run", "-", "--out", "stream"], [], ["stream"], stdin=ROWS)
        (raw / "bad.txt").write_bytes(b"\x7fELF\0\0\1")
        case("run that fails", ["run", "raw", "--out", "out"], ["raw"], ["out"], status=1)
        (raw / "bad.txt").unlink()
        case("check", ["check", "out", "--raw", "raw"], ["out", "raw"], [])
        case("schema", ["schema"], [], [])
        case("explain", ["explain", "out", "a-1-s0001", "--raw", "raw"], ["out", "raw"], [])
        case("stats", ["stats", "mentions", "out"], ["out"], [])
        case("search", ["search", "Geneva", "out"], ["out"], [])
        case("report", ["report", "out", "--raw", "raw", "--out", "page.html"], ["out", "raw"], ["page.html"])
        case("init", ["init", "new"], ["new"], ["new"])
        case("codebook lookup", ["codebook", "lookup", "Geneva"], [], [])
        case("help", ["--help"], [], [])

    if can(["unshare", "-n", "true"]):
        faults = []
        for target, before in [("plain", []), ("alone", ["unshare", "-n"])]:
            command = [*before, binary, "run", "raw", "--out", target]
            done = subprocess.run(command, cwd=at, capture_output=True, timeout=TIMEOUT)
            if done.returncode:
                faults.append(f"{target}: exit status {done.returncode}: {done.stderr.decode()[-300:]}")
        if digests(base / "plain") != digests(base / "alone") or len(digests(base / "plain")) < 5:
            faults.append("the datasets differ")
        results.append(("the same dataset without any network", faults))
    else:
        skipped.append("a run without any network: unshare -n is not allowed here")
    escaped = [str(path) for path in work.iterdir() if path.name not in {"project", "secret.txt", "home", "tmp"}]
    known = {"raw", "out", "parts", "stream", "new", "page.html", "plain", "alone"}
    escaped += [str(path) for path in base.iterdir() if path.name not in known]
    results.append(("nothing stands beside what was asked for", escaped))


if __name__ == "__main__":
    sys.exit(main())

"""Strange folders, and folders named as they should not be.

`python tests/torture/trees.py BINARY SCRATCH_FOLDER`. Each entry has its rule: it is read, passed
over and counted, or told with its name and a reason. Nothing hangs, and nothing that a person put into the
output folder is ever removed.
"""

import csv
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import unicodedata

from fixture import Place, contents, corpus, script

TEXT = "A note\n\nThe envoys met in Geneva on 4 March 2018.\n"
RUN = ["run", "raw", "--out", "out", "--no-tagger"]
LOOP = "a link that leads back to a folder above it"
TWICE = "a link to a folder that is read already"
PART = "a link to a folder with a part that is read already"
NEITHER = "neither a file nor a folder"
NO_UTF8 = "its name is not UTF-8, so no table can hold it"


def rows(place, table="documents"):
    with (place.out / f"{table}.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def rejects(place):
    path = place.out / "rejects.csv"
    if not path.exists():
        return {}
    with path.open(newline="") as file:
        return {row["source_path"]: row["reason"] for row in csv.DictReader(file)}


def tree(name, binary, scratch, tally, build, bad=None, good=(), limit=60, user=None):
    """Builds a raw folder. `bad` are the entries that are told, with their reasons; `good` the texts."""
    bad = bad or {}
    with Place(scratch, binary) as place:
        raw = place.home / "raw"
        raw.mkdir()
        (raw / "good.txt").write_text(TEXT)
        build(raw)
        drop = (lambda: (os.setgroups([]), os.setgid(user), os.setuid(user))) if user else None
        if user:
            for path in (place.root, place.home, place.temp):
                path.chmod(0o777)
        wrong = []
        done = place.run(*RUN, limit=limit, preexec_fn=drop)
        if bad:
            told = all(reason in done.err for reason in bad.values())
            count = f"{len(bad)} file{'s' if len(bad) > 1 else ''} cannot be used"
            if done.code != 1 or not told or count not in done.err or place.out.exists():
                wrong.append(str(done))
            done = place.run(*RUN, "--skip-bad", preexec_fn=drop)
        if done.code != 0:
            wrong.append(str(done))
        else:
            told = rejects(place)
            if set(told) != set(bad) or not all(bad[path] in told[path] for path in bad):
                wrong.append(f"rejects {told}")
            found = {row["source_path"] for row in rows(place)}
            if found != {"good.txt", *good}:
                wrong.append(f"documents of {sorted(found)[:20]}")
            checked = place.run("check", "out", "--raw", "raw", preexec_fn=drop)
            if checked.code != 0:
                wrong.append(checked.out[:400])
        if left := place.debris(("out", "raw", "elsewhere")):
            wrong.append(f"left behind: {left}")
        subprocess.run(["chmod", "-R", "u+rwX", str(raw)], capture_output=True, timeout=60)
        tally.case(name, "; ".join(wrong))


def links(case):
    def loops(raw):
        (raw / "itself").symlink_to("itself")
        (raw / "one").symlink_to("two")
        (raw / "two").symlink_to("one")
        (raw / "sub").mkdir()
        (raw / "sub" / "up").symlink_to("..")
        (raw / "sub" / "here").symlink_to(".")
        (raw / "root").symlink_to("/")

    level = "cannot be read: Too many levels of symbolic links"
    bad = {"itself": level, "one": level, "two": level, "sub/up": LOOP, "sub/here": LOOP, "root": LOOP}
    case("links that lead back", loops, bad)

    def leading(raw):
        elsewhere = raw.parent / "elsewhere"
        (elsewhere / "deep").mkdir(parents=True)
        (elsewhere / "a.txt").write_text(TEXT)
        (elsewhere / "deep" / "b.txt").write_text(TEXT)
        (raw / "dangling.txt").symlink_to("nowhere")
        (raw / "file.txt").symlink_to("../elsewhere/a.txt")
        (raw / "folder").symlink_to("../elsewhere")
        (raw / "g-again").symlink_to("../elsewhere")
        (raw / "h-part").symlink_to("../elsewhere/deep")
        (raw / "inside").mkdir()
        (raw / "inside" / "c.txt").write_text(TEXT)
        (raw / "z-inside").symlink_to("inside")
        (raw / ".hidden").symlink_to("..")

    bad = {"dangling.txt": "cannot be read: No such file", "g-again": TWICE, "h-part": TWICE, "z-inside": TWICE}
    good = ["file.txt", "folder/a.txt", "folder/deep/b.txt", "inside/c.txt"]
    case("links to files and folders", leading, bad, good)

    def above(raw):
        deep = raw.parent / "elsewhere" / "deep"
        deep.mkdir(parents=True)
        (deep / "b.txt").write_text(TEXT)
        (raw / "a").symlink_to("../elsewhere/deep")
        (raw / "b").symlink_to("../elsewhere")

    case("a link to a folder above one that is read", above, {"b": PART}, ["a/b.txt"])

    def mesh(raw):
        # Twelve folders with links to each other have some 12! ways through them.
        folders = [raw.parent / "elsewhere" / f"{n:02}" for n in range(12)]
        for folder in folders:
            folder.mkdir(parents=True)
            (folder / "text.txt").write_text(TEXT)
            for other in folders:
                if other != folder:
                    (folder / f"to-{other.name}").symlink_to(f"../{other.name}")
        (raw / "start").symlink_to("../elsewhere/00")

    first = {f"start/to-{n:02}": n for n in range(1, 12)}
    bad = {f"{path}/to-{n:02}": TWICE for path in first for n in range(1, 12) if n != first[path]}
    bad |= {f"{path}/to-00": TWICE for path in first}
    case("folders whose links lead to each other", mesh, bad, ["start/text.txt", *(f"{p}/text.txt" for p in first)])

    def hard(raw):
        os.link(raw / "good.txt", raw / "other.txt")

    case("hard links are files of their own", hard, good=["other.txt"])


def nodes(case, tally):
    sockets = []

    def odd(raw):
        os.mkfifo(raw / "pipe.txt")
        os.mkfifo(raw / "rows.jsonl")
        (raw / "zero").symlink_to("/dev/zero")
        (raw / "null").symlink_to("/dev/null")
        (raw / "input").symlink_to("/dev/tty")
        here = os.getcwd()
        os.chdir(raw)
        end = socket.socket(socket.AF_UNIX)
        end.bind("socket")
        sockets.append(end)
        os.chdir(here)

    names = ["pipe.txt", "rows.jsonl", "zero", "null", "input", "socket"]
    case("pipes, sockets and devices", odd, {name: NEITHER for name in names})
    [end.close() for end in sockets]

    def device(raw):
        os.mknod(raw / "random", 0o600 | 0o020000, os.makedev(1, 9))

    try:
        case("a device of its own", device, {"random": NEITHER})
    except PermissionError as error:
        tally.skip("a device of its own", str(error))


def names(case):
    def strange(raw):
        for name in STRANGE:
            (raw / name).write_text(TEXT)
        (raw / "folder, 'of'\n\"it\"").mkdir()
        (raw / "folder, 'of'\n\"it\"" / "a.txt").write_text(TEXT)

    STRANGE = [
        "two\nlines.txt", "quote\".txt", "comma,.txt", "semi;colon.txt", "tab\t.txt", " blank .txt ",
        "-rf", "=SUM(A1).txt", "back\\slash.txt", "$(date).txt", "*.txt", "bell\a.txt", "ret\r.txt",
        "\u202etxt.exe", "🕊.txt", "no extension", "trailing.", "..double", "issue#3.txt", "%41.txt",
        "a" * 251 + ".txt", "é" * 125 + ".txt", "Twin.txt", "twin.txt", "TWIN.txt",
        unicodedata.normalize("NFC", "café.txt"), unicodedata.normalize("NFD", "café.txt"),
    ]  # fmt: skip
    good = [name for name in STRANGE if not name.startswith(".")] + ["folder, 'of'\n\"it\"/a.txt"]
    case("names of every kind, and twins by case or form", strange, good=good)

    def not_utf8(raw):
        for name in (b"caf\xe9.txt", b"\xff\xfe", b"half\xc3"):
            (pathlib.Path(os.fsdecode(bytes(raw) + b"/" + name))).write_text(TEXT)
        folder = pathlib.Path(os.fsdecode(bytes(raw) + b"/d\xe9p"))
        folder.mkdir()
        (folder / "a.txt").write_text(TEXT)

    bad = {r"caf\xe9.txt": NO_UTF8, r"\xff\xfe": NO_UTF8, r"half\xc3": NO_UTF8, r"d\xe9p/a.txt": NO_UTF8}
    # The message shows names quoted, with its own backslashes doubled.
    case("names that are not UTF-8", not_utf8, bad)

    def like_rows(raw):
        (raw / "news.csv").write_text("text\nA truce held.\n")
        (raw / "news.csv#1").write_text(TEXT)
        (raw / "news#1.txt").write_text(TEXT)
        (raw / "news#2").write_text(TEXT)
        (raw / "news#x.txt").write_text(TEXT)

    bad = {
        "news.csv#1": "it is named as row 1 of the table",
        "news#1.txt": "its documents would have the ids of a row of",
        "news#2": "its documents would have the ids of a row of",
    }
    case("names that rows have", like_rows, bad, ["news.csv#1", "news#x.txt"])

    def twins(raw):
        (raw / "note.txt").write_text(TEXT)
        (raw / "note.md").write_text(TEXT)

    case("names that differ in the extension only", twins, {"note.txt": "would have the ids of"}, ["note.md"])


def many(case):
    count, every = 100_000, 200

    def files(raw):
        for number in range(count):
            text = f"Note {number}\n\nNothing happened on day {number}.\n" if number % every == 0 else " \n"
            (raw / f"{number:06}.txt").write_text(text)

    good = [f"{number:06}.txt" for number in range(0, count, every)]
    case(f"{count} files in one folder", files, good=good, limit=120)

    def deep(raw):
        folder = raw
        for number in range(200):
            folder = folder / f"folder-{number}"
        folder.mkdir(parents=True)
        (folder / "a.txt").write_text(TEXT)

    path = "/".join(f"folder-{number}" for number in range(200))
    case("200 folders deep", deep, good=[f"{path}/a.txt"])

    def too_deep(raw):
        # Deeper than any path can say.
        here = os.getcwd()
        os.chdir(raw)
        try:
            for _ in range(30):
                os.mkdir("d" * 200)
                os.chdir("d" * 200)
            pathlib.Path("a.txt").write_text(TEXT)
        finally:
            os.chdir(here)

    length = (4095 - len("raw")) // 201
    folders = "/".join(["d" * 200] * (length + 1))
    case("folders deeper than a path can be long", too_deep, {folders: "cannot be read: File name too long"})


def unreadable(case, tally):
    nobody = 65534

    def closed(raw):
        (raw / "shut.txt").write_text(TEXT)
        (raw / "shut").mkdir()
        (raw / "shut" / "a.txt").write_text(TEXT)
        (raw / "listed").mkdir()
        (raw / "listed" / "a.txt").write_text(TEXT)
        if os.getuid() == 0:
            for path in (raw, *raw.rglob("*")):
                os.chown(path, nobody, nobody)
        (raw / "shut.txt").chmod(0)
        (raw / "shut").chmod(0)
        (raw / "listed").chmod(0o444)

    bad = {name: "cannot be read: Permission denied" for name in ("shut.txt", "shut", "listed/a.txt")}
    user = nobody if os.getuid() == 0 else None
    # As root nothing is unreadable: the program is started by another user, from where that one may.
    binary = case.scratch / "rapporteur"
    shutil.copy(case.binary, binary)
    binary.chmod(0o755)
    case.scratch.chmod(0o755)
    for folder in case.scratch.parents:
        if user and not folder.stat().st_mode & 0o001:
            return tally.skip("unreadable files and folders", f"nobody may not enter {folder}")
    tree("unreadable files and folders", binary, case.scratch, tally, closed, bad, user=user)

    with Place(case.scratch, binary) as place:
        raw = corpus(place.home / "raw")
        for path in (place.root, place.home, place.temp):
            path.chmod(0o777)
        if user:
            os.chown(raw, nobody, nobody)
        raw.chmod(0)
        drop = (lambda: (os.setgroups([]), os.setgid(nobody), os.setuid(nobody))) if user else None
        done = place.run(*RUN, "--skip-bad", preexec_fn=drop)
        raw.chmod(0o755)
        told = done.code == 1 and '"raw"' in done.err and "Permission denied" in done.err
        tally.case("a raw folder that cannot be read", "" if told and not place.out.exists() else str(done))
    return None


def sidecars(binary, scratch, tally):
    def pipe(path):
        os.mkfifo(path)

    def folder(path):
        path.mkdir()

    def device(path):
        path.symlink_to("/dev/zero")

    for make, reason in ((pipe, "neither a file"), (folder, "a folder"), (device, "neither a file")):
        with Place(scratch, binary) as place:
            raw = corpus(place.home / "raw")
            (raw / "metadata.csv").unlink()
            make(raw / "metadata.csv")
            done = place.run(*RUN)
            told = done.code == 1 and "metadata.csv" in done.err and reason in done.err
            tally.case(f"metadata.csv is a {make.__name__}", "" if told else str(done))


def outputs(binary, scratch, tally):
    """Where the dataset may go, and where it may not."""

    def case(name, args, code, words, build=lambda home: None, cwd=None, new=()):
        with Place(scratch, binary) as place:
            corpus(place.home / "raw")
            build(place.home)
            before = contents(place.home)
            links_before = {p: os.readlink(p) for p in place.home.rglob("*") if p.is_symlink()}
            done = place.run(*args, "--no-tagger", **({"cwd": place.home / cwd} if cwd else {}))
            wrong = [] if done.code == code and words in done.err else [str(done)]
            after = contents(place.home)
            if code != 0 and after != before:
                changed = sorted(set(after.items()) ^ set(before.items()))[:6]
                wrong.append(f"something has changed: {changed}")
            for path, target in links_before.items():
                if not path.is_symlink() or os.readlink(path) != target:
                    wrong.append(f"{path.name} is no link any more")
            for path in new:
                if not (place.home / path / "documents.csv").exists():
                    wrong.append(f"no dataset in {path}")
            if temporary := list(place.temp.iterdir()):
                wrong.append(f"left behind: {temporary}")
            hidden = [p for p in place.home.rglob(".*.rapporteur*") if p not in map(place.home.joinpath, before)]
            if hidden:
                wrong.append(f"left behind: {hidden}")
            tally.case(name, "; ".join(wrong))

    def run(raw="raw", out="out"):
        return ["run", raw, "--out", out]

    def write(path, text="two years of work"):
        def build(home):
            (home / path).parent.mkdir(parents=True, exist_ok=True)
            (home / path).write_text(text)

        return build

    def link(path, target, *folders):
        def build(home):
            for folder in folders:
                (home / folder).mkdir(parents=True)
            (home / path).symlink_to(target)

        return build

    inside = "lies inside"
    foreign = "it holds what no run wrote"
    case("RAW_DIR is OUT_DIR", run(out="raw"), 1, "are the same folder")
    case("the same by another name", run(out="raw/../raw"), 1, "are the same folder")
    case("the same by a link", run(out="link"), 1, "are the same folder", link("link", "raw"))
    case("OUT_DIR lies inside RAW_DIR", run(out="raw/out"), 1, inside)
    case("OUT_DIR lies inside by a link", run(out="link/out"), 1, inside, link("link", "raw"))
    case("RAW_DIR lies inside OUT_DIR", run(out="."), 1, inside)
    case("RAW_DIR lies inside the folder above", run(out=".."), 1, inside)
    case("OUT_DIR is the root", run(out="/"), 1, inside)
    case("OUT_DIR is another's folder", run(out="/usr"), 1, foreign)
    case("RAW_DIR is a link", run(raw="link"), 0, "", link("link", "raw"), new=["out"])
    case("RAW_DIR is a dangling link", run(raw="link"), 1, '"link"', link("link", "nowhere"))
    case("RAW_DIR is not there", run(raw="nothing"), 1, '"nothing"')
    case("RAW_DIR is a pipe", run(raw="pipe"), 1, '"pipe"', lambda home: os.mkfifo(home / "pipe"))
    case("RAW_DIR is a device", run(raw="/dev/zero"), 1, '"/dev/zero"')
    case("OUT_DIR is a link to a folder", run(out="link"), 0, "", link("link", "real", "real"), new=["real", "link"])
    case("OUT_DIR is a dangling link", run(out="link"), 1, "a link that leads to no folder", link("link", "nowhere"))
    case("OUT_DIR is a link to itself", run(out="link"), 1, "symbolic links", link("link", "link"))
    case("OUT_DIR is a file", run(), 1, "is a file", write("out"))
    case("OUT_DIR is a pipe", run(), 1, "is a file", lambda home: os.mkfifo(home / "out"))
    case("OUT_DIR is below a file", run(out="file/out"), 1, "Not a directory", write("file"))
    case("OUT_DIR holds a file of yours", run(), 1, foreign, write("out/thesis.docx"))
    case("OUT_DIR holds a folder of yours", run(), 1, foreign, write("out/a/b/thesis.docx"))
    case("OUT_DIR holds a hidden file of yours", run(), 1, foreign, write("out/.git/config"))
    case("OUT_DIR holds a descriptor of another program", run(), 1, foreign, write("out/datapackage.json", "{}"))
    stands = "is the folder in which the program was started"
    case("OUT_DIR is where you stand", ["run", "../raw", "--out", "."], 1, stands, lambda home: (home / "here").mkdir(), "here")
    case("OUT_DIR is new, in new folders", run(out="a/b/out"), 0, "", new=["a/b/out"])
    case("OUT_DIR ends in a slash", run(out="out/"), 0, "", new=["out"])
    case("OUT_DIR has the longest name", run(out="o" * 243), 0, "", new=["o" * 243])
    case("OUT_DIR has too long a name", run(out="o" * 250), 1, "File name too long")
    case("a run that fails takes new folders back", run(out="a/b/out"), 1, "cannot be used", write("raw/zip", "PK\3\4\0\0"))
    hidden = ".out.rapporteur"
    case("the hidden folder's name is a file", run(), 1, hidden, write(hidden))
    case("the hidden folder's name is a pipe", run(), 1, hidden, lambda home: os.mkfifo(home / hidden))
    case("a folder that ends in .old is yours", run(), 0, "", write(".out.old/thesis.docx"), new=["out"])

    def into_output(home):
        (home / "out").mkdir()
        (home / "raw" / "link").symlink_to("../out")

    case("RAW_DIR leads to OUT_DIR", run(), 1, "a link in RAW_DIR leads to", into_output)

    # A dataset, and then files of a person in it.
    for name in ("notes.txt", "sub/notes.txt", "documents.parquet/notes.txt"):
        with Place(scratch, binary) as place:
            corpus(place.home / "raw")
            options = ["--max-rows-per-file", "4", "--format", "parquet,csv"]
            assert place.run(*RUN, *options).code == 0
            path = place.out / name
            path.parent.mkdir(exist_ok=True)
            path.write_text("mine")
            before = contents(place.out)
            done = place.run(*RUN)
            kept = done.code == 1 and foreign in done.err and contents(place.out) == before
            tally.case(f"a dataset that has got {name}", "" if kept else str(done))
    with Place(scratch, binary) as place:
        corpus(place.home / "raw")
        assert place.run(*RUN).code == 0
        place.out.chmod(0o750)
        done = place.run(*RUN)
        mode = place.out.stat().st_mode & 0o777
        tally.case("OUT_DIR is closed to others and stays so", "" if mode == 0o750 else f"{mode:o}, {done}")


def cases(binary, scratch, _, tally):
    def case(name, build, bad=None, good=(), limit=60):
        tree(name, binary, scratch, tally, build, bad, good, limit)

    case.scratch, case.binary = scratch, binary
    links(case)
    nodes(case, tally)
    names(case)
    sidecars(binary, scratch, tally)
    outputs(binary, scratch, tally)
    unreadable(case, tally)
    many(case)


if __name__ == "__main__":
    sys.exit(script("trees", cases))

"""The SQL that `rapporteur stats --explain` prints yields the numbers that `rapporteur stats` prints.

    stats_sql.py PROGRAM OUT_DIR WORK_DIR

PROGRAM is the binary, OUT_DIR a dataset, WORK_DIR a folder for another one that the program makes there
from awkward texts: quotes, nulls, several scripts, equal counts, parts in folders. Every table is asked for
as CSV, its SQL run by DuckDB, and the rows compared, order included. Whole numbers and texts must be the
same; numbers are rounded to four decimals by both and may differ by one unit of the last.
"""

import csv
import io
import subprocess
import sys
from pathlib import Path

import duckdb

checks = 0


def run(program, *args):
    done = subprocess.run([program, *args], capture_output=True, text=True, encoding="utf-8")
    if done.returncode:
        sys.exit(f"{args}: {done.stderr}")
    return done.stdout


def text(value):
    return "" if value is None else str(value)


def same(one, other, column):
    if one == other:
        return True
    try:
        return abs(float(one) - float(other)) < 1.1e-4 and not column.startswith(("doc", "period", "year"))
    except ValueError:
        return False


def compare(program, out_dir, *args):
    global checks
    args = ["stats", args[0], str(out_dir), *args[1:]]
    header, *rows = csv.reader(io.StringIO(run(program, *args, "--format", "csv"), newline=""))
    sql = run(program, *args, "--explain")
    relation = duckdb.execute(sql)
    names = [column[0] for column in relation.description]
    found = [[text(value) for value in row] for row in relation.fetchall()]
    where = " ".join(args)
    if names != header or len(found) != len(rows):
        sys.exit(f"{where}: {len(found)} rows of {names} by SQL, {len(rows)} of {header}\n{sql}")
    for sql_row, row in zip(found, rows):
        if not all(same(*cells) for cells in zip(sql_row, row, header)):
            sys.exit(f"{where}: {sql_row} by SQL, {row} printed\n{sql}")
    checks += 1
    return rows


def every_table(program, out_dir, selections, conditions, entities):
    for selection in selections:
        args = [program, out_dir]
        for by in ["publisher", "genre", "year", "month,language", "quarter,publisher", "published,day"]:
            compare(*args, "documents", "--by", by, *selection)
        for by in ["kind", "entity", "side", "country,kind", "publisher,side", "year,entity", "text,method", "unit"]:
            compare(*args, "mentions", "--by", by, *selection)
        compare(*args, "mentions", "--by", "entity", "--kind", "person,place", "--least", "2", *selection)
        for by in ["year", "quarter", "month", "day"]:
            compare(*args, "timeline", "--by", by, *selection)
            wanted = [part for entity in entities for part in ("--entity", entity)]
            compare(*args, "timeline", "--by", by, *wanted, *selection)
        for sort in ["sentences", "pmi", "log-likelihood"]:
            compare(*args, "cooccurrence", "--least", "1", "--limit", "0", "--sort", sort, *selection)
        compare(*args, "cooccurrence", "--entity", entities[0], *selection)
        for target in conditions:
            for sort in ["log-ratio", "log-likelihood"]:
                every = ["--least", "1", "--limit", "0"]
                compare(*args, "keyness", "--target", target, "--sort", sort, *every, *selection)
            compare(*args, "keyness", "--target", target, "--least-ll", "3.84", *selection)
            compare(*args, "keyness", "--target", target, "--reference", conditions[0], *selection)
        compare(*args, "texts", *selection)


AWKWARD = {
    "a.txt": ("O'Neil & \"Sons\"", "2016-02-29", "Talks in Geneva\n\nEnvoys of Russia and Turkey met in Geneva. "
              "Russia’s envoy said: “Syria’s people can’t wait.” Turkey and Russia agreed; Aleppo and Homs wait.\n"),
    "b.txt": ("O'Neil & \"Sons\"", "2016-02", "Russia's offer\n\nRussia and Turkey spoke of Aleppo, Homs and Hama. "
              "RUSSIA and İstanbul – ΣΑΣ, ½ of it – were named; e\u0301tape 4-B!\n"),
    "c.txt": ("", "2017", "قال المبعوث إن الحلَّ في حلب\n\nقالَ المبعوثُ إنّ الحل في حلب وحمص، والحل في دمشق. "
              "روسيا وتركيا وسوريا تريد الحل في حلب.\n"),
    "d.txt": ("الميادين", "", "Ⓐ Talks…\n\nIran and Israel spoke of nothing; Iran, Israel and the United Nations met. "
              "भी कहा गया 東京 met. At least 19 civilians were killed on 4 March 2018.\n"),
    "e.txt": ("A|B,C; D", "2016-12-31", "Talks in Paris\n\nFrance and Germany met in Paris. Germany and France met "
              "in Berlin.\u00a0Both\u2003were named twice.\u3000Nobody was killed.\n"),
    "f.txt": ("null", "2016", "Iran and Israel\n\nIran and Israel. Israel and Iran. ... --- ... Iran, Iran, Iran!\n"),
}


def awkward(program, work):
    raw = work / "raw"
    raw.mkdir(parents=True, exist_ok=True)
    with (raw / "metadata.csv").open("w", encoding="utf-8", newline="") as handle:
        sidecar = csv.writer(handle, lineterminator="\n")
        sidecar.writerow(["source_path", "publisher", "published", "it's \"here\""])
        for name, (publisher, published, content) in AWKWARD.items():
            (raw / name).write_text(content, encoding="utf-8")
            sidecar.writerow([name, publisher, published, name[0] * 2])
    run(program, "run", str(raw), "--out", str(work / "it's whole"))
    run(program, "run", str(raw), "--out", str(work / "cut"), "--format", "parquet", "--partition-by", "publisher",
        "--max-rows-per-file", "2")


def main():
    program, out_dir, work = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    genre = run(program, "stats", "documents", str(out_dir), "--by", "genre", "--format", "csv").splitlines()[1]
    genre = f"genre={genre.split(',')[0]}"
    publisher = "publisher=" + run(program, "stats", "documents", str(out_dir), "--format", "csv").splitlines()[1].split(",")[0]
    entities = [line.split(",")[0] for line in run(
        program, "stats", "mentions", str(out_dir), "--by", "entity", "--format", "csv").splitlines()[1:5]]
    entities = [entity for entity in entities if entity][:2]
    selections = [[], ["--from", "2016-03"], ["--to", "2017", "--where", genre], ["--where", "publisher="]]
    every_table(program, out_dir, selections, [publisher, genre], entities)
    awkward(program, work)
    odd = "docvar_it's \"here\""
    selections = [[], ["--from", "2016", "--to", "2016-02"], ["--where", "publisher=O'Neil & \"Sons\"", "--where",
                  "publisher="], ["--where", f"{odd}=cc"], ["--where", "month=2016-02"], ["--where", "language=xx"]]
    targets = ["publisher=O'Neil & \"Sons\"", "publisher=", "year=2016", f"{odd}=dd"]
    for folder in ["it's whole", "cut"]:
        every_table(program, work / folder, selections, targets, ["russia", "turkey"])
        compare(program, work / folder, "documents", "--by", odd)
        compare(program, work / folder, "mentions", "--by", f"entity,{odd}")
    whole, cut = (compare(program, work / folder, "texts") for folder in ["it's whole", "cut"])
    if whole != cut or len(whole) != len(AWKWARD):
        sys.exit(f"{len(whole)} texts in one piece, {len(cut)} in parts")
    print(f"{checks} tables are the same by SQL")


main()

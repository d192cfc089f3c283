"""Writes seeds/ and dictionary.txt anew: small inputs of each target, from the texts of raw/ and from
sentences made for this purpose. Needs pyarrow for the Parquet seeds.

    python fuzz/make_seeds.py

What a target makes of an input's first bytes stands in src/targets.rs.
"""

import gzip
import io
import json
import pathlib
import re
import shutil

import pyarrow
import pyarrow.parquet

HERE = pathlib.Path(__file__).parent
SEEDS = HERE / "seeds"
RAW = HERE.parent / "raw"

NEWS = """Talks resume in the old town

By Lina Haddad

GENEVA, 22 March 2018 (Reuters) - Envoys of Russia, Turkey and the U.N. met on Monday at 5 p.m. for the
first time since last summer. "We agreed," Foreign Minister Ahmad al-Khatib said. "On what?"

What next

At least 19 civilians, including six women and two dozen children, were killed and about 1,200 displaced
between 3 and 5 May 2017, the Syrian Observatory said. Three of them were held for nearly two weeks.

- a list item
- another one, with S/RES/2254 (2015)

(Source: Media Office)
Copyright 2018. All rights reserved.
"""
WRAPPED = """\
THE CONFERENCE OF THE PARTIES

Recalling resolution 2254 (2015), and noting that the truce of 12 Sept. 2016 was signed by Gen. Haddad on behalf of inter-
national observers,

1. Decides to meet every Tuesday in the first half of 2019;
2. Requests Mr. S. de Mistura to report before the end of Ramadan 1440 AH.

                                   3

Page 3 of 7
\fThe Damascus-based paper (est. 1965) wrote: \u201cNo. 5 is 3.5 km away \u2026 it costs $ 2.5 million\u201d.
"""
MAIL = """From: office@council.example
Date: 3 May 2010
Subject: the talks

Dear Dr. Blake, see http://a.example/b?c=1 etc. Yours, J. Roe Jr.
"""
ODD = "Communiqu\u00c3\u00a9 of the party\u00e2\u20ac\u2122s o\ufb03ce\u00a0in Gene\u0300ve\u200b \u202bleft\u2069 \u062f\u0645\u0634\u0642 \U0001f600\u2028new\u0085line co\u00adoperate\n"
FRENCH = "Mme Dupont est arriv\u00e9e le 3 janv. 2016 \u00e0 Gen\u00e8ve. M. Blanc aussi\u00a0! \u00ab Oui \u00bb, dit-il.\n"
TIMES = [
    "On July 4, 2017, at 5:30 p.m. GMT, two weeks ago, nearly three decades later, in the late 1990s.",
    "Every Friday in spring 2015; the first quarter of 2016; 499 to 493 BC; Ramadan 1437 AH; 2016-03-04T12:30.",
    "20 to 30 people, dozens of women, half a million refugees, 12.5 percent, $3 billion, 40 km, aged 7.",
    "Six of them and twenty-one thousand three hundred and five others were wounded; one in ten fled.",
]

TEXTS = {"news": NEWS, "wrapped": WRAPPED, "mail": MAIL, "odd": ODD, "french": FRENCH}


def write(target, name, data):
    folder = SEEDS / target
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(data if isinstance(data, bytes) else data.encode())


def texts():
    yield from TEXTS.items()
    for path in sorted(RAW.iterdir()):
        text = path.read_text(encoding="utf-8", errors="replace")
        yield path.stem[:3] + "-head", text[:700]
        yield path.stem[:3] + "-tail", text[-500:]


def parquet(rows, **options):
    sink = io.BytesIO()
    pyarrow.parquet.write_table(pyarrow.table(rows), sink, **options)
    return sink.getvalue()


def main():
    if SEEDS.exists():
        for folder in SEEDS.iterdir():
            # What fuzzing found is named otherwise and stays.
            for path in folder.glob("made-*"):
                path.unlink()
    for name, text in texts():
        for target in ("layout", "pipeline"):
            write(target, f"made-{name}", text)
        for target in ("sentences", "mentions"):
            write(target, f"made-{name}", text + "\x08")
    for name, text in TEXTS.items():
        write("decode", f"made-{name}", text)
        write("rows", f"made-{name}", b"\x00" + text.encode())
    for number, choice in enumerate((4, 9, 18, 67, 28)):
        write("rows", f"made-two-{number}", bytes([choice]) + NEWS.encode() + b"\xfe" + ODD.encode() + b"\xfe" + NEWS.encode()[:400])
    write("decode", "made-utf16le", b"\xff\xfe" + (NEWS[:200] + ODD).encode("utf-16-le"))
    write("decode", "made-utf16be", (NEWS[:200] + "\n").encode("utf-16-be"))
    write("decode", "made-utf32", b"\xff\xfe\x00\x00" + ODD.encode("utf-32-le"))
    write("decode", "made-utf8-mark", b"\xef\xbb\xbf" + ODD.encode())
    write("decode", "made-windows-1252", (FRENCH + "\u201ca\u201d \u2013 b").encode("cp1252"))
    write("decode", "made-koi8", "\u0414\u0430\u043c\u0430\u0441\u043a \u0438 \u0410\u043b\u0435\u043f\u043f\u043e, \u0441\u043a\u0430\u0437\u0430\u043b \u043e\u043d.".encode("koi8-r"))
    write("decode", "made-shift-jis", "\u30c0\u30de\u30b9\u30ab\u30b9\u3067\u4f1a\u8ac7\u304c\u884c\u308f\u308c\u305f\u3002".encode("shift-jis"))
    write("decode", "made-stray", FRENCH.encode() + b" and a stray \x92 mark \xe9")
    for number, text in enumerate(TIMES):
        write("mentions", f"made-times-{number}", text + "\x08")
    for number in range(4):
        write("dates", f"made-{number}", bytes([0xFF] + [(7 * i * (number + 3) + number) % 256 for i in range(60)] + [number]))
    for number, text in enumerate(["\x00peace tal*\nthe peace talks of 1999", "\x80(a|b)+c?\nababc abc", "\x02\u015fam\nSAM \u015fam sham", "\x00publisher=A=B", "\x002016-02"]):
        write("query", f"made-{number}", text.encode("latin-1", "ignore") if number == 1 else text)
    write("listing", "made-plain", "\x02a\x01b\x011\x012.5\x01\x01x|y\x01\"q\"\x01l\nm\x01-0.0")
    write("listing", "made-odd", b"\x01" + ODD.encode() + b"\x01" + FRENCH.encode())

    write("sidecar", "made-full", "source_path,title,author,publisher,section,issue,url,published,genre,language,region\na.txt,\"A, b\",J. Roe,Office,News,7,http://a.example,2018-01-23,press_release,en,north\nb.txt,,,,,,,2016,,zh-Hans,\n")
    write("sidecar", "made-crlf", "\ufeffsource_path,published,docvar_x\r\na.txt,2018-01-23T10:00:00,\"line\r\nbreak\"\r\n")
    write("sidecar", "made-faults", "source_path,genre\nc.txt,poem\na.txt,news\na.txt,news\n")

    head = "entity_id,name,kind,aliases,demonyms,short_forms,side,country,latitude,longitude,wikipedia\n"
    for name, rows in {
        "entity": "zamalka-council,Zamalka Relief Council,organization,ZRC; Relief Council of Zamalka,,the Council,civil_society,SYR,,,Zamalka\n",
        "place": "old-town,Old Town,place,Oldtown,,,,SYR,33.5,36.25,\n-unicef,,,,,,,,,,\n",
        "person": "lina-haddad,Lina Haddad,person,L. Haddad,,Haddad,media,,,,\n# a comment\nrussian-state,Ruritania,state,,Ruritanian; Ruritanians,,foreign_state,RUS,,,\n",
        "twice": "a-b,A B,person,C D,,,,,,,\na-c,A C,person,C D,,,,,,,\n",
    }.items():
        write("codebook", f"made-{name}", "\x00" + head + rows)
    condition = (HERE.parent / "src/data/entities/ambiguous.csv").read_text().splitlines()
    write("codebook", "made-conditions", "\x00" + "\n".join(condition[:6]) + "\n")
    layout = (HERE.parent / "src/data/layout.toml").read_text()
    metadata = (HERE.parent / "src/data/metadata.toml").read_text()
    for number, rule in enumerate(re.findall(r"(?ms)^\[\[(?:rule|split)\]\]\n.*?(?=^\[|^$)", layout)[:40:4]):
        write("codebook", f"made-layout-{number}", "\x01" + rule)
    for number, rule in enumerate(re.findall(r"(?ms)^\[\[\w+\]\]\n.*?(?=^\[|^$)", metadata)[:40:6]):
        write("codebook", f"made-metadata-{number}", "\x02" + rule)
    write("codebook", "made-lists", "\x01[lists]\nagencies = [\"Old Wire\"]\ncities = [\"Zamalka\"]\n")
    write("codebook", "made-abbreviations", "\x03# own\nKdt\tbefore\nProf\tbefore\nArt\tnumber\netc\tclosing\n")

    write("config", "made-full", """raw = "raw"
text_column = "body"
id_column = "id"
out = "output"
tagger = false
skip_bad = true
threads = 2
format = "parquet,csv,jsonl,arrow"
compression = "zstd:9"
row_group_size = 1000
partition_by = "published.year"
max_rows_per_file = 10

[dataset]
name = "talks"
title = "Talks"
licence = "CC-BY-4.0"

[[dataset.creator]]
name = "Lina Haddad"
""")
    write("config", "made-short", "threads = 2\n")

    rows = [{"id": "x1", "text": NEWS[:300], "published": "2018-01-23", "genre": "news"}, {"id": "x 2", "text": ODD, "region": "n\u00f6rth"}, {"text": ""}]
    lines = "".join(json.dumps(row) + "\n" for row in rows).encode()
    table = b"id,text,published,region\nx1,\"Talks, \"\"resumed\"\".\nThey ended.\",2018-01-23,north\nx2,Nobody came.,,\n"
    write("inputs", "made-jsonl", b"\x00" + lines)
    write("inputs", "made-jsonl-ids", b"\xc8" + lines)
    write("inputs", "made-csv", b"\x01" + table)
    write("inputs", "made-tsv", b"\x02" + table.replace(b",", b"\t"))
    write("inputs", "made-gz", b"\x04" + gzip.compress(lines, mtime=0))
    write("inputs", "made-csv-gz", b"\x05" + gzip.compress(table, mtime=0))
    write("inputs", "made-text-gz", b"\x07" + gzip.compress(NEWS.encode(), mtime=0))
    import subprocess

    zstd = shutil.which("zstd")
    if zstd:
        write("inputs", "made-zst", b"\x06" + subprocess.run([zstd, "-q", "-c"], input=lines, capture_output=True, check=True).stdout)
    columns = {"id": ["x1", "x2"], "text": ["Talks resumed.", None], "published": ["2018-01-23", None], "n": [1, 2]}
    write("inputs", "made-parquet", b"\x03" + parquet(columns, compression="none"))
    write("inputs", "made-parquet-dictionary", b"\x43" + parquet({"text": pyarrow.array(["One came.", "Two came."]).dictionary_encode(), "d": [1.5, None]}, compression="snappy"))

    for number in range(0, 8):
        write("check", f"made-edit-{number}", bytes([number * 3, 3, 0, 1, number * 20, 255, 0, 4, 7, 1]))
    write("check", "made-short", bytes([2, 1, 0, 3, 0]))
    write("check", "made-json", b"\x02\x00{\"resources\":[{\"name\":\"documents\",\"path\":\"documents.csv\"}]}")
    write("check", "made-csv", b"\x01\x00doc_id,text\n")

    for choice in (0, 128):
        write("gold", f"made-blocks-{choice}", bytes([choice]) + json.dumps({"files": {"one.txt": {"blocks": [{"raw_start": 0, "raw_end": 12, "kind": "title"}], "sentences": [{"raw_start": 14, "raw_end": 101, "block": 0, "optional": True}]}}}).encode())
    write("gold", "made-times", b"\x00" + json.dumps({"docs": {"one.txt": {"timex": [{"start": 22, "end": 32, "type": "DATE", "value": "2017-05-04"}], "not_time": [{"start": 0, "end": 5, "type": "x"}]}}}).encode())
    write("gold", "made-names", b"\x00" + json.dumps({"one.txt": [{"raw_start": 45, "raw_end": 51, "kind": "state", "entity_id": "russia", "accept": ["place"]}]}).encode())
    write("gold", "made-brat", b"\x01T1\tLOC 45 51\tRussia\nT2\tDate 22 32\t4 May 2017\nA1\tvalue T2 2017-05-04\n#1\tAnnotatorNotes T1\twell\n")
    lines = ["# newdoc id = one", "# global.Entity = GRP-etype-infstat", "# text = Talks resume", "1\tTalks\ttalk\tNOUN\tNNS\t_\t2\tnsubj\t_\tEntity=(1-event)", "2\tresume\tresume\tVERB\tVBP\t_\t0\troot\t_\t_", "", "# text = GENEVA, 4 May 2017", "1-2\tGENEVA,\t_\t_\t_\t_\t_\t_\t_\t_", "1\tGENEVA\tGeneva\tPROPN\tNNP\t_\t0\troot\t_\tEntity=(2-place)", "2\t,\t,\tPUNCT\t,\t_\t1\tpunct\t_\t_", "", ""]
    write("gold", "made-conllu", "\x02" + "\n".join(lines))
    for name in ("news", "odd", "wrapped"):
        write("readers", f"made-{name}", TEXTS[name])

    words = set()
    for line in (HERE / "src/targets.rs").read_text().split("const PIECES: &[&str] = &[")[1].split("];")[0].splitlines():
        for word in re.findall(r'"((?:[^"\\]|\\.)*)"', line):
            word = re.sub(r"\\u\{([0-9a-f]+)\}", lambda m: chr(int(m[1], 16)), word)
            words.add(word.replace("\\n", "\n").replace("\\r", "\r").replace("\\t", "\t").replace('\\"', '"'))
    words |= set("source_path title author publisher section issue url published genre language entity_id name kind aliases demonyms short_forms side country latitude longitude wikipedia".split())
    words |= {"[[rule]]", "[[split]]", "[lists]", "id = \"", "kind = \"", "starts = [\"", "has = [\"", "ends = [\"", "pattern = '", "max = ", "[dataset]", "= true", "\"parquet,csv\"", "person", "organization", "place", "state", "\tbefore", "\tnumber", "{\"text\":\"", "\"}\n", "\\n", "PAR1", "null", "documents.csv", "2018-01-23", "(?i)", "\\b", "\\p{L}", "[^", "{1000}", "T1\t", "Person 0 5\t", "A1\tvalue T1 ", "\"raw_start\":", "\"raw_end\":", "\"files\":{", "\"docs\":{", "\"one.txt\":", "Entity=(1-person)", "# newdoc id = one", "\xff\xfe", "\xef\xbb\xbf"}
    raw_words = {"\xff\xfe", "\xef\xbb\xbf"}
    entries = set()
    for word in words:
        data = word.encode("latin-1" if word in raw_words else "utf-8")
        shown = "".join(chr(b) if 32 < b < 127 and chr(b) not in '"\\' or b == 32 and len(data) > 1 else f"\\x{b:02x}" for b in data)
        entries.add(f'"{shown}"')
    text = "# Words of texts, lists and settings, in libFuzzer's form. Written by make_seeds.py.\n"
    (HERE / "dictionary.txt").write_text(text + "\n".join(sorted(entries)) + "\n")


main()

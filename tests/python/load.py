"""Loads every file of a dataset as its users do, and compares the types with the contract.

    load.py OUT_DIR SCHEMA.json [CUT_DIR]

SCHEMA.json is what `rapporteur schema --format json` prints. CUT_DIR is the same dataset in all forms and
in parts (`--format parquet,csv,jsonl,arrow --partition-by COLUMN --max-rows-per-file ROWS`): its tables,
each read as one, must have the rows of OUT_DIR.
"""

import json
import sys
from pathlib import Path

import duckdb
import pandas
import polars
import pyarrow as pa
import pyarrow.parquet as pq

ARROW = {
    "string": pa.string(),
    "cat": pa.dictionary(pa.int32(), pa.string()),
    "int32": pa.int32(),
    "int64": pa.int64(),
    "float64": pa.float64(),
    "date32": pa.date32(),
    "bool": pa.bool_(),
}
POLARS = {
    "string": polars.String,
    "cat": polars.Categorical,
    "int32": polars.Int32,
    "int64": polars.Int64,
    "float64": polars.Float64,
    "date32": polars.Date,
    "bool": polars.Boolean,
}
DUCKDB = {
    "string": "VARCHAR",
    "cat": "VARCHAR",
    "int32": "INTEGER",
    "int64": "BIGINT",
    "float64": "DOUBLE",
    "date32": "DATE",
    "bool": "BOOLEAN",
}
PANDAS = {
    "string": {"str", "string", "object"},
    "cat": {"category"},
    "int32": {"int32"},
    "int64": {"int64"},
    "float64": {"float64"},
    "date32": {"object", "datetime64[ms]", "datetime64[us]", "date32[day][pyarrow]"},
    "bool": {"bool"},
}
READ_CSV = "read_csv('{}', header=true, all_varchar=true, quote='\"', escape='\"', delim=',')"

checks = 0


def same(found, expected, where):
    global checks
    checks += 1
    if found != expected:
        sys.exit(f"{where}: found {found!r}, expected {expected!r}")


def check_table(folder, table):
    parquet, csv = folder / f"{table['name']}.parquet", folder / f"{table['name']}.csv"
    names = [c["name"] for c in table["columns"]]

    arrow = pq.read_table(parquet)
    metadata = pq.read_metadata(parquet)
    same(metadata.metadata[b"rapporteur.table"].decode(), table["name"], f"{parquet} metadata")
    same(metadata.created_by.startswith("rapporteur version "), True, f"{parquet} created_by")
    same(arrow.column_names, names, f"{parquet} in pyarrow")
    frame, pd = polars.read_parquet(parquet), pandas.read_parquet(parquet)
    db = {row[0]: row[1] for row in duckdb.sql(f"describe select * from '{parquet}'").fetchall()}
    text = polars.read_csv(csv, infer_schema=False)
    pd_text = pandas.read_csv(csv, dtype=str, keep_default_na=False)
    db_text = duckdb.sql(f"select * from {READ_CSV.format(csv)}")
    for reader, rows, columns in [
        ("polars", frame.height, frame.columns),
        ("pandas", len(pd), list(pd.columns)),
        ("duckdb", duckdb.sql(f"select count(*) from '{parquet}'").fetchall()[0][0], list(db)),
        ("polars csv", text.height, text.columns),
        ("pandas csv", len(pd_text), list(pd_text.columns)),
        ("duckdb csv", len(db_text), db_text.columns),
    ]:
        same(rows, arrow.num_rows, f"rows of {table['name']} in {reader}")
        same(columns, names, f"columns of {table['name']} in {reader}")
    for column in table["columns"]:
        name, kind = column["name"], column["type"]
        where = f"{table['name']}.{name}"
        field = arrow.schema.field(name)
        same(field.type, ARROW[kind], f"{where} in pyarrow")
        same(field.nullable, column["nullable"], f"{where} nullable")
        same(field.metadata[b"description"].decode(), column["description"], f"{where} description")
        same(frame.schema[name].base_type(), POLARS[kind], f"{where} in polars")
        same(db[name], DUCKDB[kind], f"{where} in duckdb")
        if arrow[name].null_count == 0:
            same(str(pd[name].dtype) in PANDAS[kind], True, f"{where} in pandas ({pd[name].dtype})")
        if kind in ("string", "cat"):
            values = ["" if v is None else v for v in arrow[name].to_pylist()]
            same(text[name].fill_null("").to_list(), values, f"{where} in csv by polars")
            same(pd_text[name].to_list(), values, f"{where} in csv by pandas")
            found = ["" if v is None else v for (v,) in db_text.project(f'"{name}"').fetchall()]
            same(found, values, f"{where} in csv by duckdb")


def texts(frame, names, key):
    """The rows as texts, the same whatever read them, ordered by the table's key."""
    frame = frame.select(polars.col(name).cast(polars.String) for name in names)
    return frame.sort(key)


def check_cut(folder, cut, table):
    name, key = table["name"], table["key"]
    names = [c["name"] for c in table["columns"]]
    parquet = cut / f"{name}.parquet"
    whole = polars.read_parquet(folder / f"{name}.parquet")
    rows = texts(whole, names, key)
    in_folders = any(path.is_dir() for path in parquet.iterdir())

    frame = polars.read_parquet(parquet, hive_partitioning=True)
    same(texts(frame, names, key).equals(rows), True, f"{name} in parts by polars")
    frame = polars.from_pandas(pandas.read_parquet(parquet, columns=names))
    same(texts(frame, [key[0]], key[0])[key[0]].to_list(), rows[key[0]].sort().to_list(), f"{name} in parts by pandas")
    same(len(pandas.read_parquet(parquet)), rows.height, f"rows of {name} in parts by pandas")
    pattern = f"{parquet}/**/*.parquet"
    relation = duckdb.sql(f"select * from read_parquet('{pattern}', hive_partitioning = {in_folders})")
    same(texts(relation.pl(), names, key).equals(rows), True, f"{name} in parts by duckdb")
    own = [column for column in relation.columns if column not in names]
    same([column.split("_")[0] for column in own], ["part"] * in_folders, f"columns of {name}")
    if own:
        counted = f"select count(*) from relation where \"{own[0]}\" is not null"
        same(duckdb.sql(counted).fetchall()[0][0] > 0, True, f"{own[0]} of {name} by duckdb")
    pattern = f"{cut}/{name}.csv/**/*.csv"
    text = duckdb.sql(f"select * from {READ_CSV.format(pattern)}").pl()
    keys = text.select(key).sort(key)
    same(keys.equals(rows.select(key).cast(polars.String).sort(key)), True, f"{name}.csv in parts by duckdb")

    types = {c["name"]: POLARS[c["type"]] for c in table["columns"]}
    types = {c: polars.String if t in (polars.Categorical, polars.Date) else t for c, t in types.items()}
    files = sorted((cut / f"{name}.jsonl").rglob("*.jsonl"))
    frame = polars.concat(polars.read_ndjson(path, schema=types) for path in files)
    same(texts(frame, names, key).equals(rows), True, f"{name}.jsonl in parts by polars")
    files = sorted((cut / f"{name}.arrow").rglob("*.arrow"))
    frame = polars.concat(texts(polars.read_ipc(path), names, key) for path in files)
    same(frame.sort(key).equals(rows), True, f"{name}.arrow in parts by polars")
    read = pa.concat_tables(pa.ipc.open_file(path).read_all() for path in files)
    same(texts(polars.from_arrow(read), names, key).equals(rows), True, f"{name}.arrow in parts by pyarrow")
    for column in table["columns"]:
        field = read.schema.field(column["name"])
        where = f"{name}.{column['name']} in arrow"
        is_open = column["type"] == "cat" and "values" not in column
        same(field.type, pa.string() if is_open else ARROW[column["type"]], where)
        same(field.nullable, column["nullable"], f"{where} nullable")
        same(field.metadata[b"description"].decode(), column["description"], f"{where} description")


def main():
    folder, schema = Path(sys.argv[1]), json.loads(Path(sys.argv[2]).read_text(encoding="utf-8"))
    for table in schema["tables"]:
        check_table(folder, table)
        if len(sys.argv) > 3:
            check_cut(folder, Path(sys.argv[3]), table)
    print(f"{checks} passed, 0 failed")


main()

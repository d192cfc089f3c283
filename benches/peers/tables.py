"""What the pipelines of this folder share: texts in, dates, and tables out."""

import argparse
import re
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

BATCH = 8 << 20  # Bytes of text that become one row group.

DOCUMENTS = pa.schema(
    {
        "doc_id": pa.string(),
        "text": pa.string(),
        "source_path": pa.string(),
        "char_count": pa.int32(),
        "sentence_count": pa.int32(),
        "mention_count": pa.int32(),
    }
)
SENTENCES = pa.schema(
    {
        "doc_id": pa.string(),
        "sentence_index": pa.int32(),
        "text": pa.string(),
        "char_start": pa.int32(),
        "char_end": pa.int32(),
    }
)
MENTIONS = pa.schema(
    {
        "doc_id": pa.string(),
        "sentence_index": pa.int32(),
        "kind": pa.string(),
        "text": pa.string(),
        "char_start": pa.int32(),
        "char_end": pa.int32(),
        "value": pa.string(),
    }
)
SCHEMAS = {"documents": DOCUMENTS, "sentences": SENTENCES, "mentions": MENTIONS}


def batches(folder):
    """Lists of (path below the folder, path) of all .txt, in order, of BATCH bytes each."""
    batch, size = [], 0
    for path in sorted(folder.rglob("*.txt")):
        batch.append((path.relative_to(folder).as_posix(), path))
        size += path.stat().st_size
        if size >= BATCH:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def date_expression():
    """Dates with a month's name, ISO dates, dates in figures, days of the week and years."""
    month = (
        r"(?:Jan(?:uary|\.)?|Feb(?:ruary|\.)?|Mar(?:ch|\.)?|Apr(?:il|\.)?|May|June?|July?"
        r"|Aug(?:ust|\.)?|Sept?(?:ember|\.)?|Oct(?:ober|\.)?|Nov(?:ember|\.)?|Dec(?:ember|\.)?)"
    )
    return re.compile(
        r"(?=[\dADFJMNOSTW])\b"  # A quick look, which halves the time.
        rf"(?:\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?{month}(?:,?\s+\d{{4}})?"
        rf"|{month}\s+\d{{1,2}}(?:st|nd|rd|th)?(?:,?\s+\d{{4}})?"
        rf"|{month},?\s+\d{{4}}"
        r"|\d{4}-\d\d-\d\d|\d{1,2}[/.]\d{1,2}[/.]\d{4}"
        r"|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
        r"|(?:19|20)\d\d)\b"
    )


class Columns:
    """The rows of a batch, column by column."""

    def __init__(self, schemas):
        self.schemas = schemas
        self.columns = {name: {c: [] for c in schema.names} for name, schema in schemas.items()}

    def add(self, table, **values):
        """Add rows to a table: a list for each column."""
        columns = self.columns[table]
        for column, rows in values.items():
            columns[column] += rows

    def add_document(self, source_path, text, sentences, mentions):
        """Add a document.

        Sentences are (start, end), mentions (start, end, kind, value), both in order.
        """
        doc_id = source_path.removesuffix(".txt")
        self.add(
            "documents",
            doc_id=[doc_id],
            text=[text],
            source_path=[source_path],
            char_count=[len(text)],
            sentence_count=[len(sentences)],
            mention_count=[len(mentions)],
        )
        self.add(
            "sentences",
            doc_id=[doc_id] * len(sentences),
            sentence_index=range(len(sentences)),
            text=[text[start:end] for start, end in sentences],
            char_start=[start for start, _ in sentences],
            char_end=[end for _, end in sentences],
        )
        places, place, last = [], 0, len(sentences) - 1
        for start, *_ in mentions:
            while place < last and sentences[place][1] <= start:
                place += 1
            places.append(place)
        self.add(
            "mentions",
            doc_id=[doc_id] * len(mentions),
            sentence_index=places,
            kind=[mention[2] for mention in mentions],
            text=[text[mention[0] : mention[1]] for mention in mentions],
            char_start=[mention[0] for mention in mentions],
            char_end=[mention[1] for mention in mentions],
            value=[mention[3] for mention in mentions],
        )

    def tables(self):
        """{name: Arrow table}."""
        return {
            name: pa.Table.from_pydict(self.columns[name], schema=schema)
            for name, schema in self.schemas.items()
        }


def arguments(description):
    """What every peer is told: where the texts are and where the tables go."""
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, metavar="FOLDER")
    parser.add_argument("out", type=Path, metavar="OUT")
    return parser


class Writer:
    """Parquet (zstd) and CSV files of all tables in a folder, batch by batch."""

    def __init__(self, out, schemas):
        out.mkdir(parents=True, exist_ok=True)
        self.files = {
            name: (
                pa.parquet.ParquetWriter(out / f"{name}.parquet", schema, compression="zstd"),
                pa.csv.CSVWriter(out / f"{name}.csv", schema),
            )
            for name, schema in schemas.items()
        }

    def write(self, tables):
        """Append {name: Arrow table}."""
        for name, table in tables.items():
            for file in self.files[name]:
                file.write_table(table)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for files in self.files.values():
            for file in files:
                file.close()

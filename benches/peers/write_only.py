#!/usr/bin/env python3
"""A pipeline that analyses nothing: reads texts, cuts them into lines, writes both.

    benches/peers/write_only.py FOLDER OUT

What a script with pyarrow takes at the least for documents and lines, as Parquet (zstd) and CSV.
"""

import pyarrow as pa
from tables import Columns, Writer, arguments, batches


def schemas():
    """{table: its columns}."""
    documents = {"doc_id": pa.string(), "text": pa.string(), "source_path": pa.string()}
    lines = {"doc_id": pa.string(), "line_index": pa.int32(), "text": pa.string()}
    return {"documents": pa.schema(documents), "lines": pa.schema(lines)}


def main():
    """The command line."""
    parser = arguments(__doc__)
    args = parser.parse_args()
    with Writer(args.out, schemas()) as writer:
        for batch in batches(args.folder):
            columns = Columns(schemas())
            for source_path, path in batch:
                text = path.read_bytes().decode("utf-8", "replace")
                doc_id, lines = source_path.removesuffix(".txt"), text.splitlines()
                columns.add("documents", doc_id=[doc_id], text=[text], source_path=[source_path])
                ids, places = [doc_id] * len(lines), range(len(lines))
                columns.add("lines", doc_id=ids, line_index=places, text=lines)
            writer.write(columns.tables())


if __name__ == "__main__":
    main()

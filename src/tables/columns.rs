//! The columns of the five tables.

use super::{Column, Fill, Reference, Rule, Table, push_number};
use crate::layout::BlockKind;
use crate::mentions::codebook::{ENTITY_KINDS, Entity, SIDES};
use crate::mentions::{
    EntityRef, Figure, Mention, MentionKind, Method, Outcome, Reference as TimeReference,
};
use crate::metadata::{Genre, Precision, PublishedSource};
use crate::near;
use crate::pipeline::{Analysis, AuditBlock, Document, Sentence};

/// A row of `documents`.
pub struct DocumentRow<'a> {
    /// The file it stands in.
    pub file: &'a Analysis<'a>,
    /// The document.
    pub document: &'a Document<'a>,
}

/// A row of `sentences`.
pub struct SentenceRow<'a> {
    /// The document it stands in.
    pub document: &'a Document<'a>,
    /// Which of its sentences.
    pub index: usize,
}

/// A row of `mentions`.
pub struct MentionRow<'a> {
    /// The document it stands in.
    pub document: &'a Document<'a>,
    /// Which of its mentions.
    pub index: usize,
}

/// A row of `entities`.
pub struct EntityRow<'a> {
    /// The entity.
    pub entity: &'a Entity,
    /// Its aliases, '; ' between.
    pub aliases: String,
    /// Mentions in the dataset.
    pub mentions: i32,
    /// Documents that mention it.
    pub documents: i32,
}

/// A row of `blocks`.
pub struct BlockRow<'a> {
    /// The file it stands in.
    pub file: &'a Analysis<'a>,
    /// Which of its blocks.
    pub index: usize,
}

impl<'a> SentenceRow<'a> {
    fn get(&self) -> &'a Sentence {
        &self.document.sentences[self.index]
    }
}

impl<'a> MentionRow<'a> {
    fn get(&self) -> &'a Mention<'a> {
        &self.document.mentions[self.index]
    }

    fn figure(&self) -> Option<&'a Figure<'a>> {
        self.get().figure.as_deref()
    }

    /// Index of the total that it is a part of.
    fn total(&self) -> Option<usize> {
        self.figure()?.part_of.and_then(|span| self.document.mention_at(span))
    }
}

impl<'a> BlockRow<'a> {
    fn get(&self) -> &'a AuditBlock<'a> {
        &self.file.blocks[self.index]
    }
}

/// Lengths and positions are below 2 GiB, see [`crate::clean::MAX_TEXT`].
fn int32(n: impl TryInto<i32>) -> i32 {
    n.try_into().unwrap_or(i32::MAX)
}

fn write_id(out: &mut String, document: &Document<'_>, letter: char, index: usize) {
    out.push_str(&document.doc_id);
    out.push('-');
    out.push(letter);
    push_number(out, index as i64 + 1, 4);
}

const NOT_NEGATIVE: &[Rule] = &[Rule::Min(0.0)];

const fn text<T: Table>(name: &'static str, fill: Fill<T>, doc: &'static str) -> Column<T> {
    Column { name, fill, doc, unit: "", rules: &[] }
}

const fn count<T: Table>(
    name: &'static str,
    fill: Fill<T>,
    unit: &'static str,
    doc: &'static str,
) -> Column<T> {
    Column { name, fill, doc, unit, rules: NOT_NEGATIVE }
}

fn block_kinds() -> Vec<&'static str> {
    BlockKind::ALL.iter().map(|k| k.as_str()).collect()
}

fn kept_kinds() -> Vec<&'static str> {
    BlockKind::ALL.iter().filter(|k| k.is_kept()).map(|k| k.as_str()).collect()
}

fn mention_kinds() -> Vec<&'static str> {
    MentionKind::ALL.iter().map(|k| k.as_str()).collect()
}

fn sides() -> Vec<&'static str> {
    SIDES.to_vec()
}

const DOC_ID: Reference = Reference { column: "doc_id", table: "documents", key: "doc_id" };

/// `documents`: the texts with what is known of them.
pub struct Documents;

impl Table for Documents {
    type Row<'a> = DocumentRow<'a>;
    const NAME: &'static str = "documents";
    const DOC: &'static str = "one row a document: its text and what is known of it";
    const KEY: &'static [&'static str] = &["doc_id"];
    const REFERS: &'static [Reference] =
        &[Reference { column: "duplicate_of", table: "documents", key: "doc_id" }];
    const COLUMNS: &'static [Column<Self>] = &[
        text(
            "doc_id",
            Fill::Text(|r| &r.document.doc_id),
            "source path without extension, '-', number of the document in its file from 1",
        ),
        text(
            "text",
            Fill::Text(|r| &r.document.text),
            "the content: blocks that are kept, each paragraph on one line, blank line between blocks",
        ),
        text(
            "source_path",
            Fill::Text(|r| &r.file.source_path),
            "path of the raw file below RAW_DIR, '/' between folders",
        ),
        Column {
            name: "source_sha256",
            fill: Fill::Text(|r| &r.file.sha256),
            doc: "SHA-256 of the raw file's bytes, lower-case hexadecimal",
            unit: "",
            rules: &[Rule::Pattern("[0-9a-f]{64}")],
        },
        text(
            "source_encoding",
            Fill::Category(|r| r.file.encoding),
            "what the bytes were decoded as (WHATWG name)",
        ),
        count(
            "raw_start",
            Fill::Offset(|r| r.document.raw.start.into()),
            "bytes",
            "where the document begins in the raw file, from 0",
        ),
        count(
            "raw_end",
            Fill::Offset(|r| r.document.raw.end.into()),
            "bytes",
            "one past its last byte in the raw file",
        ),
        text(
            "title",
            Fill::MaybeText(|r| r.document.metadata.title.as_deref()),
            "headline; null where the text has none",
        ),
        text(
            "author",
            Fill::MaybeText(|r| r.document.metadata.author.as_deref()),
            "person or persons who signed it, '; ' between",
        ),
        text(
            "publisher",
            Fill::MaybeText(|r| r.document.metadata.publisher.as_deref()),
            "who issued it",
        ),
        text(
            "section",
            Fill::MaybeText(|r| r.document.metadata.section.as_deref()),
            "column, rubric or series",
        ),
        text(
            "issue",
            Fill::MaybeText(|r| r.document.metadata.issue.as_deref()),
            "issue number of a periodical",
        ),
        text(
            "url",
            Fill::MaybeText(|r| r.document.metadata.url.as_deref()),
            "where it was published",
        ),
        text(
            "published",
            Fill::Day(|r| r.document.metadata.published.map(|p| p.date)),
            "publication date; a date of lower precision is its first day",
        ),
        text(
            "published_precision",
            Fill::MaybeChoice(
                || Precision::ALL.iter().map(|p| p.as_str()).collect(),
                |r| r.document.metadata.published.map(|p| p.precision.as_str()),
            ),
            "how exactly the publication date is known",
        ),
        text(
            "published_source",
            Fill::Choice(
                || PublishedSource::ALL.iter().map(|s| s.as_str()).collect(),
                |r| r.document.metadata.published_source.as_str(),
            ),
            "what the publication date was read from",
        ),
        text(
            "published_not_before",
            Fill::Day(|r| r.document.metadata.published_not_before),
            "for undated texts: the latest day that the text speaks of as past",
        ),
        text(
            "genre",
            Fill::MaybeChoice(
                || Genre::ALL.iter().map(|g| g.as_str()).collect(),
                |r| r.document.metadata.genre.map(Genre::as_str),
            ),
            "kind of text",
        ),
        text(
            "language",
            Fill::Category(|r| &r.document.metadata.language),
            "BCP 47 tag, 'und' where it can't be told",
        ),
        count(
            "char_count",
            Fill::Count(|r| int32(r.document.char_at(int32(r.document.text.len()).unsigned_abs()))),
            "code points",
            "length of text",
        ),
        count(
            "word_count",
            Fill::Count(|r| int32(r.document.word_count)),
            "words",
            "stretches of text between white space that hold a letter or digit",
        ),
        count(
            "paragraph_count",
            Fill::Count(|r| int32(r.document.paragraph_count)),
            "blocks",
            "kept blocks, which a blank line parts in text",
        ),
        count(
            "sentence_count",
            Fill::Count(|r| int32(r.document.sentences.len())),
            "sentences",
            "rows of sentences that belong to it",
        ),
        count(
            "mention_count",
            Fill::Count(|r| int32(r.document.mentions.len())),
            "mentions",
            "rows of mentions that belong to it",
        ),
        text(
            "duplicate_of",
            Fill::MaybeText(|r| Some(&r.document.duplicate.as_ref()?.doc_id)),
            "the first document before it, in row order, that it nearly repeats",
        ),
        Column {
            name: "similarity",
            fill: Fill::Number(|r| Some(r.document.duplicate.as_ref()?.similarity)),
            doc: "of a near-duplicate: Jaccard similarity of the word 5-grams of both texts",
            unit: "",
            rules: &[Rule::Min(near::LEAST), Rule::Max(1.0)],
        },
    ];
    fn docvar<'r>(row: &'r DocumentRow<'_>, i: usize) -> Option<&'r str> {
        row.document.docvars.get(i)?.as_deref()
    }
}

/// `sentences`: what statistics stand on.
pub struct Sentences;

impl Table for Sentences {
    type Row<'a> = SentenceRow<'a>;
    const NAME: &'static str = "sentences";
    const DOC: &'static str = "one row a sentence of a document's text";
    const KEY: &'static [&'static str] = &["sentence_id"];
    const REFERS: &'static [Reference] = &[DOC_ID];
    const COLUMNS: &'static [Column<Self>] = &[
        text(
            "sentence_id",
            Fill::Built(|r, out| write_id(out, r.document, 's', r.index)),
            "doc_id, '-s', number from 1 padded to 4 digits",
        ),
        text("doc_id", Fill::Text(|r| &r.document.doc_id), "the document it stands in"),
        count(
            "sentence_index",
            Fill::Count(|r| int32(r.index)),
            "",
            "number in the document, from 0",
        ),
        count(
            "paragraph_index",
            Fill::Count(|r| int32(r.get().paragraph)),
            "",
            "number of the block of documents.text that it stands in, from 0",
        ),
        text(
            "kind",
            Fill::Choice(kept_kinds, |r| r.get().kind.as_str()),
            "kind of the block that it stands in",
        ),
        text(
            "section_heading",
            Fill::MaybeText(|r| r.get().heading.map(|span| span.of(&r.document.text))),
            "the heading above it",
        ),
        text(
            "text",
            Fill::Text(|r| r.get().span.of(&r.document.text)),
            "the sentence: documents.text[char_start:char_end]",
        ),
        count(
            "char_start",
            Fill::Count(|r| int32(r.document.char_at(r.get().span.start))),
            "code points",
            "where it begins in documents.text, from 0",
        ),
        count(
            "char_end",
            Fill::Count(|r| int32(r.document.char_at(r.get().span.end))),
            "code points",
            "one past its last code point in documents.text",
        ),
        count(
            "raw_start",
            Fill::Offset(|r| r.document.origin.to_raw(r.get().span).start.into()),
            "bytes",
            "where it begins in the raw file, from 0",
        ),
        count(
            "raw_end",
            Fill::Offset(|r| r.document.origin.to_raw(r.get().span).end.into()),
            "bytes",
            "one past its last byte in the raw file",
        ),
        count(
            "word_count",
            Fill::Count(|r| int32(r.get().word_count)),
            "words",
            "stretches of text between white space that hold a letter or digit",
        ),
        count(
            "mention_count",
            Fill::Count(|r| int32(r.get().mention_count)),
            "mentions",
            "rows of mentions that stand in it",
        ),
    ];
}

/// `mentions`: who, where, what, when and how many.
pub struct Mentions;

impl Table for Mentions {
    type Row<'a> = MentionRow<'a>;
    const NAME: &'static str = "mentions";
    const DOC: &'static str =
        "one row a mention: a name, date or quantity in a document's text; mentions do not overlap";
    const KEY: &'static [&'static str] = &["mention_id"];
    const REFERS: &'static [Reference] = &[
        DOC_ID,
        Reference { column: "sentence_id", table: "sentences", key: "sentence_id" },
        Reference { column: "entity_id", table: "entities", key: "entity_id" },
        Reference { column: "part_of", table: "mentions", key: "mention_id" },
    ];
    const COLUMNS: &'static [Column<Self>] = &[
        text(
            "mention_id",
            Fill::Built(|r, out| write_id(out, r.document, 'm', r.index)),
            "doc_id, '-m', number from 1 padded to 4 digits",
        ),
        text("doc_id", Fill::Text(|r| &r.document.doc_id), "the document it stands in"),
        text(
            "sentence_id",
            Fill::Built(|r, out| {
                write_id(out, r.document, 's', r.document.sentence_of(r.index));
            }),
            "the sentence it stands in",
        ),
        count(
            "mention_index",
            Fill::Count(|r| int32(r.index)),
            "",
            "number in the document, from 0",
        ),
        text("kind", Fill::Choice(mention_kinds, |r| r.get().kind.as_str()), "what is mentioned"),
        text(
            "text",
            Fill::Text(|r| r.get().span.of(&r.document.text)),
            "without a leading article, title of a person, or possessive 's",
        ),
        count(
            "char_start",
            Fill::Count(|r| int32(r.document.char_at(r.get().span.start))),
            "code points",
            "where it begins in documents.text, from 0",
        ),
        count(
            "char_end",
            Fill::Count(|r| int32(r.document.char_at(r.get().span.end))),
            "code points",
            "one past its last code point in documents.text",
        ),
        count(
            "raw_start",
            Fill::Offset(|r| r.document.origin.to_raw(r.get().span).start.into()),
            "bytes",
            "where it begins in the raw file, from 0",
        ),
        count(
            "raw_end",
            Fill::Offset(|r| r.document.origin.to_raw(r.get().span).end.into()),
            "bytes",
            "one past its last byte in the raw file",
        ),
        text(
            "entity_id",
            Fill::MaybeText(|r| r.get().entity.as_ref().map(EntityRef::id)),
            "the entity it was linked to",
        ),
        text(
            "role",
            Fill::MaybeText(|r| r.get().role.map(|span| span.of(&r.document.text))),
            "of a person: the title or office stated right before or after the name",
        ),
        text(
            "value",
            Fill::MaybeText(|r| r.figure().map(|f| f.value.as_str())),
            "of dates, times, durations and sets: the TIMEX3 value; of quantities: the number in digits",
        ),
        text(
            "date_start",
            Fill::Day(|r| r.figure()?.date_start),
            "first day of a date that resolves",
        ),
        text("date_end", Fill::Day(|r| r.figure()?.date_end), "last day of a date that resolves"),
        text(
            "number_low",
            Fill::Number(|r| r.figure()?.number_low),
            "least number: 'more than 20' is 20, 'dozens' 24, '20 to 30' 20",
        ),
        text(
            "number_high",
            Fill::Number(|r| r.figure()?.number_high),
            "greatest number: null for 'more than 20' and 'dozens', 30 for '20 to 30'",
        ),
        text(
            "unit",
            Fill::MaybeCategory(|r| r.figure()?.unit.as_deref()),
            "of quantities: people, groups, percent, a currency (ISO 4217), a measure (km, years of age, ...)",
        ),
        text(
            "outcome",
            Fill::MaybeChoice(
                || Outcome::ALL.iter().map(|o| o.as_str()).collect(),
                |r| r.figure()?.outcome.map(Outcome::as_str),
            ),
            "of quantities: what happened to those who are counted",
        ),
        text(
            "method",
            Fill::Choice(
                || Method::ALL.iter().map(|m| m.as_str()).collect(),
                |r| r.get().method.as_str(),
            ),
            "how it was found",
        ),
        text(
            "rule",
            Fill::Text(|r| &r.get().rule),
            "id of the rule, or of the codebook's line, that made it",
        ),
        text(
            "modifier",
            Fill::MaybeCategory(|r| r.figure()?.modifier),
            "of times: the TIMEX3 modifier, such as START, MID, END, APPROX, BEFORE, AFTER",
        ),
        text(
            "reference",
            Fill::MaybeChoice(
                || TimeReference::ALL.iter().map(|r| r.as_str()).collect(),
                |r| r.figure()?.reference.map(TimeReference::as_str),
            ),
            "of times: what a relative one was resolved against",
        ),
        text(
            "counted",
            Fill::MaybeText(|r| r.figure()?.counted.map(|span| span.of(&r.document.text))),
            "of quantities: the noun phrase counted",
        ),
        text(
            "part_of",
            Fill::MaybeBuilt(|r, out| {
                if let Some(total) = r.total() {
                    write_id(out, r.document, 'm', total);
                }
            }),
            "of quantities: the total, a mention of its own, that this one is a part of",
        ),
        text(
            "note",
            Fill::MaybeText(|r| r.figure()?.note.as_deref()),
            "what to know before using it, such as a weekday that contradicts its date",
        ),
    ];
}

/// `entities`: who and what the mentions speak of.
pub struct Entities;

fn entity_kinds() -> Vec<&'static str> {
    ENTITY_KINDS.iter().map(|k| k.as_str()).collect()
}

fn side(entity: &Entity) -> Option<&'static str> {
    let own = entity.side.as_deref()?;
    SIDES.iter().find(|s| **s == own).copied()
}

impl Table for Entities {
    type Row<'a> = EntityRow<'a>;
    const NAME: &'static str = "entities";
    const DOC: &'static str = "one row an entity that has at least one mention";
    const KEY: &'static [&'static str] = &["entity_id"];
    const REFERS: &'static [Reference] = &[];
    const COLUMNS: &'static [Column<Self>] = &[
        text("entity_id", Fill::Text(|r| &r.entity.id), "stable slug"),
        text("name", Fill::Text(|r| &r.entity.name), "usual English name"),
        text(
            "kind",
            Fill::Choice(entity_kinds, |r| r.entity.kind.as_str()),
            "what it is, as in mentions.kind",
        ),
        text("side", Fill::MaybeChoice(sides, |r| side(r.entity)), "whose side it is on"),
        Column {
            name: "country",
            fill: Fill::MaybeCategory(|r| r.entity.country.as_deref()),
            doc: "country it belongs to, ISO 3166-1 alpha-3",
            unit: "",
            rules: &[Rule::Pattern("[A-Z]{3}")],
        },
        Column {
            name: "latitude",
            fill: Fill::Number(|r| r.entity.latitude),
            doc: "of places, WGS 84",
            unit: "degrees",
            rules: &[Rule::Min(-90.0), Rule::Max(90.0)],
        },
        Column {
            name: "longitude",
            fill: Fill::Number(|r| r.entity.longitude),
            doc: "of places, WGS 84",
            unit: "degrees",
            rules: &[Rule::Min(-180.0), Rule::Max(180.0)],
        },
        text(
            "wikipedia",
            Fill::MaybeText(|r| r.entity.wikipedia.as_deref()),
            "title of its article in the English Wikipedia",
        ),
        text("aliases", Fill::Built(|r, out| out.push_str(&r.aliases)), "its names, '; ' between"),
        Column {
            name: "mention_count",
            fill: Fill::Count(|r| r.mentions),
            doc: "rows of mentions that are linked to it",
            unit: "mentions",
            rules: &[Rule::Min(1.0)],
        },
        Column {
            name: "document_count",
            fill: Fill::Count(|r| r.documents),
            doc: "documents that mention it",
            unit: "documents",
            rules: &[Rule::Min(1.0)],
        },
    ];
}

/// `blocks`: the audit of every raw byte.
pub struct Blocks;

impl Table for Blocks {
    type Row<'a> = BlockRow<'a>;
    const NAME: &'static str = "blocks";
    const DOC: &'static str = "one row a block of a raw file, in raw order and not overlapping; what no block covers is white space";
    const KEY: &'static [&'static str] = &["source_path", "block_index"];
    const REFERS: &'static [Reference] = &[DOC_ID];
    const COLUMNS: &'static [Column<Self>] = &[
        text(
            "source_path",
            Fill::Text(|r| &r.file.source_path),
            "path of the raw file below RAW_DIR, '/' between folders",
        ),
        count("block_index", Fill::Count(|r| int32(r.index)), "", "number in the file, from 0"),
        text(
            "doc_id",
            Fill::MaybeText(|r| {
                let document = r.get().document?;
                Some(r.file.documents.get(document as usize)?.doc_id.as_str())
            }),
            "the document it belongs to; null for blocks outside every document",
        ),
        text("kind", Fill::Choice(block_kinds, |r| r.get().kind.as_str()), "what it is"),
        text("kept", Fill::Flag(|r| r.get().kind.is_kept()), "whether it stands in documents.text"),
        text("rule", Fill::Category(|r| r.get().rule), "the rule that decided its kind"),
        count(
            "raw_start",
            Fill::Offset(|r| r.get().raw.start.into()),
            "bytes",
            "where it begins in the raw file, from 0",
        ),
        count(
            "raw_end",
            Fill::Offset(|r| r.get().raw.end.into()),
            "bytes",
            "one past its last byte in the raw file",
        ),
        text("text", Fill::Text(|r| r.file.block_text(r.index)), "decoded, white space folded"),
    ];
}

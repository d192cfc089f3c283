//! The five stages for one file.
//!
//! In: the bytes of a raw file and what the sidecar says of it. Out: an [`Analysis`], which holds all
//! that the tables say of the file. Only the first stage can fail, where the bytes are no text.

use rayon::prelude::*;

use crate::clean::{self, NotText};
use crate::data::Data;
use crate::document::{self, Assembled};
use crate::layout::{self, Block, BlockKind};
use crate::mentions::{self, Mention};
use crate::metadata::{self, Metadata, PublishedSource};
use crate::near::Duplicate;
use crate::repeated::Repeated;
use crate::source::{self, RawBytes, SidecarRow};
use crate::text::{Alignment, CharIndex, RawSpan, Span};

/// What the stages made of one raw file.
#[derive(Debug)]
pub struct Analysis<'d> {
    /// Path below the raw folder.
    pub source_path: String,
    /// SHA-256 of its bytes.
    pub sha256: String,
    /// Its size in bytes.
    pub size: usize,
    /// What it was decoded as.
    pub encoding: &'static str,
    /// Every block, in order.
    pub blocks: Vec<AuditBlock<'d>>,
    /// The documents in it, in order.
    pub documents: Vec<Document<'d>>,
    /// The texts of the removed blocks, one after the other.
    removed: String,
}

impl Analysis<'_> {
    /// The text of block number `index`: decoded, white space folded.
    #[must_use]
    pub fn block_text(&self, index: usize) -> &str {
        let block = &self.blocks[index];
        match block.document.and_then(|d| self.documents.get(d as usize)) {
            Some(document) if block.kind.is_kept() => block.text.of(&document.text),
            _ => block.text.of(&self.removed),
        }
    }
}

/// A block of a raw file, kept or removed.
#[derive(Debug)]
pub struct AuditBlock<'d> {
    /// What it is.
    pub kind: BlockKind,
    /// The rule that decided its kind.
    pub rule: &'d str,
    /// Index of its document in [`Analysis::documents`].
    pub document: Option<u32>,
    /// Its bytes in the raw file.
    pub raw: RawSpan,
    /// In the document's text if it is kept, else in the removed texts.
    text: Span,
}

/// A document with all that was found in it.
#[derive(Debug)]
pub struct Document<'d> {
    /// Its id.
    pub doc_id: String,
    /// Its content.
    pub text: String,
    /// From `text` to bytes of the raw file.
    pub origin: Alignment,
    /// Its range in the raw file.
    pub raw: RawSpan,
    /// What is known of it.
    pub metadata: Metadata,
    /// The sidecar's further columns.
    pub docvars: Vec<Option<String>>,
    /// Its sentences, in order.
    pub sentences: Vec<Sentence>,
    /// Its mentions, in order, each inside one sentence.
    pub mentions: Vec<Mention<'d>>,
    /// Words in `text`.
    pub word_count: usize,
    /// Kept blocks.
    pub paragraph_count: usize,
    /// The first document of the run that it nearly repeats; none as long as it is alone.
    pub duplicate: Option<Duplicate>,
    chars: CharIndex,
}

impl Document<'_> {
    /// The number of code points of `text` before byte `at`.
    #[must_use]
    pub fn char_at(&self, at: u32) -> u32 {
        self.chars.chars_before(&self.text, at)
    }

    /// Index of the mention with exactly this span.
    #[must_use]
    pub fn mention_at(&self, span: Span) -> Option<usize> {
        let at = self.mentions.binary_search_by_key(&span.start, |m| m.span.start).ok()?;
        (self.mentions[at].span == span).then_some(at)
    }

    /// Index of the sentence that mention number `index` stands in.
    #[must_use]
    pub fn sentence_of(&self, index: usize) -> usize {
        sentence_at(&self.sentences, self.mentions[index].span.start)
    }
}

fn sentence_at(sentences: &[Sentence], at: u32) -> usize {
    sentences.partition_point(|s| s.span.start <= at).saturating_sub(1)
}

/// A sentence of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sentence {
    /// In the document's text.
    pub span: Span,
    /// Kind of its block.
    pub kind: BlockKind,
    /// Which kept block of the document it stands in, from 0.
    pub paragraph: u32,
    /// The heading above it, in the document's text.
    pub heading: Option<Span>,
    /// Its words.
    pub word_count: usize,
    /// Mentions that stand in it.
    pub mention_count: usize,
}

/// Takes one file through the five stages.
///
/// # Errors
///
/// If its bytes are not text.
pub fn analyse<'d>(
    source_path: &str,
    raw: &RawBytes,
    sidecar: Option<&SidecarRow>,
    data: &'d Data,
) -> Result<Analysis<'d>, NotText> {
    let clean = clean::clean(&raw.bytes)?;
    Ok(analyse_among(source_path, raw, &clean, sidecar, data, &Repeated::default()))
}

/// Takes one cleaned file of a run through the stages that follow; `repeated` knows the lines that
/// stand in many files of it.
#[must_use]
pub fn analyse_among<'d>(
    source_path: &str,
    raw: &RawBytes,
    clean: &clean::Text<'_>,
    sidecar: Option<&SidecarRow>,
    data: &'d Data,
    repeated: &Repeated,
) -> Analysis<'d> {
    let layout = layout::layout_among(&clean.text, &data.layout, &|line| repeated.has(line));
    let id = sidecar.and_then(|row| row.id.clone());
    let stem = id.unwrap_or_else(|| source::stem(source_path));
    let mut own: Vec<Vec<&Block<'_>>> = vec![Vec::new(); layout.documents as usize];
    for block in &layout.blocks {
        if let Some(blocks) = block.document.and_then(|d| own.get_mut(d as usize)) {
            blocks.push(block);
        }
    }
    // A large file among small ones leaves no core idle if it holds several documents.
    let made = (0..layout.documents).into_par_iter().zip(own).map(|(number, blocks)| {
        let assembled = document::assemble(&clean.text, &blocks);
        let mut metadata =
            metadata::metadata(&clean.text, &layout, number, &assembled.text, &data.metadata);
        if let Some(row) = sidecar {
            overrule(&mut metadata, row);
        }
        let ends = blocks.first().zip(blocks.last());
        let span = ends.map_or(Span::default(), |(first, last)| Span {
            start: first.span.start,
            end: last.span.end,
        });
        let kinds: Vec<BlockKind> = blocks.iter().map(|b| b.kind).filter(|k| k.is_kept()).collect();
        let paragraphs = assembled.paragraphs.clone();
        let document = make_document(
            format!("{stem}-{}", number + 1),
            assembled,
            &kinds,
            clean.origin.to_raw(span),
            &clean.origin,
            metadata,
            sidecar.map(|row| row.docvars.clone()).unwrap_or_default(),
            data,
        );
        (document, paragraphs)
    });
    let (documents, paragraphs): (Vec<_>, Vec<Vec<Span>>) = made.unzip();
    let mut removed = String::new();
    let mut paragraphs = paragraphs.into_iter().flatten();
    let blocks = layout
        .blocks
        .iter()
        .map(|block| {
            let is_kept = block.kind.is_kept() && block.document.is_some();
            let kept = is_kept.then(|| paragraphs.next()).flatten();
            AuditBlock {
                kind: block.kind,
                rule: block.rule,
                document: block.document,
                raw: clean.origin.to_raw(block.span),
                text: kept.unwrap_or_else(|| {
                    let start = removed.len();
                    removed.push_str(&document::folded(&clean.text, block));
                    Span::new(start, removed.len())
                }),
            }
        })
        .collect();
    Analysis {
        source_path: source_path.to_owned(),
        sha256: raw.sha256.clone(),
        size: raw.bytes.len(),
        encoding: clean.encoding,
        blocks,
        documents,
        removed,
    }
}

#[allow(clippy::too_many_arguments, reason = "each is one fact of the document")]
fn make_document<'d>(
    doc_id: String,
    assembled: Assembled,
    kinds: &[BlockKind],
    raw: RawSpan,
    clean_origin: &Alignment,
    metadata: Metadata,
    docvars: Vec<Option<String>>,
    data: &'d Data,
) -> Document<'d> {
    let Assembled { text, origin, paragraphs } = assembled;
    let spans = data.splitter.split(&text, &metadata.language);
    let published = metadata.published.filter(|p| p.precision == metadata::Precision::Day);
    let input = mentions::Input {
        text: &text,
        sentences: &spans,
        published: published.map(|p| p.date),
        language: &metadata.language,
    };
    let mut mentions = mentions::find(&input, &data.mentions);
    mentions.shrink_to_fit();
    let mut sentences = place(&text, &spans, &paragraphs, kinds);
    for mention in &mentions {
        let at = sentence_at(&sentences, mention.span.start);
        if let Some(sentence) = sentences.get_mut(at) {
            sentence.mention_count += 1;
        }
    }
    Document {
        doc_id,
        origin: clean_origin.then_first(&origin, text.len()),
        raw,
        metadata,
        docvars,
        sentences,
        mentions,
        word_count: document::count_words(&text),
        paragraph_count: paragraphs.len(),
        duplicate: None,
        chars: CharIndex::new(&text),
        text,
    }
}

/// Gives every sentence its block and the heading above it.
fn place(text: &str, spans: &[Span], paragraphs: &[Span], kinds: &[BlockKind]) -> Vec<Sentence> {
    let mut heading = None;
    let mut paragraph = 0;
    spans
        .iter()
        .map(|&span| {
            while paragraphs.get(paragraph).is_some_and(|p| p.end <= span.start) {
                if kinds.get(paragraph) == Some(&BlockKind::Heading) {
                    heading = paragraphs.get(paragraph).copied();
                }
                paragraph += 1;
            }
            Sentence {
                span,
                kind: kinds.get(paragraph).copied().unwrap_or(BlockKind::Paragraph),
                paragraph: u32::try_from(paragraph).unwrap_or(u32::MAX),
                heading,
                word_count: document::count_words(span.of(text)),
                mention_count: 0,
            }
        })
        .collect()
}

/// What the sidecar says wins over what the text says.
fn overrule(metadata: &mut Metadata, row: &SidecarRow) {
    fn set(field: &mut Option<String>, value: Option<&String>) {
        if let Some(value) = value {
            *field = Some(value.clone());
        }
    }
    set(&mut metadata.title, row.title.as_ref());
    set(&mut metadata.author, row.author.as_ref());
    set(&mut metadata.publisher, row.publisher.as_ref());
    set(&mut metadata.section, row.section.as_ref());
    set(&mut metadata.issue, row.issue.as_ref());
    set(&mut metadata.url, row.url.as_ref());
    if let Some(published) = row.published {
        metadata.published = Some(published);
        metadata.published_source = PublishedSource::Metadata;
        metadata.published_not_before = None;
    }
    if let Some(genre) = row.genre {
        metadata.genre = Some(genre);
    }
    if let Some(language) = &row.language {
        metadata.language.clone_from(language);
    }
}

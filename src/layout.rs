//! Stage 2: reads a file as blocks with kinds, and finds the documents in it.
//!
//! In: the clean text of one file (line ends are `\n`, no-break spaces are blanks, a form feed may
//! stand between pages) and the [`LayoutRules`]. Out: a [`Layout`] whose blocks stand in order, do
//! not overlap, and together cover every byte that is not white space exactly once. Every block
//! names the rule that decided its kind.
//!
//! Running prose is content unless a rule says otherwise, and the rules ask for form, place and cue
//! together: a line dropped wrongly costs more than a line kept wrongly.
//!
//! Lines are joined to paragraphs (`paragraphs`), measured (`pieces`), cut into articles
//! (`documents`) and given kinds (`kinds`).

mod datelines;
mod documents;
mod kinds;
mod lines;
mod paragraphs;
mod pieces;
mod rules;
mod titles;

pub use rules::{LayoutRules, RuleError};

use crate::text::Span;
use std::ops::Range;

/// What a block of a raw file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BlockKind {
    /// The headline of a document.
    Title,
    /// A heading inside a document, or a line beside its title.
    Heading,
    /// Running text, a verse, a row of a table.
    Paragraph,
    /// What is written under a picture or figure.
    Caption,
    /// An item of a list.
    ListItem,
    /// Who wrote it.
    Byline,
    /// Where and when it was written or published.
    Dateline,
    /// Where it was taken from.
    SourceNote,
    /// Menus, links, separators, comments: what a page has around the text.
    Navigation,
    /// Advertisements, appeals, invitations to subscribe.
    Promotion,
    /// Who the author is.
    AuthorBio,
    /// Copyright lines, page numbers, disclaimers.
    Footer,
    /// A paragraph that stood in the same document before.
    Duplicate,
}

impl BlockKind {
    /// Every kind, content first.
    pub const ALL: &[Self] = &[
        Self::Title,
        Self::Heading,
        Self::Paragraph,
        Self::Caption,
        Self::ListItem,
        Self::Byline,
        Self::Dateline,
        Self::SourceNote,
        Self::Navigation,
        Self::Promotion,
        Self::AuthorBio,
        Self::Footer,
        Self::Duplicate,
    ];

    /// The word that the dataset uses.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Heading => "heading",
            Self::Paragraph => "paragraph",
            Self::Caption => "caption",
            Self::ListItem => "list_item",
            Self::Byline => "byline",
            Self::Dateline => "dateline",
            Self::SourceNote => "source_note",
            Self::Navigation => "navigation",
            Self::Promotion => "promotion",
            Self::AuthorBio => "author_bio",
            Self::Footer => "footer",
            Self::Duplicate => "duplicate",
        }
    }

    /// Whether such blocks stand in the text of their document.
    pub const fn is_kept(self) -> bool {
        matches!(
            self,
            Self::Title | Self::Heading | Self::Paragraph | Self::Caption | Self::ListItem
        )
    }

    /// Whether such blocks belong to the page and not to a document on it.
    const fn is_outside(self) -> bool {
        matches!(self, Self::Navigation | Self::Promotion | Self::AuthorBio)
    }
}

/// A stretch of a file that is one thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block<'r> {
    /// Bytes of the given text, from the first to the last that is not white space.
    pub span: Span,
    /// What it is.
    pub kind: BlockKind,
    /// The id of the rule that decided so.
    pub rule: &'r str,
    /// The document it belongs to, from 0 in the file; none for what belongs to the page.
    pub document: Option<u32>,
    /// What to leave out of the block's text, in order and inside `span`: a hyphen and line break
    /// in mid-word (or the break alone, where the hyphen is the word's own), a page number in
    /// mid-sentence. What stays around it is folded as ever.
    pub hyphens: Vec<Span>,
}

/// A file as blocks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Layout<'r> {
    /// In order; every byte of the text that is not white space stands in exactly one.
    pub blocks: Vec<Block<'r>>,
    /// How many documents the file holds; each has at least one block that is kept.
    pub documents: u32,
    /// Of every document, its first block and one past its last.
    extents: Vec<(usize, usize)>,
}

impl<'r> Layout<'r> {
    /// The indices of a document's first block and one past its last; blocks of the page may stand
    /// between them. Empty for a document that the file does not have.
    #[must_use]
    pub fn extent(&self, document: u32) -> Range<usize> {
        self.extents.get(document as usize).map_or(0..0, |&(first, end)| first..end)
    }

    /// The blocks around a document that belong to no other one, itself included.
    #[must_use]
    pub fn surroundings(&self, document: u32) -> &[Block<'r>] {
        let own = self.extent(document);
        if own.is_empty() {
            return &[];
        }
        let start = if document == 0 { 0 } else { self.extent(document - 1).end };
        let next = self.extent(document + 1);
        let end = if next.is_empty() { self.blocks.len() } else { next.start };
        &self.blocks[start..end]
    }
}

/// Reads `text` as blocks and documents.
///
/// Takes time linear in the length of `text`, and accepts any string.
#[must_use]
pub fn layout<'r>(text: &str, rules: &'r LayoutRules) -> Layout<'r> {
    layout_among(text, rules, &|_| false)
}

/// As [`layout`], for a file of a run in which `repeated` knows the lines that stand in many files.
///
/// `repeated` is asked about short blocks at the edges of articles, white space folded; those that
/// it knows are navigation.
#[must_use]
pub fn layout_among<'r>(
    text: &str,
    rules: &'r LayoutRules,
    repeated: &dyn Fn(&str) -> bool,
) -> Layout<'r> {
    let lines = lines::lines(text, rules);
    let (paras, cuts) = paragraphs::paragraphs(text, &lines, rules);
    let mut page = pieces::Page::new(text, &lines, &paras, rules);
    drop(lines);
    let articles = documents::articles(&page);
    let mut documents = 0;
    for article in articles {
        kinds::decide(&mut page, article.clone(), repeated);
        if page.pieces[article.clone()].iter().any(|piece| page.has_content(piece)) {
            for piece in &mut page.pieces[article] {
                piece.document = (!piece.kind.is_outside()).then_some(documents);
            }
            documents += 1;
        }
    }
    let blocks = page.blocks(&cuts);
    let mut extents: Vec<(usize, usize)> = Vec::with_capacity(documents as usize);
    for (at, block) in blocks.iter().enumerate() {
        let Some(document) = block.document else { continue };
        match extents.get_mut(document as usize) {
            Some(extent) => extent.1 = at + 1,
            None => extents.push((at, at + 1)),
        }
    }
    Layout { blocks, documents, extents }
}

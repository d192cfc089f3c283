//! From the blocks of a document to `documents.text`.
//!
//! In: the clean text of a file and the blocks that layout found in it. Out: the kept blocks, each
//! on one line with a blank line between, and the way from there back to the clean text. Assumes
//! that the blocks are in order and trimmed.

use crate::layout::Block;
use crate::text::{Alignment, Rewriter, Span};

/// The text of a document, with its blocks.
#[derive(Debug, Default)]
pub struct Assembled {
    /// `documents.text`.
    pub text: String,
    /// From `text` to the clean text of the file.
    pub origin: Alignment,
    /// Where each kept block stands in `text`, in order.
    pub paragraphs: Vec<Span>,
}

/// What parts two blocks in `documents.text`.
pub const BLOCK_BREAK: &str = "\n\n";

/// Puts the kept ones among `blocks` together.
#[must_use]
pub fn assemble(clean: &str, blocks: &[&Block<'_>]) -> Assembled {
    let kept = || blocks.iter().filter(|block| block.kind.is_kept());
    let size = kept().map(|block| block.span.len() + BLOCK_BREAK.len()).sum();
    let mut out = Rewriter::with_capacity(size);
    let mut paragraphs = Vec::new();
    for block in kept() {
        let gap = block.span.start as usize - out.raw_position();
        if paragraphs.is_empty() {
            out.delete(gap);
        } else if &clean[out.raw_position()..block.span.start as usize] == BLOCK_BREAK {
            out.keep(BLOCK_BREAK);
        } else {
            out.replace(gap, BLOCK_BREAK);
        }
        let start = out.text().len();
        fold_into(&mut out, clean, block);
        paragraphs.push(Span::new(start, out.text().len()));
    }
    let (text, origin) = out.finish();
    Assembled { text, origin, paragraphs }
}

/// The text of one block: on one line, white space folded, words that a line end cut made whole.
#[must_use]
pub fn folded(clean: &str, block: &Block<'_>) -> String {
    let mut out = Rewriter::with_capacity(block.span.len());
    out.delete(block.span.start as usize);
    fold_into(&mut out, clean, block);
    out.finish().0
}

fn fold_into(out: &mut Rewriter, clean: &str, block: &Block<'_>) {
    let mut hyphens = block.hyphens.iter();
    let mut from = block.span.start as usize;
    for hyphen in hyphens.by_ref() {
        fold(out, &clean[from..hyphen.start as usize]);
        out.delete(hyphen.len());
        from = hyphen.end as usize;
    }
    fold(out, &clean[from..block.span.end as usize]);
}

/// Copies `text` with every run of white space as one blank.
fn fold(out: &mut Rewriter, text: &str) {
    let bytes = text.as_bytes();
    let mut kept = 0;
    let mut at = 0;
    while at < bytes.len() {
        // Cleaning left blanks, tabs, line feeds and form feeds as the only white space.
        let Some(run) = bytes[at..].iter().position(|b| is_blank(*b)) else { break };
        let start = at + run;
        let len = bytes[start..].iter().position(|b| !is_blank(*b)).unwrap_or(bytes.len() - start);
        if &bytes[start..start + len] != b" " {
            out.keep(&text[kept..start]);
            out.replace(len, " ");
            kept = start + len;
        }
        at = start + len;
    }
    out.keep(&text[kept..]);
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\x0c')
}

/// What a byte of ASCII is to the counting of words: white space, a letter or digit, or a sign.
const WORD_BYTES: [(bool, bool); 128] = {
    let mut table = [(false, false); 128];
    let mut byte = 0_u8;
    while byte < 128 {
        let blank = byte.is_ascii_whitespace() || byte == b'\x0b';
        table[byte as usize] = (blank, byte.is_ascii_alphanumeric());
        byte += 1;
    }
    table
};

/// The number of words: stretches between white space that hold a letter or digit.
#[must_use]
#[allow(clippy::needless_bitwise_bool, reason = "a branch here costs more than both sides")]
pub fn count_words(text: &str) -> usize {
    let (mut words, mut counted) = (0, false);
    // Without a branch that depends on the text, ASCII takes a third of the time.
    let mut step = |(blank, counts): (bool, bool)| {
        words += usize::from(counts & !counted);
        counted = !blank & (counts | counted);
    };
    let mut rest = text;
    while !rest.is_empty() {
        let plain = rest.bytes().position(|byte| byte >= 128).unwrap_or(rest.len());
        rest.as_bytes()[..plain].iter().for_each(|&byte| step(WORD_BYTES[usize::from(byte & 127)]));
        let mut chars = rest[plain..].chars();
        if let Some(c) = chars.next() {
            step((c.is_whitespace(), c.is_alphanumeric()));
        }
        rest = chars.as_str();
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::BlockKind;

    fn block(kind: BlockKind, start: usize, end: usize) -> Block<'static> {
        Block {
            span: Span::new(start, end),
            kind,
            rule: "test",
            document: Some(0),
            hyphens: vec![],
        }
    }

    #[test]
    fn kept_blocks_stand_on_a_line_each() {
        let clean = " Title\n\nnavigation\none\n two-\nfold  end\n";
        let mut body = block(BlockKind::Paragraph, 19, 38);
        body.hyphens.push(Span::new(27, 29));
        let blocks = [&block(BlockKind::Title, 1, 6), &block(BlockKind::Navigation, 8, 18), &body];
        let made = assemble(clean, &blocks);
        assert_eq!(made.text, "Title\n\none twofold end");
        let folded_word = Span::new(11, 18);
        assert_eq!(folded_word.of(&made.text), "twofold");
        assert_eq!(made.origin.to_raw(folded_word).of(clean), "two-\nfold");
        assert_eq!(made.origin.to_raw(Span::new(0, 5)), Span::new(1, 6));
        assert_eq!(made.paragraphs, [Span::new(0, 5), Span::new(7, 22)]);
        assert_eq!(folded(clean, &body), "one twofold end");
    }

    #[test]
    fn counts_words() {
        for (text, words) in [("", 0), ("one - two", 2), ("\"(S)ome\" d’Asie ?", 2), ("a\nb", 2)]
        {
            assert_eq!(count_words(text), words, "{text:?}");
        }
    }
}

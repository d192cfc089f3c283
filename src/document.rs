//! From the blocks of a document to `documents.text`.
//!
//! In: the clean text of a file and the blocks that layout found in it. Out: the kept blocks, each
//! on one line with a blank line between, and the way from there back to the clean text. Assumes
//! that the blocks are in order and trimmed.

use crate::eight::{letters, within};
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

/// The number of words: stretches between white space that hold a letter or digit.
#[must_use]
pub fn count_words(text: &str) -> usize {
    let (mut words, mut counted) = (0, false);
    let mut rest = text;
    while !rest.is_empty() {
        let mut block = [0; 64];
        let size = rest.len().min(block.len());
        let bytes = &rest.as_bytes()[..size];
        let plain = if bytes.is_ascii() { None } else { bytes.iter().position(|b| b >= &128) };
        let plain = plain.unwrap_or(size);
        if plain >= 16 {
            // Zeros are signs, which change nothing.
            block[..plain].copy_from_slice(&bytes[..plain]);
            count_in(&block, &mut words, &mut counted);
            rest = &rest[plain..];
            continue;
        }
        let mut chars = rest.chars();
        for c in chars.by_ref().take(plain.max(1)) {
            let counts = c.is_alphanumeric();
            words += u32::from(counts && !counted);
            counted = !c.is_whitespace() && (counts || counted);
        }
        rest = chars.as_str();
    }
    words as usize
}

/// Adds the words of 64 bytes of ASCII; `counted` if the word that goes on from before is counted.
///
/// All bytes are looked at together, a bit for each, since most words are too short for a branch to be foreseen.
fn count_in(block: &[u8; 64], words: &mut u32, counted: &mut bool) {
    let (mut counting, mut blanks) = (0_u64, 0_u64);
    for (at, eight) in block.as_chunks::<8>().0.iter().enumerate() {
        let bytes = u64::from_le_bytes(*eight);
        counting |= one_bit_each(letters(bytes) | within(bytes, b'0', b'9')) << (8 * at);
        blanks |= one_bit_each(within(bytes, b'\t', b'\r') | within(bytes, b' ', b' ')) << (8 * at);
    }
    let begins = !blanks & (blanks << 1 | u64::from(!*counted));
    let signs = !counting & !blanks;
    // A sum carries over the signs with which a stretch begins, to what follows them.
    let behind_signs = signs.wrapping_add(signs & begins) & !signs;
    *words += (counting & (begins | behind_signs)).count_ones();
    *counted = match 64 - blanks.leading_zeros() {
        0 => *counted || counting != 0,
        64 => false,
        last => counting >> last != 0,
    };
}

/// Eight bytes' highest bits, side by side.
fn one_bit_each(bytes: u64) -> u64 {
    (bytes >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::BlockKind;
    use proptest::prelude::*;

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

    proptest! {
        #[test]
        fn words_are_counted_as_they_are_split(text in "([a-zA-Z09@`\\[{]{0,3}[ \\t\\n\\x0b\\x1f]{0,2}[-.é–\u{a0}]{0,2}){0,60}") {
            let words = text.split_whitespace().filter(|w| w.contains(char::is_alphanumeric));
            prop_assert_eq!(count_words(&text), words.count());
        }
    }
}

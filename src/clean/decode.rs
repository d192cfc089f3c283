//! Bytes to characters, with every difference between the two as an edit.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{DecoderResult, Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use memchr::memchr;

use super::{MAX_TEXT, NotText, Text};
use crate::text::{Alignment, Rewriter};

const UTF_32LE: &str = "UTF-32LE";
const UTF_32BE: &str = "UTF-32BE";

/// First bytes of binary formats that people keep among texts, as the formats' own specifications
/// give them; only those that no text begins with.
const MAGIC: [(&[u8], &str); 20] = [
    (b"%PDF-", "PDF"),
    (b"PK\x03\x04", "ZIP (also DOCX, ODT, XLSX)"),
    (b"\x89PNG\r\n", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF87a", "GIF"),
    (b"GIF89a", "GIF"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
    (b"\x1f\x8b", "gzip"),
    (b"BZh91AY", "bzip2"),
    (b"\xfd7zXZ\0", "xz"),
    (b"\x28\xb5\x2f\xfd", "Zstandard"),
    (b"7z\xbc\xaf\x27\x1c", "7-Zip"),
    (b"Rar!\x1a\x07", "RAR"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1", "Microsoft Office"),
    (b"\x7fELF", "ELF"),
    (b"SQLite format 3\0", "SQLite"),
    (b"PAR1", "Parquet"),
    (b"ARROW1", "Arrow"),
    (b"OggS\0", "Ogg"),
];

/// Decodes a whole file.
pub(super) fn decode(bytes: &[u8]) -> Result<Text<'_>, NotText> {
    if bytes.len() > MAX_TEXT {
        return Err(NotText::TooLarge(bytes.len()));
    }
    if let Some((_, format)) = MAGIC.iter().find(|(magic, _)| bytes.starts_with(magic)) {
        return Err(NotText::Binary(format));
    }
    let encoding = detect(bytes)?;
    // No encoding makes more than three bytes of UTF-8 out of one.
    if !matches!(encoding, Found::Whatwg(e) if e == UTF_8) && bytes.len() > u32::MAX as usize / 3 {
        return Err(NotText::TooLarge(bytes.len()));
    }
    let (text, origin) = decode_with(bytes, encoding);
    if text.len() > MAX_TEXT {
        return Err(NotText::TooLarge(text.len()));
    }
    Ok(Text { text, origin, encoding: encoding.name() })
}

/// Decodes a part of a file by the name that [`decode`] gave its encoding.
pub(super) fn decode_as(bytes: &[u8], name: &str) -> Result<String, String> {
    let encoding = match name {
        UTF_32LE => Found::Utf32 { big_endian: false },
        UTF_32BE => Found::Utf32 { big_endian: true },
        _ => Found::Whatwg(
            Encoding::for_label_no_replacement(name.as_bytes())
                .ok_or_else(|| format!("no encoding is called {name:?}"))?,
        ),
    };
    Ok(decode_with(bytes, encoding).0.into_owned())
}

#[derive(Clone, Copy)]
enum Found {
    Whatwg(&'static Encoding),
    Utf32 { big_endian: bool },
}

impl Found {
    fn name(self) -> &'static str {
        match self {
            Self::Whatwg(encoding) => encoding.name(),
            Self::Utf32 { big_endian: false } => UTF_32LE,
            Self::Utf32 { big_endian: true } => UTF_32BE,
        }
    }
}

fn detect(bytes: &[u8]) -> Result<Found, NotText> {
    if bytes.starts_with(b"\xff\xfe\0\0") {
        return Ok(Found::Utf32 { big_endian: false });
    }
    if bytes.starts_with(b"\0\0\xfe\xff") {
        return Ok(Found::Utf32 { big_endian: true });
    }
    if let Some((encoding, _)) = Encoding::for_bom(bytes) {
        if encoding == UTF_8 {
            refuse_nul(bytes)?;
        }
        return Ok(Found::Whatwg(encoding));
    }
    if memchr(0, bytes).is_some() {
        return wide_without_mark(bytes)
            .ok_or(())
            .or_else(|()| refuse_nul(bytes).map(|()| Found::Whatwg(UTF_8)));
    }
    if is_mostly_utf8(bytes) {
        return Ok(Found::Whatwg(UTF_8));
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    Ok(Found::Whatwg(detector.guess(None, Utf8Detection::Deny)))
}

fn refuse_nul(bytes: &[u8]) -> Result<(), NotText> {
    memchr(0, bytes).map_or(Ok(()), |at| Err(NotText::Nul(at)))
}

/// UTF-16 or UTF-32 by where its NUL bytes stand: every text has blanks, line ends or digits, whose
/// upper bytes are NUL.
fn wide_without_mark(bytes: &[u8]) -> Option<Found> {
    let mut nuls = [0usize; 4];
    for (at, _) in bytes.iter().enumerate().filter(|(_, b)| **b == 0) {
        nuls[at % 4] += 1;
    }
    let quarter = bytes.len() / 4;
    if bytes.len().is_multiple_of(4) && quarter > 0 {
        if nuls[3] == quarter && nuls[2] + 2 > quarter && nuls[0] == 0 {
            return Some(Found::Utf32 { big_endian: false });
        }
        if nuls[0] == quarter && nuls[1] + 2 > quarter && nuls[3] == 0 {
            return Some(Found::Utf32 { big_endian: true });
        }
    }
    if !bytes.len().is_multiple_of(2) {
        return None;
    }
    // Letters such as Ā and 一 have a NUL in the lower byte, but blanks and line ends are more.
    let (even, odd) = (nuls[0] + nuls[2], nuls[1] + nuls[3]);
    let encoding = match odd.cmp(&even) {
        std::cmp::Ordering::Greater => UTF_16LE,
        std::cmp::Ordering::Less => UTF_16BE,
        std::cmp::Ordering::Equal => return None,
    };
    // Binary data that happens to fit is full of controls and unpaired surrogates.
    let text = encoding.decode_without_bom_handling(bytes).0;
    let odd = |c: char| c == '\u{fffd}' || c.is_control() && !c.is_whitespace();
    let (mut chars, mut bad) = (0usize, 0usize);
    for c in text.chars() {
        chars += 1;
        bad += usize::from(odd(c));
    }
    (bad * 20 <= chars).then_some(Found::Whatwg(encoding))
}

/// Whether the well-formed sequences of two and more bytes are at least as many as the strays.
fn is_mostly_utf8(bytes: &[u8]) -> bool {
    if std::str::from_utf8(bytes).is_ok() {
        return true;
    }
    let (mut good, mut strays) = (0usize, 0usize);
    for chunk in bytes.utf8_chunks() {
        good += chunk.valid().bytes().filter(|b| *b >= 0xc2).count();
        strays += usize::from(!chunk.invalid().is_empty());
    }
    good >= strays
}

fn decode_with(bytes: &[u8], encoding: Found) -> (Cow<'_, str>, Alignment) {
    let (text, origin) = match encoding {
        Found::Whatwg(e) if e == UTF_8 => {
            if let Ok(text) = std::str::from_utf8(bytes)
                && !text.starts_with('\u{feff}')
            {
                return (Cow::Borrowed(text), Alignment::default());
            }
            utf8_with_strays(bytes)
        }
        Found::Whatwg(e) if e == UTF_16LE || e == UTF_16BE => utf16(bytes, e == UTF_16BE),
        Found::Whatwg(e) => legacy(bytes, e),
        Found::Utf32 { big_endian } => utf32(bytes, big_endian),
    };
    (Cow::Owned(text), origin)
}

fn utf8_with_strays(bytes: &[u8]) -> (String, Alignment) {
    let mut out = Rewriter::with_capacity(bytes.len());
    let mut rest = bytes;
    if let Some(tail) = bytes.strip_prefix(b"\xef\xbb\xbf") {
        out.delete(3);
        rest = tail;
    }
    for chunk in rest.utf8_chunks() {
        out.keep(chunk.valid());
        match chunk.invalid() {
            [] => {}
            // A byte that begins or continues nothing was set in Windows-1252.
            stray @ [_] => {
                out.replace(1, &WINDOWS_1252.decode_without_bom_handling(stray).0);
            }
            // A sequence that breaks off.
            cut => out.replace(cut.len(), "\u{fffd}"),
        }
    }
    out.finish()
}

fn utf16(bytes: &[u8], big_endian: bool) -> (String, Alignment) {
    let mut out = Rewriter::with_capacity(bytes.len() / 2);
    let mark: &[u8] = if big_endian { b"\xfe\xff" } else { b"\xff\xfe" };
    let marked = bytes.strip_prefix(mark);
    if marked.is_some() {
        out.delete(mark.len());
    }
    let body = marked.unwrap_or(bytes);
    let units =
        body.as_chunks::<2>().0.iter().map(|unit| {
            if big_endian { u16::from_be_bytes(*unit) } else { u16::from_le_bytes(*unit) }
        });
    for c in char::decode_utf16(units) {
        let c = c.unwrap_or('\u{fffd}');
        out.replace(2 * c.len_utf16(), c.encode_utf8(&mut [0; 4]));
    }
    if !body.len().is_multiple_of(2) {
        out.replace(1, "\u{fffd}");
    }
    out.finish()
}

fn utf32(bytes: &[u8], big_endian: bool) -> (String, Alignment) {
    let mut out = Rewriter::with_capacity(bytes.len() / 4);
    for (i, unit) in bytes.chunks(4).enumerate() {
        let value = <[u8; 4]>::try_from(unit).ok().map(|unit| {
            if big_endian { u32::from_be_bytes(unit) } else { u32::from_le_bytes(unit) }
        });
        match value.and_then(char::from_u32) {
            Some('\u{feff}') if i == 0 => out.delete(unit.len()),
            c => out.replace(unit.len(), c.unwrap_or('\u{fffd}').encode_utf8(&mut [0; 4])),
        }
    }
    out.finish()
}

/// Decodes one byte at a time, since the decoder does not tell which bytes made a character; runs of
/// ASCII are copied.
fn legacy(bytes: &[u8], encoding: &'static Encoding) -> (String, Alignment) {
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let mut out = Rewriter::with_capacity(bytes.len());
    let mut buffer = [0u8; 32];
    let mut at = 0; // bytes given to the decoder
    if let Some((_, mark)) = Encoding::for_bom(bytes) {
        out.delete(mark);
        at = mark;
    }
    let mut finished = false;
    while at < bytes.len() {
        let pending = at - out.raw_position();
        if pending == 0 && encoding.is_ascii_compatible() {
            let ascii = Encoding::ascii_valid_up_to(&bytes[at..]);
            if let (Ok(text), true) = (std::str::from_utf8(&bytes[at..at + ascii]), ascii > 0) {
                out.keep(text);
                at += ascii;
                continue;
            }
        }
        let last = at + 1 == bytes.len();
        let (result, read, written) =
            decoder.decode_to_utf8_without_replacement(&bytes[at..=at], &mut buffer, last);
        at += read;
        finished = last && matches!(result, DecoderResult::InputEmpty);
        let raw_len = at - out.raw_position();
        // The decoder writes UTF-8; were it not so, the character would be shown as unknown.
        let text = std::str::from_utf8(&buffer[..written]).unwrap_or("\u{fffd}");
        match result {
            // What was read behind the malformed bytes is still to come out.
            DecoderResult::Malformed(_, behind) => {
                out.replace(raw_len - usize::from(behind), &format!("{text}\u{fffd}"));
            }
            _ if text.is_empty() => {}
            _ if text.as_bytes() == &bytes[out.raw_position()..at] => out.keep(text),
            _ => out.replace(raw_len, text),
        }
    }
    let left = bytes.len() - out.raw_position();
    if left > 0 && finished {
        // A shift at the end, which stands for nothing.
        out.delete(left);
    } else if left > 0 {
        // What the decoder held back, or a sequence that the end of the file cuts.
        let (result, _, written) =
            decoder.decode_to_utf8_without_replacement(&[], &mut buffer, true);
        let cut = matches!(result, DecoderResult::Malformed(..));
        let text = std::str::from_utf8(&buffer[..written]).unwrap_or("\u{fffd}");
        out.replace(left, if cut { "\u{fffd}" } else { text });
    }
    out.finish()
}

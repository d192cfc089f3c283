//! Stage 1: the bytes of a raw file become decoded, repaired text.
//!
//! In: the bytes as they are on disk. Out: a [`Text`] whose lines end in `\n`, without invisible
//! characters, in Unicode normalization form C, that leads back to the bytes. Assumes nothing: what
//! is not text is refused with the reason.

mod decode;
mod repair;

use std::borrow::Cow;

use crate::text::Alignment;

/// Decoded and repaired text with its way back to the bytes of the file.
#[derive(Debug)]
pub struct Text<'a> {
    /// The text; borrowed from the file's bytes where nothing had to change.
    pub text: Cow<'a, str>,
    /// From `text` to bytes of the file.
    pub origin: Alignment,
    /// What the bytes were decoded as: a WHATWG encoding name, or `UTF-32LE`, `UTF-32BE`.
    pub encoding: &'static str,
}

/// Why bytes are refused: they are not text, or more text than a table cell can hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotText {
    /// Begins like a file of a binary format.
    #[error("not a text file: it begins with the mark of {0} files")]
    Binary(&'static str),
    /// Holds a NUL byte and is not UTF-16 or UTF-32.
    #[error("not a text file: NUL byte at byte {0}")]
    Nul(usize),
    /// More than one character in ten is a control character.
    #[error("not a text file: {controls} of its {chars} characters are control characters")]
    Controls {
        /// Number of control characters.
        controls: usize,
        /// Number of characters.
        chars: usize,
    },
    /// Too long to be one document.
    #[error("too large: {0} bytes of text, and one file may hold {MAX_TEXT} at most; split it")]
    TooLarge(usize),
}

/// Most bytes that a file, and its decoded text, may have: cells of the tables count in 31 bits.
pub const MAX_TEXT: usize = i32::MAX as usize;

/// Decodes and repairs the bytes of a file.
///
/// The encoding is told by a byte order mark, else by the bytes themselves. A file that is UTF-8 but
/// for a few stray bytes stays UTF-8, and the strays are read as Windows-1252, which is where they
/// mostly come from.
///
/// # Errors
///
/// If the bytes are not text, or too many for one file.
pub fn clean(bytes: &[u8]) -> Result<Text<'_>, NotText> {
    let decoded = decode::decode(bytes)?;
    refuse_controls(&decoded.text)?;
    let Some((text, repaired)) = repair::repair(&decoded.text) else {
        return Ok(decoded);
    };
    if text.len() > MAX_TEXT {
        return Err(NotText::TooLarge(text.len()));
    }
    let origin = decoded.origin.then(&repaired);
    Ok(Text { text: Cow::Owned(text), origin, encoding: decoded.encoding })
}

/// Decodes a part of a file whose encoding is known and repairs nothing.
///
/// # Errors
///
/// If `encoding` is no name that [`Text::encoding`] can have.
pub fn decode_part(bytes: &[u8], encoding: &str) -> Result<String, String> {
    decode::decode_as(bytes, encoding)
}

/// Decodes and repairs a part of a file whose encoding is known: what [`clean`] makes of it, as far
/// as can be told without the rest of the file.
///
/// # Errors
///
/// If `encoding` is no name that [`Text::encoding`] can have.
pub fn clean_part(bytes: &[u8], encoding: &str) -> Result<String, String> {
    let decoded = decode::decode_as(bytes, encoding)?;
    Ok(repair::repair(&decoded).map_or(decoded, |(text, _)| text))
}

fn refuse_controls(text: &str) -> Result<(), NotText> {
    let control = |b: &u8| *b < 0x20 && !matches!(b, b'\t'..=b'\r' | 0x1b) || *b == 0x7f;
    let controls = text.as_bytes().iter().filter(|b| control(b)).count();
    if controls > 0 {
        let chars = text.chars().count();
        if controls * 10 > chars {
            return Err(NotText::Controls { controls, chars });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Span;
    use proptest::prelude::*;

    fn check(bytes: &[u8], text: &str, encoding: &str) -> Alignment {
        let cleaned = clean(bytes).unwrap();
        assert_eq!(cleaned.text, text);
        assert_eq!(cleaned.encoding, encoding, "{text:?}");
        cleaned.origin
    }

    #[test]
    fn good_utf8_is_borrowed() {
        let cleaned = clean("Communiqué – “yes”\n".as_bytes()).unwrap();
        assert!(matches!(cleaned.text, Cow::Borrowed(_)));
        assert!(cleaned.origin.edits().is_empty());
    }

    #[test]
    fn a_byte_order_mark_is_an_edit() {
        let origin = check(b"\xef\xbb\xbfPeace", "Peace", "UTF-8");
        assert_eq!(origin.to_raw(Span::new(0, 5)), Span::new(3, 8));
    }

    #[test]
    fn utf16_with_and_without_mark() {
        let text = "Peace in Genève";
        let le: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let be: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        let origin = check(&[b"\xff\xfe", &le[..]].concat(), text, "UTF-16LE");
        assert_eq!(origin.to_raw(Span::new(0, 5)), Span::new(2, 12));
        assert!(origin.edits().len() < 5, "runs are one edit: {origin:?}");
        check(&[b"\xfe\xff", &be[..]].concat(), text, "UTF-16BE");
        let origin = check(&le, text, "UTF-16LE");
        assert_eq!(origin.to_raw(Span::new(12, 14)), Span::new(24, 26));
        check(&be, text, "UTF-16BE");
        let text = "Talks in Āleppo 一";
        let le: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        check(&le, text, "UTF-16LE");
    }

    #[test]
    fn utf16_keeps_what_is_malformed_visible() {
        // A lone high surrogate in front of 'a'.
        let origin = check(b"\xff\xfe\x00\xd8a\x00", "\u{fffd}a", "UTF-16LE");
        assert_eq!(origin.to_raw(Span::new(3, 4)), Span::new(4, 6));
        check(b"\xff\xfea\x00b", "a\u{fffd}", "UTF-16LE");
    }

    #[test]
    fn utf32() {
        let le: Vec<u8> = "\u{feff}aé".chars().flat_map(|c| u32::from(c).to_le_bytes()).collect();
        let origin = check(&le, "aé", "UTF-32LE");
        assert_eq!(origin.to_raw(Span::new(1, 3)), Span::new(8, 12));
        let be: Vec<u8> = "\u{feff}aé".chars().flat_map(|c| u32::from(c).to_be_bytes()).collect();
        check(&be, "aé", "UTF-32BE");
    }

    #[test]
    fn stray_bytes_do_not_change_the_encoding() {
        // Windows-1252 quotes in UTF-8; a truncated sequence is no letter.
        let origin = check(b"caf\xc3\xa9 \x93na\xc3\xafve\x94", "café “naïve”", "UTF-8");
        assert_eq!(origin.to_raw(Span::new(6, 9)), Span::new(6, 7));
        check(b"caf\xc3\xa9 \xe2\x80 x", "café \u{fffd} x", "UTF-8");
    }

    #[test]
    fn legacy_encodings() {
        check(
            b"He said \x93the regime\x92s forces\x94 withdrew.",
            "He said “the regime’s forces” withdrew.",
            "windows-1252",
        );
        let russian = "Переговоры в Женеве продолжаются, сообщил министр иностранных дел.";
        for name in ["windows-1251", "KOI8-R"] {
            let encoding = encoding_rs::Encoding::for_label(name.as_bytes()).unwrap();
            let (bytes, _, _) = encoding.encode(russian);
            let cleaned = clean(&bytes).unwrap();
            assert_eq!(cleaned.text, russian, "{name}");
            let word = Span::new(0, "Переговоры".len());
            assert_eq!(cleaned.origin.to_raw(word), Span::new(0, 10));
        }
        let arabic = "أعلنت وزارة الخارجية الروسية أن المحادثات في جنيف مستمرة.";
        let (bytes, _, _) = encoding_rs::WINDOWS_1256.encode(arabic);
        check(&bytes, arabic, "windows-1256");
        let chinese = "安全理事会第二二五四号决议呼吁停火，并在日内瓦举行谈判。";
        let (bytes, _, _) = encoding_rs::GB18030.encode(chinese);
        let cleaned = clean(&bytes).unwrap();
        assert_eq!(cleaned.text, chinese);
        assert_eq!(cleaned.origin.to_raw(Span::new(0, 3)), Span::new(0, 2));
    }

    /// Every encoding of one byte that files of political text come in, told by the bytes alone.
    #[test]
    fn single_byte_encodings_are_told_apart() {
        let texts = [
            (
                "windows-1250",
                "Ministr zahraničí řekl, že příští týden začne nové kolo rozhovorů o příměří.",
            ),
            (
                "ISO-8859-2",
                "Minister spraw zagranicznych oświadczył, że rozmowy o zawieszeniu broni będą trwać jeszcze długo w Genewie, gdyż żadna ze stron się nie zgodziła.",
            ),
            (
                "windows-1252",
                "Le ministre a déclaré que l’accord – signé à Genève – serait « respecté » par l’armée.",
            ),
            (
                "windows-1251",
                "Министр сообщил, что переговоры о перемирии продолжатся в Женеве на следующей неделе.",
            ),
            (
                "KOI8-R",
                "Министр сообщил, что переговоры о перемирии продолжатся в Женеве на следующей неделе.",
            ),
            (
                "ISO-8859-5",
                "Министр сообщил, что переговоры о перемирии продолжатся в Женеве на следующей неделе.",
            ),
            (
                "windows-1253",
                "Ο υπουργός δήλωσε ότι οι συνομιλίες για την εκεχειρία θα συνεχιστούν στη Γενεύη.",
            ),
            (
                "windows-1254",
                "Dışişleri Bakanı görüşmelerin gelecek hafta Cenevre'de sürdürüleceğini açıkladı, ateşkes sağlanmış değil.",
            ),
            ("windows-1255", "השר אמר כי השיחות על הפסקת האש יימשכו בשבוע הבא בז'נבה."),
            (
                "windows-1256",
                "أعلن الوزير أن محادثات وقف إطلاق النار ستستمر في جنيف خلال الأسبوع المقبل.",
            ),
            (
                "ISO-8859-6",
                "أعلن الوزير أن محادثات وقف إطلاق النار ستستمر في جنيف خلال الأسبوع المقبل.",
            ),
        ];
        for (name, text) in texts {
            let encoding = encoding_rs::Encoding::for_label(name.as_bytes()).unwrap();
            let (bytes, _, lossy) = encoding.encode(text);
            assert!(!lossy, "{name}");
            assert_eq!(clean(&bytes).unwrap().text, text, "{name}");
        }
        // ISO-8859-1 and -15 differ from Windows-1252 in signs only; WHATWG reads the first as that.
        check(
            b"La r\xe9union de Gen\xe8ve a \xe9t\xe9 ajourn\xe9e.",
            "La réunion de Genève a été ajournée.",
            "windows-1252",
        );
    }

    #[test]
    fn a_few_strays_do_not_move_a_large_file() {
        let mut bytes = "Les délégués se sont réunis à Genève. ".repeat(200).into_bytes();
        for at in [10, 2000, 7000] {
            bytes.insert(at, b'\x92');
        }
        let cleaned = clean(&bytes).unwrap();
        assert_eq!(cleaned.encoding, "UTF-8");
        assert_eq!(cleaned.text.matches('’').count(), 3);
        assert_eq!(cleaned.text.matches("Genève").count(), 200);
    }

    #[test]
    fn what_is_no_text_is_refused() {
        let check = |bytes: &[u8], message: &str| {
            assert_eq!(clean(bytes).unwrap_err().to_string(), message);
        };
        check(b"\x89PNG\r\n\x1a\n...", "not a text file: it begins with the mark of PNG files");
        check(b"%PDF-1.7\n...", "not a text file: it begins with the mark of PDF files");
        check(b"one\0two", "not a text file: NUL byte at byte 3");
        check(b"a\x01\x02\x03b", "not a text file: 3 of its 5 characters are control characters");
        assert!(clean(b"BM and MZ are letters").is_ok());
    }

    #[test]
    fn line_ends_and_invisible_characters() {
        let origin = check(b"a\r\nb\rc\x0bd\xc2\x85e\xe2\x80\xa8f", "a\nb\nc\nd\ne\nf", "UTF-8");
        assert_eq!(origin.to_raw(Span::new(2, 3)), Span::new(3, 4));
        check("co\u{ad}operate\u{200b} zero\u{feff}".as_bytes(), "cooperate zero", "UTF-8");
        check("attack\u{a0}when\u{202f}it".as_bytes(), "attack when it", "UTF-8");
        check(b"the be\x07ll rings at noon\x7f", "the bell rings at noon", "UTF-8");
        check("\u{202b}left\u{2069}".as_bytes(), "left", "UTF-8");
        // Joiners that spell a word or an emoji stay.
        check("می\u{200c}خواهم 👩\u{200d}🚀".as_bytes(), "می\u{200c}خواهم 👩\u{200d}🚀", "UTF-8");
        check("fi\u{200c}nd".as_bytes(), "find", "UTF-8");
    }

    #[test]
    fn ligatures_and_decomposed_letters() {
        check("of\u{fb01}cial \u{fb03}".as_bytes(), "official ffi", "UTF-8");
        let origin = check("Gene\u{300}ve".as_bytes(), "Genève", "UTF-8");
        assert_eq!(origin.to_raw(Span::new(3, 5)), Span::new(3, 6));
        assert_eq!(origin.to_raw(Span::new(2, 3)), Span::new(2, 3));
        check("\u{fefc}\u{fe8e}".as_bytes(), "لاا", "UTF-8");
    }

    #[test]
    fn mojibake_is_repaired_on_strong_evidence_only() {
        check("CommuniquÃ© of Assadâ€™s".as_bytes(), "Communiqué of Assad’s", "UTF-8");
        check("AssadÃ¢â‚¬â„¢s cafÃƒÂ©".as_bytes(), "Assad’s café", "UTF-8");
        let origin = check("xâ€™s".as_bytes(), "x’s", "UTF-8");
        assert_eq!(origin.to_raw(Span::new(1, 4)), Span::new(1, 9));
        check("Ð”Ð°Ð¼Ð°Ñ\u{81}Ðº".as_bytes(), "Дамаск", "UTF-8");
        // Honest capitals beside quotation marks, currency and symbols.
        for honest in
            ["IRMÃ” disse", "CAFÉ” e", "10 €™", "Â§ 5", "© Ã", "â € ™", "SÃO PAULO", "ROMÂNIA"]
        {
            check(honest.as_bytes(), honest, "UTF-8");
        }
        // Each pass takes one of a row of leads; hostile rows may keep some.
        for n in [1, 2, 5] {
            check(format!("caf{}©s", "Â".repeat(n)).as_bytes(), "caf©s", "UTF-8");
        }
        let row = format!("caf{}©s", "Â".repeat(1000));
        assert_eq!(clean(row.as_bytes()).unwrap().text.len(), row.len() - 10);
    }

    proptest! {
        #[test]
        fn any_bytes_are_text_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            if let Ok(cleaned) = clean(&bytes) {
                for (at, c) in cleaned.text.char_indices() {
                    let raw = cleaned.origin.to_raw(Span::new(at, at + c.len_utf8()));
                    prop_assert!(raw.end as usize <= bytes.len());
                    prop_assert!(!raw.is_empty());
                }
            }
        }

        #[test]
        fn cleaning_is_idempotent(text in "[a-cÃâ€™éÂ©\u{ad}\u{301}\u{200d}\r\n \u{a0}\u{fb01}]{0,40}") {
            if let Ok(once) = clean(text.as_bytes()) {
                let again = clean(once.text.as_bytes()).unwrap();
                prop_assert_eq!(&again.text, &once.text);
            }
        }

        #[test]
        fn every_character_leads_to_what_it_was_made_from(text in "[a-zA-Zé“” ,.\n]{0,80}") {
            for encoding in [encoding_rs::WINDOWS_1252, encoding_rs::UTF_8] {
                let (bytes, _, lossy) = encoding.encode(&text);
                prop_assume!(!lossy);
                let Ok(cleaned) = clean(&bytes) else { continue };
                prop_assume!(cleaned.text == text);
                for (at, c) in cleaned.text.char_indices() {
                    let raw = cleaned.origin.to_raw(Span::new(at, at + c.len_utf8()));
                    let own = clean_part(&bytes[raw.range()], cleaned.encoding).unwrap();
                    prop_assert_eq!(own, c.to_string());
                }
            }
        }
    }
}

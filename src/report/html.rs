//! Texts as HTML and JSON in which nothing of them is markup.
//!
//! In: any text, of whatever hand. Out: pieces of a page. A text can neither end its element nor begin
//! another, and no control character of it reaches the reader of the page unseen.

use std::fmt::{self, Write};

use serde_json::Value;

/// A text in an element's content or a quoted attribute.
pub(super) struct Text<'a>(pub(super) &'a str);

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for c in self.0.chars() {
            match c {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                '\n' | '\t' => f.write_char(c)?,
                // A parser of HTML changes these; their pictures it leaves alone.
                '\0'..'\u{20}' => f.write_char(picture(c))?,
                '\u{7f}' => f.write_char('\u{2421}')?,
                '\u{80}'..'\u{a0}' => write!(f, "[U+{:04X}]", u32::from(c))?,
                _ => f.write_char(c)?,
            }
        }
        Ok(())
    }
}

/// The picture that Unicode has for a control character below the blank.
fn picture(c: char) -> char {
    char::from_u32(0x2400 + u32::from(c)).unwrap_or('\u{fffd}')
}

/// A short text among others in a line: cut, on one line, and without power over the order in which
/// what stands beside it is shown.
pub(super) struct Short<'a>(pub(super) &'a str);

impl Short<'_> {
    /// Most characters that are shown.
    const MOST: usize = 160;

    /// The text as it is shown, which is no markup yet.
    pub(super) fn plain(&self) -> String {
        let mut out = String::new();
        for (n, c) in self.0.chars().enumerate() {
            if n == Self::MOST {
                out.push('…');
                break;
            }
            match c {
                '\n' | '\t' | '\r' | '\u{2028}' | '\u{2029}' => out.push(' '),
                '\0'..'\u{20}' => out.push(picture(c)),
                // Embeddings, overrides and isolates reach beyond the text that has them.
                '\u{7f}'..'\u{a0}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
                    let _ = write!(out, "[U+{:04X}]", u32::from(c));
                }
                _ => out.push(c),
            }
        }
        out
    }
}

impl fmt::Display for Short<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Text(&self.plain()).fmt(f)
    }
}

/// A value as the content of a `script` element that is no program.
pub(super) fn json(value: &Value) -> String {
    let text = value.to_string();
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            _ => out.push(c),
        }
    }
    out
}

/// Bytes in base 64 (RFC 4648), padded.
pub(super) fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for three in bytes.chunks(3) {
        let byte = |at: usize| u32::from(three.get(at).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for digit in 0..4 {
            if digit > three.len() {
                out.push('=');
            } else {
                out.push(char::from(DIGITS[(bits >> (18 - 6 * digit) & 63) as usize]));
            }
        }
    }
    out
}

/// A count with commas between thousands.
pub(super) fn count(n: usize) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A count with its noun.
pub(super) fn counted(n: usize, one: &str, many: &str) -> String {
    format!("{} {}", count(n), if n == 1 { one } else { many })
}

/// A number of bytes in the unit that people use for it.
pub(super) fn size(bytes: u64) -> String {
    let tenth = |unit: u64| {
        let tenths = (bytes.saturating_mul(10) + unit / 2) / unit;
        format!("{}.{}", count((tenths / 10) as usize), tenths % 10)
    };
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{} kB", tenth(1_000)),
        1_000_000..1_000_000_000 => format!("{} MB", tenth(1_000_000)),
        _ => format!("{} GB", tenth(1_000_000_000)),
    }
}

/// A share in percent, to one place.
pub(super) fn percent(part: u64, whole: u64) -> String {
    if whole == 0 {
        return "–".to_owned();
    }
    let (part, whole) = (u128::from(part), u128::from(whole));
    let tenths = (part * 1000 + whole / 2) / whole;
    if tenths == 0 && part > 0 {
        return "&lt; 0.1 %".to_owned();
    }
    format!("{}.{} %", tenths / 10, tenths % 10)
}

/// The heading of a column, and whether it holds numbers.
pub(super) type Head<'a> = (&'a str, bool);

/// A table whose cells are HTML; the first cell of a row names it.
pub(super) fn table(caption: &str, heads: &[Head<'_>], rows: &[Vec<String>]) -> String {
    let mut out = format!(
        "<div class=\"scroll\" role=\"group\" tabindex=\"0\" aria-label=\"{0}\">\n<table>\n<caption>{0}</caption>\n\
         <thead><tr>",
        Text(caption)
    );
    let class = |is_number: bool| if is_number { " class=\"n\"" } else { "" };
    for (head, is_number) in heads {
        let _ = write!(out, "<th scope=\"col\"{}>{}</th>", class(*is_number), Text(head));
    }
    out += "</tr></thead>\n<tbody>\n";
    for row in rows {
        out += "<tr>";
        for (at, cell) in row.iter().enumerate() {
            let class = class(heads.get(at).is_some_and(|head| head.1));
            let _ = match at {
                0 => write!(out, "<th scope=\"row\"{class}>{cell}</th>"),
                _ => write!(out, "<td{class}>{cell}</td>"),
            };
        }
        out += "</tr>\n";
    }
    out + "</tbody>\n</table>\n</div>\n"
}

/// A length beside a number, as long as its share of the greatest.
pub(super) fn bar(n: u64, most: u64) -> String {
    let width = (n.min(most) * 100).checked_div(most).unwrap_or(0);
    format!("<span class=\"bar\"><span style=\"inline-size:{width}%\"></span></span>")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn nothing_of_a_text_is_markup() {
        for (text, html) in [
            ("</script><!--", "&lt;/script&gt;&lt;!--"),
            ("\" onload='x'&amp;", "&quot; onload=&#39;x&#39;&amp;amp;"),
            ("a\0b\r\nc\u{7f}\u{85}", "a␀b␍\nc␡[U+0085]"),
            ("السلام", "السلام"),
        ] {
            assert_eq!(Text(text).to_string(), html);
        }
        assert_eq!(Short("a\u{202e}b\u{2028}c\n").plain(), "a[U+202E]b c ");
        assert_eq!(Short(&"é".repeat(500)).plain().chars().count(), Short::MOST + 1);
    }

    #[test]
    fn bytes_are_written_as_rfc_4648_has_them() {
        for (bytes, text) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(base64(bytes.as_bytes()), text);
        }
        assert_eq!(base64(&[0xfb, 0xff, 0xfe]), "+//+");
    }

    #[test]
    fn numbers_are_for_people() {
        for (n, text) in [(0, "0"), (999, "999"), (1000, "1,000"), (1_234_567, "1,234,567")] {
            assert_eq!(count(n), text);
        }
        for (n, text) in [(12, "12 B"), (1_250, "1.3 kB"), (9_999_000, "10.0 MB")] {
            assert_eq!(size(n), text);
        }
        for (part, whole, text) in
            [(1, 3, "33.3 %"), (1, 100_000, "&lt; 0.1 %"), (0, 5, "0.0 %"), (0, 0, "–")]
        {
            assert_eq!(percent(part, whole), text);
        }
        assert!(bar(1, 0).contains(":0%") && bar(3, 4).contains(":75%"));
    }

    proptest! {
        #[test]
        fn json_reads_back_and_ends_no_script(text: String) {
            let value = Value::String(text + "</script><!--\u{2028}");
            let written = json(&value);
            let has_markup = written.contains(['<', '>', '&', '\u{2028}']);
            prop_assert!(!has_markup);
            prop_assert_eq!(serde_json::from_str::<Value>(&written).unwrap(), value);
        }
    }
}

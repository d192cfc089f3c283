//! Hits as lines of text.

use std::ops::Range;
use std::str::FromStr;

use serde_json::json;

use super::Hit;
use crate::listing::{Form, csv_line, plain, width};

/// How much of the sentence is shown on either side of a hit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Context {
    /// So many characters.
    Chars(usize),
    /// So many words.
    Words(usize),
    /// The whole sentence.
    All,
}

impl FromStr for Context {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let number = |text: &str| {
            text.parse()
                .map_err(|_| "expected a number of characters, words (8w), or all".to_owned())
        };
        match text.strip_suffix('w') {
            _ if text == "all" => Ok(Self::All),
            Some(words) => number(words).map(Self::Words),
            None => number(text).map(Self::Chars),
        }
    }
}

impl Context {
    /// The bytes of a sentence that are shown for a hit in it.
    fn around(self, text: &str, hit: &Range<usize>) -> Range<usize> {
        let (left, right) = (&text[..hit.start], &text[hit.end..]);
        match self {
            Self::All => 0..text.len(),
            Self::Chars(n) => {
                let start =
                    left.char_indices().rev().take(n).last().map_or(hit.start, |(at, _)| at);
                let end = right.char_indices().nth(n).map_or(text.len(), |(at, _)| hit.end + at);
                start..end
            }
            Self::Words(n) => {
                let words = |side: &str| -> Vec<Range<usize>> {
                    let start = |word: &str| word.as_ptr() as usize - side.as_ptr() as usize;
                    let words = side.split_whitespace();
                    words.map(|word| start(word)..start(word) + word.len()).collect()
                };
                let (before, after) = (words(left), words(right));
                let start = before
                    .len()
                    .checked_sub(n)
                    .map_or(0, |at| before.get(at).map_or(hit.start, |word| word.start));
                let end = match n.checked_sub(1) {
                    None => hit.end,
                    Some(at) => after.get(at).map_or(text.len(), |word| hit.end + word.end),
                };
                start..end
            }
        }
    }
}

/// Shows hits batch after batch.
#[derive(Debug)]
pub struct Show {
    form: Form,
    context: Context,
    is_begun: bool,
}

/// What a terminal shows a hit with: the sequences before and after it.
pub type Mark<'m> = (&'m str, &'m str);

impl Show {
    /// Shows in `form`; Markdown is as the table.
    pub fn new(form: Form, context: Context) -> Self {
        Self { form, context, is_begun: false }
    }

    /// The next hits; `mark` is put around each in a table.
    pub fn batch(&mut self, hits: &[Hit], mark: Mark<'_>) -> String {
        let mut out = String::new();
        match self.form {
            Form::Csv => {
                out += &self.header();
                hits.iter().for_each(|hit| out += &self.csv(hit));
            }
            Form::Json => {
                for hit in hits {
                    out += if self.is_begun { ",\n" } else { "[\n" };
                    self.is_begun = true;
                    out += &self.json(hit);
                }
            }
            Form::Table | Form::Markdown => out += &self.aligned(hits, mark),
        }
        self.is_begun = true;
        out
    }

    /// What comes after the last hit.
    pub fn end(&self) -> String {
        match (self.form, self.is_begun) {
            (Form::Csv, false) => self.header(),
            (Form::Json, true) => "\n]\n".to_owned(),
            (Form::Json, false) => "[]\n".to_owned(),
            _ => String::new(),
        }
    }

    fn header(&self) -> String {
        let names = [
            "doc_id",
            "sentence_id",
            "mention_id",
            "published",
            "source_path",
            "raw_start",
            "raw_end",
            "char_start",
            "char_end",
            "left",
            "hit",
            "right",
        ];
        if self.is_begun { String::new() } else { csv_line(&names) }
    }

    /// What stands left of the hit, the hit, and what stands right of it.
    fn parts<'h>(&self, hit: &'h Hit) -> [&'h str; 3] {
        let shown = self.context.around(&hit.text, &hit.hit);
        let text = &hit.text;
        [&text[shown.start..hit.hit.start], &text[hit.hit.clone()], &text[hit.hit.end..shown.end]]
    }

    fn csv(&self, hit: &Hit) -> String {
        let [left, own, right] = self.parts(hit);
        csv_line(&[
            hit.doc_id.as_str(),
            &hit.sentence_id,
            hit.mention_id.as_deref().unwrap_or(""),
            &hit.published.map_or_else(String::new, |day| day.to_string()),
            &hit.source_path,
            &hit.raw.start.to_string(),
            &hit.raw.end.to_string(),
            &hit.chars.start.to_string(),
            &hit.chars.end.to_string(),
            left,
            own,
            right,
        ])
    }

    fn json(&self, hit: &Hit) -> String {
        let [left, own, right] = self.parts(hit);
        json!({
            "doc_id": hit.doc_id,
            "sentence_id": hit.sentence_id,
            "mention_id": hit.mention_id,
            "published": hit.published.map(|day| day.to_string()),
            "source_path": hit.source_path,
            "raw_start": hit.raw.start,
            "raw_end": hit.raw.end,
            "char_start": hit.chars.start,
            "char_end": hit.chars.end,
            "left": left,
            "hit": own,
            "right": right,
        })
        .to_string()
    }

    /// Hits under each other, then date and sentence.
    fn aligned(&self, hits: &[Hit], (on, off): Mark<'_>) -> String {
        let parts: Vec<[String; 3]> = hits.iter().map(|hit| self.parts(hit).map(plain)).collect();
        let widest = |side: usize| parts.iter().map(|own| width(&own[side])).max().unwrap_or(0);
        let hit_width = widest(1).min(24);
        let (left, right) = match self.context {
            // The same in every batch.
            Context::Chars(n) => (n, n),
            _ => (widest(0), widest(2)),
        };
        let blanks = |wanted: usize, there: usize| " ".repeat(wanted.saturating_sub(there));
        let mut out = String::new();
        for (hit, [before, own, after]) in hits.iter().zip(&parts) {
            let there = width(own) + width(after);
            let date = hit.published.map_or_else(|| "-".to_owned(), |day| day.to_string());
            out += &blanks(left, width(before));
            out += before;
            out += &format!("{on}{own}{off}{after}{}", blanks(hit_width + right, there));
            out += &format!("  {date:10}  {}\n", hit.sentence_id);
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hit(text: &str, own: &str) -> Hit {
        let start = text.find(own).unwrap();
        Hit {
            doc_id: "a-1".to_owned(),
            sentence_id: "a-1-s0001".to_owned(),
            mention_id: None,
            published: Some("2018-03-04".parse().unwrap()),
            source_path: "a.txt".to_owned(),
            raw: 10..30,
            chars: 3..5,
            text: text.into(),
            hit: start..start + own.len(),
        }
    }

    #[test]
    fn context_is_characters_or_words_or_all() {
        let hit = hit("ab çd ef,  KEY; gh ïj kl", "KEY");
        for (context, wanted) in [
            ("0", ["", "KEY", ""]),
            ("4", ["f,  ", "KEY", "; gh"]),
            ("99", ["ab çd ef,  ", "KEY", "; gh ïj kl"]),
            ("0w", ["", "KEY", ""]),
            ("2w", ["çd ef,  ", "KEY", "; gh"]),
            ("9w", ["ab çd ef,  ", "KEY", "; gh ïj kl"]),
            ("all", ["ab çd ef,  ", "KEY", "; gh ïj kl"]),
        ] {
            let show = Show::new(Form::Csv, context.parse().unwrap());
            assert_eq!(show.parts(&hit), wanted, "{context}");
        }
        assert!("w".parse::<Context>().is_err() && "-1".parse::<Context>().is_err());
    }

    #[test]
    fn every_form_is_whole_after_its_end() {
        let hits = [hit("the key, \"x\"", "key"), hit("key\u{1b}[2J", "key")];
        let all = |form| {
            let mut show = Show::new(form, Context::Chars(6));
            let one = show.batch(&hits[..1], ("<", ">"));
            one + &show.batch(&hits[1..], ("<", ">")) + &show.end()
        };
        assert_eq!(
            all(Form::Table),
            "  the <key>, \"x\"   2018-03-04  a-1-s0001\n      <key>\u{fffd}[2J    2018-03-04  a-1-s0001\n"
        );
        let csv = all(Form::Csv);
        assert!(csv.starts_with("doc_id,sentence_id,"), "{csv}");
        assert!(
            csv.contains("a-1,a-1-s0001,,2018-03-04,a.txt,10,30,3,5,the ,key,\", \"\"x\"\"\"\n"),
            "{csv}"
        );
        assert_eq!(csv.lines().count(), 3);
        let json: serde_json::Value = serde_json::from_str(&all(Form::Json)).unwrap();
        assert_eq!(json[1]["right"], "\u{1b}[2J");
        assert_eq!(Show::new(Form::Json, Context::All).end(), "[]\n");
        assert!(Show::new(Form::Csv, Context::All).end().starts_with("doc_id,"));
    }
}

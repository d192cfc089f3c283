//! Tables of results, and the forms in which they are shown.
//!
//! In: named columns and rows of values. Out: text: aligned columns for people, CSV, JSON or
//! Markdown. Assumes nothing of the values; what would move a terminal's cursor is not shown there.

use serde_json::{Map, Number, Value as Json};
use unicode_normalization::char::is_combining_mark;

/// A value of a table of results.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// None.
    Null,
    /// A text.
    Text(String),
    /// A whole number.
    Int(i64),
    /// A number, rounded by [`rounded`].
    Float(f64),
}

impl Value {
    /// A text, or none where it is empty.
    pub fn text(text: impl Into<String>) -> Self {
        let text = text.into();
        if text.is_empty() { Self::Null } else { Self::Text(text) }
    }

    /// A count.
    pub fn count(n: usize) -> Self {
        Self::Int(i64::try_from(n).unwrap_or(i64::MAX))
    }

    /// A number to four decimals; none where it is no finite number.
    pub fn number(n: f64) -> Self {
        if n.is_finite() { Self::Float(rounded(n)) } else { Self::Null }
    }

    /// As it stands in CSV; null is empty.
    fn csv(&self) -> String {
        match self {
            Self::Null => String::new(),
            Self::Text(text) => text.clone(),
            Self::Int(n) => n.to_string(),
            Self::Float(n) => n.to_string(),
        }
    }

    /// As people see it: two decimals, null as '-'.
    fn shown(&self) -> String {
        match self {
            Self::Null => "-".to_owned(),
            Self::Text(text) => plain(text),
            Self::Int(n) => n.to_string(),
            Self::Float(n) => format!("{n:.2}"),
        }
    }

    fn json(&self) -> Json {
        match self {
            Self::Null => Json::Null,
            Self::Text(text) => Json::from(text.as_str()),
            Self::Int(n) => Json::from(*n),
            Self::Float(n) => Number::from_f64(*n).map_or(Json::Null, Json::Number),
        }
    }
}

/// A number to four decimals, half away from zero; never negative zero.
#[must_use]
pub fn rounded(n: f64) -> f64 {
    (n * 1e4).round() / 1e4 + 0.0
}

/// A table of results.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Listing {
    /// Names of the columns.
    pub columns: Vec<String>,
    /// Rows, with a value for each column.
    pub rows: Vec<Vec<Value>>,
    /// What to know before using it, a sentence each, without a full stop.
    pub notes: Vec<String>,
}

/// A form in which a table is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Aligned columns for people, the header first.
    Table,
    /// RFC 4180 with a header and LF, empty for null.
    Csv,
    /// An array of objects, one a line.
    Json,
    /// A table of GitHub Flavored Markdown.
    Markdown,
}

impl Listing {
    /// A table without rows.
    pub fn new(columns: &[&str]) -> Self {
        let columns = columns.iter().map(|name| (*name).to_owned()).collect();
        Self { columns, ..Self::default() }
    }

    /// Leaves `limit` rows, where it is not 0, and notes it if there were more.
    #[must_use]
    pub fn limited(mut self, limit: usize) -> Self {
        let all = self.rows.len();
        if limit > 0 && all > limit {
            self.rows.truncate(limit);
            self.notes.push(format!("the first {limit} of {all} rows; --limit 0 shows all"));
        }
        self
    }

    /// The table in a form.
    #[must_use]
    pub fn show(&self, form: Form) -> String {
        match form {
            Form::Table => self.aligned(),
            Form::Csv => self.csv(),
            Form::Json => self.json(),
            Form::Markdown => self.markdown(),
        }
    }

    fn csv(&self) -> String {
        let cells = |row: &[Value]| csv_line(&row.iter().map(Value::csv).collect::<Vec<_>>());
        csv_line(&self.columns) + &self.rows.iter().map(|row| cells(row)).collect::<String>()
    }

    fn json(&self) -> String {
        let object = |row: &Vec<Value>| -> String {
            let pairs = self.columns.iter().cloned().zip(row.iter().map(Value::json));
            Json::Object(pairs.collect::<Map<_, _>>()).to_string()
        };
        let rows: Vec<String> = self.rows.iter().map(object).collect();
        if rows.is_empty() { "[]\n".to_owned() } else { format!("[\n{}\n]\n", rows.join(",\n")) }
    }

    /// Whether a column's values stand at its right edge: where all that are there are numbers.
    fn is_number(&self, column: usize) -> bool {
        let mut there =
            self.rows.iter().filter_map(|row| row.get(column)).filter(|v| **v != Value::Null);
        let mut any = false;
        there.all(|value| {
            any = true;
            !matches!(value, Value::Text(_))
        }) && any
    }

    fn aligned(&self) -> String {
        let shown: Vec<Vec<String>> =
            self.rows.iter().map(|row| row.iter().map(Value::shown).collect()).collect();
        let widths: Vec<usize> = (0..self.columns.len())
            .map(|at| {
                let cells =
                    shown.iter().filter_map(|row| row.get(at)).chain(&self.columns[at..=at]);
                cells.map(|cell| width(cell)).max().unwrap_or(0)
            })
            .collect();
        let right: Vec<bool> = (0..self.columns.len()).map(|at| self.is_number(at)).collect();
        let mut out = String::new();
        for row in std::iter::once(&self.columns).chain(&shown) {
            let mut line = String::new();
            for ((cell, most), right) in row.iter().zip(&widths).zip(&right) {
                let blanks = " ".repeat(most.saturating_sub(width(cell)));
                let (before, after) = if *right { (&*blanks, "") } else { ("", &*blanks) };
                line += &format!("{before}{cell}{after}  ");
            }
            out += line.trim_end();
            out.push('\n');
        }
        out
    }

    fn markdown(&self) -> String {
        let line = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
        let escaped = |text: &str| text.replace('\\', "\\\\").replace('|', "\\|");
        let mut out = line(self.columns.iter().map(|name| escaped(name)).collect());
        let rule = |at| if self.is_number(at) { "---:" } else { "---" }.to_owned();
        out += &line((0..self.columns.len()).map(rule).collect());
        for row in &self.rows {
            out += &line(row.iter().map(|value| escaped(&value.shown())).collect());
        }
        out
    }
}

/// A line of CSV with its line feed.
pub(crate) fn csv_line<T: AsRef<str>>(cells: &[T]) -> String {
    let mut line = csv::Writer::from_writer(Vec::new());
    // Writing to memory cannot fail, and what was text stays text.
    let _ = line.write_record(cells.iter().map(AsRef::as_ref));
    line.into_inner().ok().and_then(|line| String::from_utf8(line).ok()).unwrap_or_default()
}

/// A text on one line, without what would move a terminal's cursor or turn its writing direction.
pub(crate) fn plain(text: &str) -> String {
    let turns = |c| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let one = |c: char| match c {
        _ if c.is_whitespace() => ' ',
        _ if c.is_control() || turns(c) => '\u{fffd}',
        _ => c,
    };
    text.chars().map(one).collect()
}

/// Columns of a terminal that a text takes: none for marks, two for wide letters of East Asia.
pub(crate) fn width(text: &str) -> usize {
    let wide = |c: char| {
        matches!(u32::from(c),
            0x1100..=0x115f | 0x2e80..=0x303e | 0x3041..=0x33ff | 0x3400..=0x4dbf
            | 0x4e00..=0x9fff | 0xa000..=0xa4cf | 0xac00..=0xd7a3 | 0xf900..=0xfaff
            | 0xfe30..=0xfe6f | 0xff00..=0xff60 | 0xffe0..=0xffe6 | 0x1f300..=0x1faff
            | 0x20000..=0x3fffd)
    };
    let invisible = |c: char| matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}');
    text.chars()
        .map(|c| match c {
            ' '..='~' => 1,
            _ if is_combining_mark(c) || invisible(c) => 0,
            _ if wide(c) => 2,
            _ => 1,
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listing() -> Listing {
        let mut listing = Listing::new(&["name", "n", "share"]);
        listing.rows = vec![
            vec![Value::text("a|b \"c\", d"), Value::Int(12), Value::number(1.0 / 3.0)],
            vec![Value::Null, Value::Int(5), Value::number(f64::NAN)],
            vec![Value::text("حلب\u{1b}[1m\nx"), Value::Int(-3), Value::number(-1e-9)],
        ];
        listing
    }

    #[test]
    fn every_form_holds_the_same_values() {
        let listing = listing();
        assert_eq!(
            listing.show(Form::Csv),
            "name,n,share\n\"a|b \"\"c\"\", d\",12,0.3333\n,5,\n\"حلب\u{1b}[1m\nx\",-3,0\n"
        );
        assert_eq!(
            listing.show(Form::Json),
            "[\n{\"name\":\"a|b \\\"c\\\", d\",\"n\":12,\"share\":0.3333},\n\
             {\"name\":null,\"n\":5,\"share\":null},\n\
             {\"name\":\"حلب\\u001b[1m\\nx\",\"n\":-3,\"share\":0.0}\n]\n"
        );
        assert_eq!(
            listing.show(Form::Table),
            "name         n  share\na|b \"c\", d  12   0.33\n-            5      -\n\
             حلب\u{fffd}[1m x   -3   0.00\n"
        );
        assert_eq!(
            listing.show(Form::Markdown),
            "| name | n | share |\n| --- | ---: | ---: |\n| a\\|b \"c\", d | 12 | 0.33 |\n\
             | - | 5 | - |\n| حلب\u{fffd}[1m x | -3 | 0.00 |\n"
        );
        assert_eq!(Listing::new(&["a"]).show(Form::Json), "[]\n");
    }

    #[test]
    fn a_limit_is_noted_where_it_cuts() {
        let cut = listing().limited(2);
        assert_eq!(cut.rows.len(), 2);
        assert_eq!(cut.notes, ["the first 2 of 3 rows; --limit 0 shows all"]);
        assert_eq!(listing().limited(3), listing());
        assert_eq!(listing().limited(0), listing());
    }

    #[test]
    fn marks_take_no_room_and_wide_letters_two() {
        for (text, columns) in [("abc", 3), ("e\u{301}", 1), ("東京", 4), ("ح\u{64e}لب", 3)] {
            assert_eq!(width(text), columns, "{text}");
        }
    }
}

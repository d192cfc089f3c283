//! Which documents of a dataset count, and what they are grouped by.
//!
//! In: conditions on columns of `documents`, and days between which they were published. Out: the
//! documents that keep them, or the same as SQL. Assumes nothing of the dataset.

use std::path::Path;
use std::str::FromStr;

use jiff::civil::Date;

use crate::error::{Error, Result};
use crate::read::{Cell, each_row};
use crate::tables::{ColumnType, DOCVAR, Documents, TableSpec, spec};

/// Names that stand for parts of `published`.
pub const PERIODS: [&str; 4] = ["year", "quarter", "month", "day"];

/// What documents can be chosen and grouped by: the columns of `documents` that hold names, days and
/// categories, and [`PERIODS`]. The sidecar's own columns, which begin with `docvar_`, come to them.
#[must_use]
pub fn names() -> Vec<String> {
    let named = |kind| matches!(kind, ColumnType::String | ColumnType::Category | ColumnType::Date);
    let columns = spec::<Documents>(&[]).columns.into_iter();
    let columns = columns.filter(|c| named(c.kind) && c.name != "text").map(|c| c.name);
    columns.chain(PERIODS.map(str::to_owned)).collect()
}

/// The name of a column by which documents can be chosen and grouped.
///
/// # Errors
///
/// If no dataset has such a column; the names that there are.
pub fn name(text: &str) -> Result<String, String> {
    let names = names();
    if names.iter().any(|name| name == text) || text.starts_with(DOCVAR) {
        return Ok(text.to_owned());
    }
    Err(format!("not one of {}, or docvar_NAME of the sidecar", names.join(", ")))
}

/// A column and the value that it must have.
///
/// ```
/// use rapporteur::select::Condition;
///
/// let condition: Condition = "publisher=A=B".parse()?;
/// assert_eq!((condition.column.as_str(), condition.value.as_str()), ("publisher", "A=B"));
/// assert!("colour=red".parse::<Condition>().is_err());
/// # Ok::<(), String>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// A name as [`name`] takes it.
    pub column: String,
    /// The value as in CSV; empty for null.
    pub value: String,
}

impl FromStr for Condition {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (column, value) = text.split_once('=').ok_or("expected COLUMN=VALUE")?;
        Ok(Self { column: name(column)?, value: value.to_owned() })
    }
}

/// A day, a month or a year.
///
/// ```
/// use rapporteur::select::Partial;
///
/// let month: Partial = "2016-02".parse()?;
/// assert_eq!(month.first.to_string(), "2016-02-01");
/// assert_eq!(month.last.to_string(), "2016-02-29");
/// assert!("2016-13".parse::<Partial>().is_err());
/// # Ok::<(), String>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Partial {
    /// Its first day.
    pub first: Date,
    /// Its last day.
    pub last: Date,
}

impl FromStr for Partial {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let expected = || format!("{text:?} is no date such as 2016, 2016-01 or 2016-01-31");
        let digits = |part: &str, len: usize| {
            (part.len() == len).then(|| part.parse::<i16>().ok()).flatten().ok_or_else(expected)
        };
        if !text.bytes().all(|b| b.is_ascii_digit() || b == b'-') {
            return Err(expected());
        }
        let parts: Vec<&str> = text.split('-').collect();
        let day = |month: &str, day: i16| {
            let (year, month) = (digits(parts[0], 4)?, digits(month, 2)?);
            let (month, day) = (i8::try_from(month), i8::try_from(day));
            let (Ok(month), Ok(day)) = (month, day) else { return Err(expected()) };
            Date::new(year, month, day).map_err(|_| expected())
        };
        Ok(match parts[..] {
            [_] => Self { first: day("01", 1)?, last: day("12", 31)? },
            [_, month] => {
                let first = day(month, 1)?;
                Self { first, last: first.last_of_month() }
            }
            [_, month, own] => {
                let own = day(month, digits(own, 2)?)?;
                Self { first: own, last: own }
            }
            _ => return Err(expected()),
        })
    }
}

/// Which documents count.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    /// Of one column any must hold, of several columns all.
    pub conditions: Vec<Condition>,
    /// The first day of this or later.
    pub from: Option<Partial>,
    /// The last day of this or earlier.
    pub to: Option<Partial>,
}

/// Documents that were left out because they have no date.
pub type Undated = usize;

impl Selection {
    /// Whether every document counts.
    #[must_use]
    pub fn is_all(&self) -> bool {
        *self == Self::default()
    }

    /// Whether documents without a date are left out.
    #[must_use]
    pub fn is_dated(&self) -> bool {
        self.from.is_some() || self.to.is_some()
    }

    /// Calls `row` with the values of `names` of each document that counts.
    ///
    /// # Errors
    ///
    /// If the table cannot be read or has no such column.
    pub(crate) fn each(
        &self,
        out_dir: &Path,
        documents: &TableSpec,
        names: &[&str],
        mut row: impl FnMut(&[Cell]),
    ) -> Result<Undated> {
        let mut wanted: Vec<&str> = names.to_vec();
        wanted.extend(self.conditions.iter().map(|c| c.column.as_str()));
        let mut columns: Vec<&str> = Vec::new();
        let published: &[&str] = &["published", "published_precision"];
        for name in &wanted {
            let own = if PERIODS.contains(name) { published } else { std::slice::from_ref(name) };
            columns.extend(own);
        }
        if self.is_dated() {
            columns.push("published");
        }
        columns.sort_unstable();
        columns.dedup();
        for column in &columns {
            if !documents.columns.iter().any(|own| own.name == *column) {
                let own: Vec<&str> = documents.columns.iter().map(|c| c.name.as_str()).collect();
                let own = own.join(", ");
                return Err(Error::Settings(format!(
                    "documents of this dataset have no column {column}; they have {own}"
                )));
            }
        }
        let at = |name: &str| columns.binary_search(&name).unwrap_or(0);
        let mut undated = 0;
        let mut values = Vec::with_capacity(names.len());
        each_row(out_dir, documents, &columns, |cells| {
            let value = |name: &str| {
                if PERIODS.contains(&name) {
                    period(name, &cells[at("published")], &cells[at("published_precision")])
                } else {
                    cells[at(name)].clone()
                }
            };
            if !keeps(&self.conditions, value) {
                return;
            }
            if self.is_dated() {
                let Cell::Day(day) = cells[at("published")] else {
                    undated += 1;
                    return;
                };
                let early = self.from.is_some_and(|from| day < from.first);
                if early || self.to.is_some_and(|to| day > to.last) {
                    return;
                }
            }
            values.clear();
            values.extend(names.iter().map(|name| value(name)));
            row(&values);
        })?;
        Ok(undated)
    }

    /// What keeps the documents that count, in SQL; empty if all do.
    pub(crate) fn sql(&self) -> String {
        let mut all = conditions_sql(&self.conditions);
        let bounds = [(">=", self.from.map(|from| from.first)), ("<=", self.to.map(|to| to.last))];
        for (sign, day) in bounds {
            if let Some(day) = day {
                all.push(format!("published {sign} DATE '{day}'"));
            }
        }
        if all.is_empty() { String::new() } else { format!("WHERE {}", all.join("\n    AND ")) }
    }
}

/// Whether values keep all conditions: of one column any, of several all.
pub(crate) fn keeps(conditions: &[Condition], value: impl Fn(&str) -> Cell) -> bool {
    conditions.iter().enumerate().all(|(i, condition)| {
        let same = |other: &&Condition| other.column == condition.column;
        // Each column is looked at once, with all its conditions.
        conditions[..i].iter().any(|other| same(&other)) || {
            let own = value(&condition.column).csv();
            conditions.iter().filter(same).any(|other| other.value == own)
        }
    })
}

/// The conditions as expressions of SQL that must all hold.
pub(crate) fn conditions_sql(conditions: &[Condition]) -> Vec<String> {
    let mut columns: Vec<&str> = Vec::new();
    for condition in conditions {
        if !columns.contains(&condition.column.as_str()) {
            columns.push(&condition.column);
        }
    }
    let expression = |column: &&str| {
        let own = conditions.iter().filter(|c| c.column == **column);
        let values: Vec<String> = own.map(|c| quoted(&c.value)).collect();
        format!("coalesce(CAST({} AS VARCHAR), '') IN ({})", sql_name(column), values.join(", "))
    };
    columns.iter().map(expression).collect()
}

/// The period of a publication date; null where the date is not known so exactly.
fn period(name: &str, published: &Cell, precision: &Cell) -> Cell {
    let Cell::Day(day) = published else { return Cell::Null };
    let (year, month, exact) = (day.year(), day.month(), precision.text());
    let text = match name {
        "year" => format!("{year:04}"),
        "quarter" if exact != "year" => format!("{year:04}-Q{}", (month + 2) / 3),
        "month" if exact != "year" => format!("{year:04}-{month:02}"),
        "day" if exact == "day" => day.to_string(),
        _ => return Cell::Null,
    };
    Cell::Text(text)
}

/// A column of `documents`, or a period, as an expression of SQL.
pub(crate) fn sql_name(name: &str) -> String {
    let known =
        |to: &str, text: &str| format!("CASE WHEN published_precision IN ({to}) THEN {text} END");
    match name {
        "year" => "strftime(published, '%Y')".to_owned(),
        "quarter" => {
            let text = "strftime(published, '%Y') || '-Q' || quarter(published)";
            known("'day', 'month'", text)
        }
        "month" => known("'day', 'month'", "strftime(published, '%Y-%m')"),
        "day" => known("'day'", "strftime(published, '%Y-%m-%d')"),
        column => identifier(column),
    }
}

/// A text in SQL.
pub(crate) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// A name in SQL.
pub(crate) fn identifier(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A note on documents that were left out, if there are any.
#[must_use]
pub fn undated_note(undated: Undated) -> Option<String> {
    let documents = if undated == 1 { "document" } else { "documents" };
    (undated > 0)
        .then(|| format!("{undated} {documents} without a date left out by --from and --to"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn partial_dates_have_a_first_and_a_last_day() {
        for (text, wanted) in [
            ("2016", Some("2016-01-01 2016-12-31")),
            ("2016-02", Some("2016-02-01 2016-02-29")),
            ("2016-02-03", Some("2016-02-03 2016-02-03")),
            ("2016-2", None),
            ("16", None),
            ("2016-02-30", None),
            ("2016-02-03-04", None),
            ("+216", None),
            ("2016-", None),
            ("", None),
        ] {
            let found = text.parse::<Partial>().ok().map(|p| format!("{} {}", p.first, p.last));
            assert_eq!(found.as_deref(), wanted, "{text:?}");
        }
    }

    #[test]
    fn of_one_column_any_of_several_all() {
        let conditions: Vec<Condition> =
            ["publisher=A", "genre=", "publisher=B"].map(|text| text.parse().unwrap()).to_vec();
        let row = |publisher: &'static str, genre: Cell| {
            keeps(&conditions, |name| match name {
                "publisher" => Cell::Text(publisher.to_owned()),
                _ => genre.clone(),
            })
        };
        assert!(row("A", Cell::Null) && row("B", Cell::Null));
        assert!(!row("C", Cell::Null) && !row("A", Cell::Text("news".to_owned())));
        assert!(keeps(&[], |_| Cell::Null));
        assert_eq!(
            conditions_sql(&conditions),
            [
                "coalesce(CAST(\"publisher\" AS VARCHAR), '') IN ('A', 'B')",
                "coalesce(CAST(\"genre\" AS VARCHAR), '') IN ('')"
            ]
        );
        assert_eq!(quoted("O'Brien"), "'O''Brien'");
    }

    #[test]
    fn a_period_is_null_where_the_date_is_less_exact() {
        let day = Cell::Day(date(2016, 11, 5));
        for (precision, name, wanted) in [
            ("day", "day", "2016-11-05"),
            ("day", "month", "2016-11"),
            ("month", "quarter", "2016-Q4"),
            ("month", "day", ""),
            ("year", "month", ""),
            ("year", "quarter", ""),
            ("year", "year", "2016"),
        ] {
            let found = period(name, &day, &Cell::Text(precision.to_owned()));
            assert_eq!(found.csv(), wanted, "{precision} {name}");
        }
        assert_eq!(period("year", &Cell::Null, &Cell::Null), Cell::Null);
    }
}

//! The guard of CSV cells that a spreadsheet would run as formulas, and its undoing.
//!
//! In: a cell. Out: the cell with an apostrophe before whatever a spreadsheet may take for the beginning
//! of a formula, or the cell as it was before. [`unguard`] undoes [`guard`] exactly.
//!
//! What begins a formula is OWASP's list (community page "CSV Injection": `=`, `+`, `-`, `@`, tab, carriage
//! return, line feed), with NUL, which readers pass over (OWASP ASVS 5.0, 1.2.10), and the full-width forms of
//! the four signs, which Excel takes for them in East Asian settings (issue 1088 of OWASP/www-community).
//! The page also says that the cell's start is not enough: Excel cuts a file at semicolons where the
//! system's list separator is one, and then quotation marks and line breaks in the middle of what it takes
//! for a cell do not count as ours. So the same signs are guarded behind `;`, tab, CR and LF too, and
//! behind quotation marks there.

use std::borrow::Cow;

/// What begins a formula.
const SIGNS: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];

/// The cell with its guards. A plain number (a sign, digits, one point) is none that needs any.
pub(crate) fn guard(cell: &str) -> Cow<'_, str> {
    if is_number(cell) {
        return Cow::Borrowed(cell);
    }
    let mut out = String::new();
    let mut done = 0;
    for at in starts(cell) {
        if begins_formula(&cell[at..], at == 0) {
            out.push_str(&cell[done..at]);
            out.push('\'');
            done = at;
        }
    }
    if out.is_empty() {
        return Cow::Borrowed(cell);
    }
    out.push_str(&cell[done..]);
    Cow::Owned(out)
}

/// The cell without its guards; none if it is nothing that [`guard`] gives.
pub(crate) fn unguard(cell: &str) -> Option<Cow<'_, str>> {
    let mut out = String::new();
    let mut done = 0;
    for at in starts(cell) {
        if let Some(rest) = cell[at..].strip_prefix('\'')
            && begins_formula(rest, at == 0)
        {
            out.push_str(&cell[done..at]);
            done = at + 1;
        }
    }
    let own = if done == 0 {
        Cow::Borrowed(cell)
    } else {
        out.push_str(&cell[done..]);
        Cow::Owned(out)
    };
    (guard(&own) == cell).then_some(own)
}

/// Where something that reads the file may see a cell begin: at the start, and behind separators.
fn starts(cell: &str) -> impl Iterator<Item = usize> {
    let behind =
        |(at, byte): (usize, u8)| matches!(byte, b';' | b'\t' | b'\r' | b'\n').then_some(at + 1);
    std::iter::once(0).chain(cell.bytes().enumerate().filter_map(behind))
}

/// Whether `rest` begins a formula, quotation marks and what readers pass over aside.
fn begins_formula(rest: &str, is_start: bool) -> bool {
    let marks = ['"', '\''];
    let blank = ['\t', '\r', '\n', '\0'];
    (is_start && rest.trim_start_matches(marks).starts_with(blank))
        || rest.trim_start_matches(['"', '\'', '\0']).starts_with(SIGNS)
}

fn is_number(cell: &str) -> bool {
    let digits = cell.strip_prefix(['+', '-']).unwrap_or(cell);
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let all_digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    all_digits(whole) && all_digits(part) && !(whole.is_empty() && part.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_a_spreadsheet_would_run_is_guarded() {
        for (cell, guarded) in [
            ("=1+1", "'=1+1"),
            ("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"),
            ("-2+3", "'-2+3"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "'\t'=1"),
            ("\r=1", "'\r'=1"),
            ("\n=1", "'\n'=1"),
            ("\0=1", "'\0=1"),
            ("\ttext", "'\ttext"),
            ("＝1", "'＝1"),
            ("＋1", "'＋1"),
            ("－1", "'－1"),
            ("＠a", "'＠a"),
            ("-", "'-"),
            ("- a point of a list", "'- a point of a list"),
            ("'=1", "''=1"),
            ("''", "''"),
            ("\"=1", "'\"=1"),
            ("a;=1", "a;'=1"),
            ("a;\"=1", "a;'\"=1"),
            ("a\n\n- b\n-", "a\n\n'- b\n'-"),
            ("-1;-2", "'-1;'-2"),
            ("-1-", "'-1-"),
            ("--1", "'--1"),
            ("-1.2.3", "'-1.2.3"),
            ("-1E5", "'-1E5"),
        ] {
            assert_eq!(guard(cell), guarded, "{cell:?}");
            assert_eq!(unguard(guarded).as_deref(), Some(cell), "{guarded:?}");
        }
    }

    #[test]
    fn all_else_stays() {
        for cell in [
            "",
            " ",
            "a=b",
            "a,=b",
            " =1",
            "-5",
            "+963.11",
            "-.5",
            "5.",
            "007",
            "1E5",
            "TRUE",
            "NA",
            "null",
            "2018-03-04",
            "'",
            "'quoted'",
            "\"quoted\"",
            "a; b",
            "a\nb",
            "a|=b",
            "\u{feff}=1",
            "\u{202e}=1",
        ] {
            assert_eq!(guard(cell), cell, "{cell:?}");
            assert_eq!(unguard(cell).as_deref(), Some(cell), "{cell:?}");
        }
    }

    #[test]
    fn what_is_not_guarded_as_it_must_be_is_seen() {
        for cell in ["=1", "'-5", "a;=1", "'=1;=2", "\tx"] {
            assert_eq!(unguard(cell), None, "{cell:?}");
        }
    }

    proptest! {
        #[test]
        fn a_guard_is_undone_exactly(cell in "[='\"+@;a1.\t\r\n\0＝－ -]{0,12}") {
            let guarded = guard(&cell).into_owned();
            prop_assert_eq!(unguard(&guarded), Some(Cow::Borrowed(cell.as_str())));
        }

        #[test]
        fn nothing_that_is_taken_for_a_cell_begins_a_formula(cell in "[='\"+@;a1.\t\r\n\0＝－ -]{0,12}") {
            let guarded = guard(&cell).into_owned();
            let parts: Vec<&str> = guarded.split([';', '\t', '\r', '\n']).collect();
            for part in &parts {
                let bare = part.trim_matches('"').replace('\0', "");
                prop_assert!(!bare.starts_with(SIGNS) || is_number(&guarded), "{:?}", guarded);
            }
        }
    }
}

//! Names in short texts of other manners than the five of `raw/`: kinds, entities and roles against the
//! marks in `tests/gold/names-a.txt` and `names-b.txt`.
//!
//! `SHOW=1 cargo test --test rapporteur names` fails with every figure and every difference.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use rapporteur::data::Data;
use rapporteur::mentions::{self, EntityRef, Input, MentionKind};

/// A name that a text marks.
#[derive(Debug, PartialEq)]
struct Mark {
    start: usize,
    end: usize,
    kind: String,
    entity: Option<String>,
    role: Option<String>,
}

/// A text without its marks, and the marks: `[name](kind entity | role)`.
fn unmark(marked: &str) -> (String, Vec<Mark>) {
    let (mut text, mut marks) = (String::new(), Vec::new());
    let mut rest = marked;
    while let Some((before, after)) = rest.split_once('[') {
        let (name, after) = after.split_once("](").unwrap();
        let (about, after) = after.split_once(')').unwrap();
        text.push_str(before);
        let start = text.len();
        text.push_str(name);
        let (what, role) = about.split_once(" | ").map_or((about, None), |(w, r)| (w, Some(r)));
        let (kind, entity) = what.split_once(' ').unwrap();
        marks.push(Mark {
            start,
            end: text.len(),
            kind: kind.into(),
            entity: (entity != "-").then(|| entity.into()),
            role: role.map(Into::into),
        });
        rest = after;
    }
    text.push_str(rest);
    (text, marks)
}

/// The texts of a file, each without the line that says its manner.
fn texts(file: &str) -> Vec<(String, Vec<Mark>)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/gold").join(file);
    let all = fs::read_to_string(path).unwrap();
    let texts = all.split("\n\n").filter(|part| !part.starts_with('#'));
    texts.map(|part| unmark(part.split_once('\n').unwrap().1.trim_end())).collect()
}

#[derive(Debug, Default)]
struct Count {
    gold: u32,
    found: u32,
    right: u32,
}

impl Count {
    fn f1(&self) -> f64 {
        2.0 * f64::from(self.right) / f64::from((self.gold + self.found).max(1))
    }

    fn recall(&self) -> f64 {
        f64::from(self.right) / f64::from(self.gold.max(1))
    }

    fn precision(&self) -> f64 {
        f64::from(self.right) / f64::from(self.found.max(1))
    }
}

/// Counts by kind; `names` for all kinds, `links` for entities, `roles` for roles.
///
/// Of links, gold is the names found with their kind that the text links, found those of them that
/// were linked too, right those to the same entity.
fn score(file: &str, data: &Data) -> (BTreeMap<String, Count>, String) {
    let kinds = ["person", "state", "place", "organization", "armed_group", "demonym"];
    let others = ["agreement", "event"];
    let mut counts: BTreeMap<String, Count> = BTreeMap::new();
    let mut differences = String::new();
    for (text, marks) in texts(file) {
        let sentences = data.splitter.split(&text, "en");
        let input = Input { text: &text, sentences: &sentences, published: None, language: "en" };
        let found = mentions::find(&input, &data.mentions);
        let named = |k: MentionKind| kinds.contains(&k.as_str()) || others.contains(&k.as_str());
        let found: Vec<_> = found.iter().filter(|m| named(m.kind)).collect();
        let around = |start: usize, end: usize| {
            let from = text.floor_char_boundary(start.saturating_sub(30));
            let to = text.ceil_char_boundary((end + 30).min(text.len()));
            format!("{}[{}]{}", &text[from..start], &text[start..end], &text[end..to])
        };
        for m in &found {
            for key in ["names", m.kind.as_str()] {
                counts.entry(key.into()).or_default().found += 1;
            }
            let span = m.span.range();
            if !marks
                .iter()
                .any(|g| g.start == span.start && g.end == span.end && g.kind == m.kind.as_str())
            {
                let place = around(span.start, span.end);
                writeln!(differences, "  found   {:12} {place}  {}", m.kind.as_str(), m.rule)
                    .unwrap();
            }
        }
        for mark in &marks {
            let same = found
                .iter()
                .find(|m| m.span.range() == (mark.start..mark.end) && m.kind.as_str() == mark.kind);
            for key in ["names", &mark.kind] {
                let count = counts.entry(key.into()).or_default();
                count.gold += 1;
                count.right += u32::from(same.is_some());
            }
            let place = around(mark.start, mark.end);
            let Some(same) = same else {
                writeln!(differences, "  missing {:12} {place}", mark.kind).unwrap();
                continue;
            };
            let entity = same.entity.as_ref().map(EntityRef::id);
            let links = counts.entry("links".into()).or_default();
            if let Some(wanted) = &mark.entity {
                links.gold += 1;
                links.found += u32::from(entity.is_some());
                links.right += u32::from(entity == Some(wanted));
            } else {
                // A link where there should be none is a wrong one.
                links.found += u32::from(entity.is_some());
            }
            if entity != mark.entity.as_deref() {
                writeln!(differences, "  linked  {entity:?} for {:?} {place}", mark.entity)
                    .unwrap();
            }
            if mark.kind == "person" {
                let role = same.role.map(|r| r.of(&text));
                let roles = counts.entry("roles".into()).or_default();
                roles.gold += u32::from(mark.role.is_some());
                roles.found += u32::from(role.is_some());
                roles.right += u32::from(role.is_some() && role == mark.role.as_deref());
                if role != mark.role.as_deref() {
                    writeln!(differences, "  role    {role:?} for {:?} {place}", mark.role)
                        .unwrap();
                }
            }
        }
    }
    let mut report = format!("{file}\n");
    for (key, c) in &counts {
        let (p, r, f1) = (c.precision(), c.recall(), c.f1());
        let Count { gold, found, .. } = c;
        writeln!(report, "  {key:13} gold {gold:4} found {found:4} P {p:.3} R {r:.3} F1 {f1:.3}")
            .unwrap();
    }
    (counts, report + &differences)
}

#[test]
fn names_of_texts_of_other_manners_are_found_and_linked() {
    let data = Data::load(None).unwrap();
    let mut all = String::new();
    for (file, least) in [("names-a.txt", 0.97), ("names-b.txt", 0.85)] {
        let (counts, report) = score(file, &data);
        assert!(counts["names"].gold > 150, "{file}");
        assert!(counts["names"].f1() >= least, "{report}");
        assert!(counts["links"].precision() >= 0.95, "{report}");
        assert!(counts["roles"].f1() >= 0.85, "{report}");
        all += &report;
    }
    assert!(std::env::var_os("SHOW").is_none(), "{all}");
}

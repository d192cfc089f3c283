//! The sections of a report beside the documents: overview, entities, timeline, places, network, quality.
//!
//! In: what was gathered. Out: HTML. Every picture has a table that says the same. Lists are cut, and say so.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use super::gather::{
    Entity, Gathered, LONG_SENTENCE, MOST_LINES, MOST_LISTED, MOST_NODES, Month, Share,
};
use super::html::{Head, Short, Text, bar, count, counted, percent, size, table};
use super::network;
use super::plots::{self, KINDS, Screen, Spot};

/// Most rows of a table of values.
const MOST_VALUES: usize = 15;
/// Most entities that are listed.
const MOST_ENTITIES: usize = 300;
/// Most places on a map.
const MOST_PLACES: usize = 150;
/// Most pairs of entities that are listed.
const MOST_PAIRS: usize = 60;
/// Most bars of a plot.
const MOST_BARS: i32 = 120;

/// Percent-encodes what stands in a link.
pub(super) fn encoded(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

/// What the page shows, for links into it.
pub(super) struct Page {
    /// Ids of documents that are shown.
    pub(super) documents: BTreeSet<String>,
    /// Ids of entities with mentions that are shown.
    pub(super) entities: BTreeSet<String>,
}

impl Page {
    /// An entity's name, as a link to its mentions if there are any on the page.
    fn entity(&self, entity: &Entity) -> String {
        let name = format!("<bdi>{}</bdi>", Short(&entity.name));
        if self.entities.contains(&entity.id) {
            format!("<a href=\"#entity={}\">{name}</a>", encoded(&entity.id))
        } else {
            name
        }
    }

    /// A document's id, as a link to it if it is on the page.
    fn document(&self, id: &str) -> String {
        let name = format!("<bdi>{}</bdi>", Short(id));
        if self.documents.contains(id) {
            format!("<a href=\"#doc={}\">{name}</a>", encoded(id))
        } else {
            name
        }
    }
}

fn number(n: i64) -> String {
    count(usize::try_from(n).unwrap_or(0))
}

/// A table of values and how often they are had, most frequent first.
fn values(
    caption: &str,
    head: &'static str,
    counts: &BTreeMap<String, usize>,
    none: &str,
) -> String {
    let mut order: Vec<(&String, usize)> = counts.iter().map(|(value, n)| (value, *n)).collect();
    order.sort_by_key(|(value, n)| (std::cmp::Reverse(*n), *value));
    let total: usize = counts.values().sum();
    let most = order.first().map_or(0, |(_, n)| *n) as u64;
    let mut rows: Vec<Vec<String>> = Vec::new();
    for (value, n) in order.iter().take(MOST_VALUES) {
        let name = match value.as_str() {
            "" => format!("<em>{none}</em>"),
            value => format!("<bdi>{}</bdi>", Short(&value.replace('_', " "))),
        };
        rows.push(vec![
            name,
            count(*n),
            format!("{}{}", percent(*n as u64, total as u64), bar(*n as u64, most)),
        ]);
    }
    let rest: usize = order.iter().skip(MOST_VALUES).map(|(_, n)| n).sum();
    if rest > 0 {
        let others = counted(order.len() - MOST_VALUES, "other", "others");
        rows.push(vec![
            format!("<em>{others}</em>"),
            count(rest),
            percent(rest as u64, total as u64),
        ]);
    }
    table(caption, &[(head, false), ("number", true), ("share", true)], &rows)
}

/// Counts and the values of the documents' columns.
pub(super) fn overview(all: &Gathered) -> String {
    let mut out = String::from("<dl class=\"cards\">");
    let month_name = |month| format!("<span class=\"nb\">{}</span>", month_name(month));
    let dates = match (all.published.first_key_value(), all.published.last_key_value()) {
        (Some((first, _)), Some((last, _))) if first == last => month_name(*first),
        (Some((first, _)), Some((last, _))) => {
            format!("{} to {}", month_name(*first), month_name(*last))
        }
        _ => "no document has a date".to_owned(),
    };
    let undated = all.documents.iter().filter(|document| document.published.is_none()).count();
    let words: i64 = all.documents.iter().map(|document| document.words).sum();
    for (name, value, more) in [
        (
            "documents",
            count(all.documents.len()),
            format!("in {}", counted(all.files, "raw text", "raw texts")),
        ),
        ("sentences", count(all.sentences), format!("{} words", number(words))),
        (
            "mentions",
            count(all.mentions),
            format!("{} linked", percent(all.linked as u64, all.mentions as u64)),
        ),
        ("entities", count(all.entities.len()), "with at least one mention".to_owned()),
        (
            "blocks",
            count(all.blocks),
            format!("{} of their bytes kept", percent(all.kept_bytes, all.block_bytes)),
        ),
        ("published", dates, format!("{} undated", count(undated))),
    ] {
        let _ =
            write!(out, "<div><dt>{name}</dt><dd>{value}</dd><dd class=\"more\">{more}</dd></div>");
    }
    out += "</dl>\n<div class=\"columns\">\n";
    out += &values("Mentions by kind", "kind", &all.kinds, "none");
    out += &values("Documents by publisher", "publisher", &all.publishers, "not known");
    out += &values("Documents by genre", "genre", &all.genres, "not known");
    out += &values("Documents by language", "language", &all.languages, "not known");
    out += &values("Mentions by method", "found by", &all.methods, "none");
    out += &values("Documents by encoding", "encoding", &all.encodings, "not known");
    out += &blocks(all);
    out += "</div>\n";
    out
}

/// What became of the raw files: kinds of blocks, kept and removed.
fn blocks(all: &Gathered) -> String {
    let mut kinds: Vec<(&(String, bool), &Share)> = all.block_kinds.iter().collect();
    kinds.sort_by_key(|(kind, blocks)| (std::cmp::Reverse((kind.1, blocks.bytes)), *kind));
    let most = kinds.iter().map(|(_, blocks)| blocks.bytes).max().unwrap_or(0);
    let rows: Vec<Vec<String>> = kinds
        .iter()
        .map(|((kind, kept), blocks)| {
            vec![
                Short(&kind.replace('_', " ")).to_string(),
                if *kept { "kept" } else { "removed" }.to_owned(),
                count(blocks.blocks),
                format!("{}{}", percent(blocks.bytes, all.block_bytes), bar(blocks.bytes, most)),
            ]
        })
        .collect();
    let heads: &[Head<'_>] =
        &[("kind", false), ("state", false), ("number", true), ("bytes", true)];
    table("Blocks by kind", heads, &rows)
}

/// The entities, most mentioned first.
pub(super) fn entities(all: &Gathered, page: &Page) -> String {
    if all.entities.is_empty() {
        return "<p>No mention was linked to an entity.</p>\n".to_owned();
    }
    let mut order: Vec<&Entity> = all.entities.iter().collect();
    order.sort_by_key(|entity| (std::cmp::Reverse(entity.mentions), &entity.id));
    let rows: Vec<Vec<String>> = order
        .iter()
        .take(MOST_ENTITIES)
        .map(|entity| {
            vec![
                page.entity(entity),
                Short(&entity.kind.replace('_', " ")).to_string(),
                Short(&entity.side.replace('_', " ")).to_string(),
                Short(&entity.country).to_string(),
                number(entity.mentions),
                number(entity.documents),
                format!("<bdi>{}</bdi>", Short(&entity.wikipedia)),
            ]
        })
        .collect();
    let heads: &[Head<'_>] = &[
        ("entity", false),
        ("kind", false),
        ("side", false),
        ("country", false),
        ("mentions", true),
        ("documents", true),
        ("Wikipedia article", false),
    ];
    first(all.entities.len(), MOST_ENTITIES, "entities", "most mentions")
        + &table("Entities", heads, &rows)
}

/// Says that a list is cut, if it is.
fn first(there: usize, most: usize, things: &str, by: &str) -> String {
    if there <= most {
        return String::new();
    }
    let (most, there) = (count(most), count(there));
    format!("<p class=\"note\">Listed are the {most} of {there} {things} with {by}.</p>\n")
}

fn month_name(month: Month) -> String {
    format!("{:04}-{:02}", month.div_euclid(12), month.rem_euclid(12) + 1)
}

/// How time is cut into bars.
#[derive(Clone, Copy, PartialEq, Debug)]
struct Bins {
    first: Month,
    /// Months of one.
    width: i32,
    n: i32,
}

impl Bins {
    /// Months, years or tens of years that hold all of the months given, and are few enough to be shown.
    fn over(months: &BTreeMap<Month, usize>) -> Option<Self> {
        let (first, last) = (*months.first_key_value()?.0, *months.last_key_value()?.0);
        [1, 12, 120, 1200, 12_000].into_iter().find_map(|width| {
            let first = first.div_euclid(width) * width;
            let n = (last - first) / width + 1;
            let most = if width == 1 { 36 } else { MOST_BARS };
            (n <= most).then_some(Self { first, width, n })
        })
    }

    fn unit(self) -> &'static str {
        match self.width {
            1 => "month",
            12 => "year",
            120 => "decade",
            1200 => "century",
            _ => "millennium",
        }
    }

    fn labels(self) -> Vec<String> {
        let label = |bin: i32| {
            let month = self.first + bin * self.width;
            match self.width {
                1 => month_name(month),
                12 => (month / 12).to_string(),
                120 => format!("{}s", month / 12),
                _ => format!("from {}", month / 12),
            }
        };
        (0..self.n).map(label).collect()
    }

    fn counts(self, months: &BTreeMap<Month, usize>) -> Vec<usize> {
        let mut counts = vec![0; usize::try_from(self.n).unwrap_or(0)];
        for (month, n) in months {
            let bin = usize::try_from((month - self.first) / self.width).ok();
            if let Some(count) = bin.and_then(|bin| counts.get_mut(bin)) {
                *count += n;
            }
        }
        counts
    }
}

/// A plot in both sizes, and its table.
fn figure(plot: impl Fn(Screen) -> String, legend: &str, table: &str) -> String {
    let mut out = String::from("<figure>\n");
    for screen in Screen::ALL {
        out += &plot(screen);
    }
    out + legend
        + "<details class=\"alternative\"><summary>The same as a table</summary>\n"
        + table
        + "</details>\n</figure>\n"
}

/// A heading, what it is about, and bars in time with their table.
fn bars_in_time(
    id: &str,
    heading: &str,
    about: &str,
    bins: Bins,
    series: &[(String, Vec<usize>)],
) -> String {
    let labels = bins.labels();
    let mut rows = Vec::new();
    for (at, label) in labels.iter().enumerate() {
        let counts: Vec<usize> =
            series.iter().map(|(_, counts)| counts.get(at).copied().unwrap_or(0)).collect();
        if counts.iter().any(|n| *n > 0) {
            let mut row = vec![label.clone()];
            row.extend(counts.iter().map(|n| count(*n)));
            rows.push(row);
        }
    }
    let mut head: Vec<String> = vec![bins.unit().to_owned()];
    head.extend(series.iter().map(|(name, _)| name.clone()));
    let title = format!("{heading}, by {}", bins.unit());
    let plot = |screen| plots::bars(id, (&title, about), &labels, series, screen);
    let table = table_of(&title, &head, &rows);
    format!("<h3>{}</h3>\n<p>{}</p>\n", Text(heading), Text(about)) + &figure(plot, "", &table)
}

/// A table whose headings are no constants; all but the first column are numbers.
fn table_of(caption: &str, head: &[String], rows: &[Vec<String>]) -> String {
    let heads: Vec<String> = head.iter().map(|head| Short(head).plain()).collect();
    let heads: Vec<(&str, bool)> =
        heads.iter().enumerate().map(|(at, head)| (head.as_str(), at > 0)).collect();
    table(caption, &heads, rows)
}

/// The months but for the first and the last hundredth of what they count: a few dates of antiquity would
/// press all others into one bar.
fn most_of(months: &BTreeMap<Month, usize>) -> BTreeMap<Month, usize> {
    let total: usize = months.values().sum();
    let mut before = 0;
    let within = months.iter().filter(|(_, n)| {
        let (first, last) = (before, before + **n);
        before = last;
        last * 100 > total && first * 100 < total * 99
    });
    within.map(|(month, n)| (*month, *n)).collect()
}

/// Documents, actors and dates over time.
pub(super) fn timeline(all: &Gathered) -> String {
    let mut out = String::new();
    let undated = all.documents.iter().filter(|document| document.published.is_none()).count();
    if let Some(bins) = Bins::over(&all.published) {
        let about = format!(
            "Publication dates of {} of {}; the others have none.",
            count(all.documents.len() - undated),
            counted(all.documents.len(), "document", "documents"),
        );
        let series = [("documents".to_owned(), bins.counts(&all.published))];
        out += &bars_in_time("published", "Documents published", &about, bins, &series);
        let series: Vec<(String, Vec<usize>)> = all
            .over_time
            .iter()
            .zip(&all.leading)
            .map(|(months, at)| (all.entities[*at].name.clone(), bins.counts(months)))
            .collect();
        if !series.is_empty() {
            let about = format!(
                "Mentions of the {MOST_LINES} entities with most of them, by the publication date of the document; \
                 all have the same scale. Undated documents are left out."
            );
            out += &bars_in_time("actors", "Entities over time", &about, bins, &series);
        }
    } else {
        out += "<p>No document has a publication date.</p>\n";
    }
    let spoken_of = most_of(&all.spoken_of);
    if let Some(bins) = Bins::over(&spoken_of) {
        let sum = |months: &BTreeMap<Month, usize>| months.values().sum::<usize>();
        let far = match sum(&all.spoken_of) - sum(&spoken_of) {
            0 => String::new(),
            n => format!(
                " {} far before or after the others are left out.",
                counted(n, "date", "dates")
            ),
        };
        let about = format!(
            "When the dates begin that the texts speak of, as far as they resolve to a day; a year counts where \
             it begins.{far}"
        );
        let series = [("dates".to_owned(), bins.counts(&spoken_of))];
        out += &bars_in_time("spoken", "Dates spoken of", &about, bins, &series);
    } else {
        out += "<p>No date that the texts speak of resolves to a day.</p>\n";
    }
    out
}

/// The places with most mentions, most first.
fn spots(all: &Gathered) -> Vec<(&Entity, Spot)> {
    let mut spots: Vec<(&Entity, Spot)> = all
        .entities
        .iter()
        .filter_map(|entity| {
            let (latitude, longitude) = entity.place?;
            let weight = usize::try_from(entity.mentions).unwrap_or(0);
            let at = (longitude, latitude);
            Some((entity, Spot { name: entity.name.clone(), kind: None, at, weight }))
        })
        .collect();
    spots.sort_by_key(|(entity, _)| (std::cmp::Reverse(entity.mentions), &entity.id));
    spots
}

/// A range around the middle of a weighted list, as far to both sides as two and a half times the
/// middle distance from it: where most of it lies, whatever is far away.
fn middle(values: &[(f64, usize)]) -> (f64, f64) {
    let median = |values: &mut Vec<(f64, usize)>| {
        values.sort_by(|a, b| a.0.total_cmp(&b.0));
        let total: usize = values.iter().map(|value| value.1).sum();
        let mut sum = 0;
        let found = values.iter().find(|(_, weight)| {
            sum += weight;
            sum * 2 >= total
        });
        found.map_or(0.0, |value| value.0)
    };
    let at = median(&mut values.to_vec());
    let far = 2.5 * median(&mut values.iter().map(|(v, n)| ((v - at).abs(), *n)).collect());
    (at - far, at + far)
}

/// Places on a map, by their coordinates.
pub(super) fn places(all: &Gathered, page: &Page) -> String {
    let mut listed = spots(all);
    let there = listed.len();
    listed.truncate(MOST_PLACES);
    if listed.is_empty() {
        return "<p>No entity with a mention has coordinates.</p>\n".to_owned();
    }
    let rows: Vec<Vec<String>> = listed
        .iter()
        .map(|(entity, spot)| {
            vec![
                page.entity(entity),
                Short(&entity.country).to_string(),
                format!("{:.4}", spot.at.1),
                format!("{:.4}", spot.at.0),
                number(entity.mentions),
                number(entity.documents),
            ]
        })
        .collect();
    let heads: &[Head<'_>] = &[
        ("place", false),
        ("country", false),
        ("latitude", true),
        ("longitude", true),
        ("mentions", true),
        ("documents", true),
    ];
    let spots: Vec<Spot> = listed.into_iter().map(|(_, spot)| spot).collect();
    let at: Vec<(f64, f64)> = spots.iter().map(|spot| spot.at).collect();
    let whole = plots::extent(&at);
    let (west, east) = middle(&spots.iter().map(|s| (s.at.0, s.weight)).collect::<Vec<_>>());
    let (south, north) = middle(&spots.iter().map(|s| (s.at.1, s.weight)).collect::<Vec<_>>());
    let most = plots::extent(&[(west, south), (east, north)]);
    let area = |(west, east, south, north): plots::Extent| (east - west) * (north - south);
    let about = "Equirectangular, true to scale in the middle; the area of a circle is the number of mentions. \
                 Names that would lie on others are left out; the table has all.";
    let table = table("Places and their coordinates", heads, &rows);
    let mut out = first(there, MOST_PLACES, "places", "most mentions");
    let zoomed = spots.len() > 4 && area(most) * 3.0 < area(whole);
    if zoomed {
        let _ = write!(out, "<h3>Where most mentions are</h3>\n<p>{about}</p>\n<figure>\n");
        for screen in Screen::ALL {
            out += &plots::map("near", ("Where most mentions are", about), &spots, most, screen);
        }
        out += "</figure>\n<h3>All places</h3>\n";
    } else {
        let _ = write!(out, "<h3>All places</h3>\n<p>{about}</p>\n");
    }
    let plot = |screen| plots::map("world", ("All places", about), &spots, whole, screen);
    out + &figure(plot, "", &table)
}

/// Which entities stand together in sentences.
pub(super) fn co_mentions(all: &Gathered, page: &Page) -> String {
    let mut pairs: Vec<((usize, usize), usize)> = all.pairs.iter().map(|(p, n)| (*p, *n)).collect();
    pairs.sort_by_key(|(pair, n)| (std::cmp::Reverse(*n), *pair));
    if pairs.is_empty() {
        return "<p>No sentence has two entities.</p>\n".to_owned();
    }
    let name = |place: usize| page.entity(&all.entities[all.leading[place]]);
    let rows: Vec<Vec<String>> = pairs
        .iter()
        .take(MOST_PAIRS)
        .map(|((one, other), n)| vec![name(*one), name(*other), count(*n)])
        .collect();
    let heads: &[Head<'_>] = &[("entity", false), ("beside", false), ("sentences", true)];
    let about = format!(
        "The {MOST_NODES} entities with most mentions (on a narrow screen fewer), joined where a sentence names both; \
         lines grow with the number of such sentences, shapes with the number of mentions. Names that would lie on \
         others are left out; the table has the pairs that stand together most."
    );
    let plot = |screen: Screen| {
        let most = match screen {
            Screen::Wide => MOST_NODES,
            Screen::Narrow => MOST_NODES / 3,
        };
        let edges = pairs.iter().map(|((one, other), n)| (*one, *other, *n));
        let within = edges.filter(|edge| edge.0 < most && edge.1 < most).take(most * 3);
        // Who stands beside nobody has no place in a network.
        let mut edges: Vec<network::Edge> = within.collect();
        let tied: BTreeSet<usize> = edges.iter().flat_map(|edge| [edge.0, edge.1]).collect();
        let tied: Vec<usize> = tied.into_iter().collect();
        for edge in &mut edges {
            edge.0 = tied.binary_search(&edge.0).unwrap_or(0);
            edge.1 = tied.binary_search(&edge.1).unwrap_or(0);
        }
        let places = network::places(tied.len(), &edges);
        let spots: Vec<Spot> = tied
            .iter()
            .zip(places)
            .map(|(place, at)| {
                let entity = &all.entities[all.leading[*place]];
                Spot {
                    name: entity.name.clone(),
                    kind: KINDS.iter().position(|kind| *kind == entity.kind),
                    at,
                    weight: usize::try_from(entity.mentions).unwrap_or(0),
                }
            })
            .collect();
        plots::network("net", ("Network of co-mentions", &about), &spots, &edges, screen)
    };
    let table = table("Entities in one sentence", heads, &rows);
    let mut out = format!("<p>{}</p>\n", Text(&about));
    out += &figure(plot, &plots::legend(), &table);
    out
}

/// A heading and a table of what is to be looked at; a sentence where there is nothing.
fn findings(
    heading: &str,
    about: &str,
    there: usize,
    heads: &[Head<'_>],
    rows: &[Vec<String>],
) -> String {
    let mut out =
        format!("<h3>{} <span class=\"badge\">{}</span></h3>\n", Text(heading), count(there));
    if rows.is_empty() {
        return out + "<p>None.</p>\n";
    }
    let _ = writeln!(out, "<p>{}</p>", Text(about));
    if there > rows.len() {
        let _ = writeln!(
            out,
            "<p class=\"note\">Listed are the first {} of {}.</p>",
            count(rows.len()),
            count(there)
        );
    }
    out + &table(heading, heads, rows)
}

/// What is to be looked at before the dataset is used.
pub(super) fn quality(all: &Gathered, page: &Page) -> String {
    let mut out = String::new();
    let mut rules: Vec<(&(String, String), &Share)> = all.rules.iter().collect();
    rules.sort_by_key(|(rule, removed)| (std::cmp::Reverse(removed.bytes), *rule));
    let most = rules.first().map_or(0, |(_, removed)| removed.bytes);
    let rows: Vec<Vec<String>> = rules
        .iter()
        .take(MOST_LISTED)
        .map(|((rule, kind), removed)| {
            vec![
                Short(rule).to_string(),
                Short(&kind.replace('_', " ")).to_string(),
                count(removed.blocks),
                size(removed.bytes),
                format!("{}{}", percent(removed.bytes, all.block_bytes), bar(removed.bytes, most)),
            ]
        })
        .collect();
    let removed = all.block_bytes - all.kept_bytes;
    let about = format!(
        "{} of {} that blocks cover ({}) were set aside; white space between blocks is not counted.",
        size(removed),
        size(all.block_bytes),
        percent(removed, all.block_bytes).replace("&lt;", "<"),
    );
    let heads: &[Head<'_>] = &[
        ("rule", false),
        ("kind", false),
        ("blocks", true),
        ("bytes", true),
        ("share of all", true),
    ];
    out += &findings("What was removed, by rule", &about, rules.len(), heads, &rows);

    let mut names: Vec<_> = all.unlinked.iter().collect();
    names.sort_by_key(|(name, n)| (std::cmp::Reverse(n.mentions), *name));
    let rows: Vec<Vec<String>> = names
        .iter()
        .take(MOST_LISTED)
        .map(|((name, kind), n)| {
            vec![
                format!("<bdi>{}</bdi>", Short(name)),
                Short(&kind.replace('_', " ")).to_string(),
                count(n.mentions),
                count(n.documents),
            ]
        })
        .collect();
    let heads: &[Head<'_>] =
        &[("name", false), ("kind", false), ("mentions", true), ("documents", true)];
    let about = "Names that no entity of the codebook has, most frequent first; rapporteur codebook candidates \
                 makes a list of them.";
    out += &findings("Unlinked names", about, names.len(), heads, &rows);
    out += &document_lists(all, page);

    let rows: Vec<Vec<String>> = all
        .longest
        .iter()
        .map(|(words, id)| {
            let document = id.rsplit_once("-s").map_or(id.as_str(), |(document, _)| document);
            vec![format!("<bdi>{}</bdi>", Short(id)), page.document(document), number(words.0)]
        })
        .collect();
    let about =
        format!("Sentences of more than {LONG_SENTENCE} words: lists, or ends that were not seen.");
    let heads: &[Head<'_>] = &[("sentence", false), ("document", false), ("words", true)];
    out += &findings("Long sentences", &about, all.long_sentences, heads, &rows);

    let rows: Vec<Vec<String>> = all
        .rejects
        .iter()
        .take(MOST_LISTED)
        .map(|(path, reason)| {
            vec![format!("<bdi>{}</bdi>", Short(path)), Short(reason).to_string()]
        })
        .collect();
    let heads: &[Head<'_>] = &[("file", false), ("reason", false)];
    let about = "Files that were passed over since they are no text (rejects.csv).";
    out += &findings("Rejected files", about, all.rejects.len(), heads, &rows);
    if all.orphans > 0 {
        let files = counted(all.orphans, "raw file", "raw files");
        let _ =
            writeln!(out, "<p>{files} gave no document; all of their blocks stand outside.</p>");
    }
    out
}

/// The documents that are to be looked at, for one reason each.
fn document_lists(all: &Gathered, page: &Page) -> String {
    let mut out = String::new();
    let row = |at: &usize| {
        let document = &all.documents[*at];
        vec![
            page.document(&document.id),
            number(document.words),
            number(document.mentions),
            size(document.raw_bytes),
            percent(document.removed, document.blocks),
        ]
    };
    let heads: &[Head<'_>] = &[
        ("document", false),
        ("words", true),
        ("mentions", true),
        ("raw", true),
        ("removed", true),
    ];
    let all_of = |wanted: &dyn Fn(usize) -> bool| -> Vec<usize> {
        (0..all.documents.len()).filter(|at| wanted(*at)).collect()
    };
    let mut add = |heading: &str, about: &str, found: &[usize]| {
        let rows: Vec<Vec<String>> = found.iter().take(MOST_LISTED).map(row).collect();
        out += &findings(heading, about, found.len(), heads, &rows);
    };
    let documents = &all.documents;
    let found = all_of(&|at| documents[at].published.is_none());
    add(
        "Undated documents",
        "Neither the text nor the sidecar says when they were published.",
        &found,
    );
    let found = all_of(&|at| documents[at].removed * 2 > documents[at].blocks);
    add(
        "More than half removed",
        "More than 50 % of the bytes of their blocks were set aside.",
        &found,
    );
    let found = all_of(&|at| documents[at].mentions == 0);
    add("Without a mention", "No name, date or quantity was found.", &found);
    let (low, high) = usual(documents.iter().map(|document| document.words).collect());
    let mut found = all_of(&|at| documents[at].words < low);
    found.sort_by_key(|at| documents[*at].words);
    let about = format!(
        "Fewer than {} words, which is far below the middle half of the documents.",
        number(low)
    );
    add("Very short documents", &about, &found);
    let mut found = all_of(&|at| documents[at].words > high);
    found.sort_by_key(|at| std::cmp::Reverse(documents[*at].words));
    let about = format!(
        "More than {} words, which is far above the middle half of the documents.",
        number(high)
    );
    add("Very long documents", &about, &found);
    let rows: Vec<Vec<String>> = all
        .duplicates
        .iter()
        .take(MOST_LISTED)
        .map(|(id, of, similarity)| {
            vec![page.document(id), page.document(of), format!("{similarity:.2}")]
        })
        .collect();
    let heads: &[Head<'_>] = &[("document", false), ("repeats", false), ("similarity", true)];
    let about =
        "Documents that nearly repeat one before them (Jaccard similarity of word 5-grams).";
    out + &findings("Near-duplicates", about, all.duplicates.len(), heads, &rows)
}

/// The bounds beyond which a number is far from the others: the quartiles, and a third or three times of
/// them. Lengths are shared out evenly on a scale of ratios, so that differences would say little.
fn usual(mut numbers: Vec<i64>) -> (i64, i64) {
    numbers.sort_unstable();
    let at = |share: usize| numbers.get(numbers.len() * share / 4).copied().unwrap_or(0);
    (at(1) / 3, at(3).saturating_mul(3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_hold_any_id() {
        assert_eq!(encoded("a-b_c.1"), "a-b_c.1");
        assert_eq!(encoded("né\" #%"), "n%C3%A9%22%20%23%25");
    }

    #[test]
    fn time_is_cut_into_few_parts() {
        let months = |months: &[i32]| months.iter().map(|m| (*m, 1)).collect::<BTreeMap<_, _>>();
        assert_eq!(Bins::over(&months(&[])), None);
        for (given, unit, label, n) in [
            (vec![2016 * 12 + 2, 2016 * 12 + 5], "month", "2016-03", 4),
            (vec![2011 * 12 + 2, 2024 * 12], "year", "2011", 14),
            (vec![1250 * 12, 2024 * 12], "decade", "1250s", 78),
        ] {
            let bins = Bins::over(&months(&given)).unwrap();
            assert_eq!((bins.unit(), bins.labels()[0].as_str(), bins.n), (unit, label, n));
            assert_eq!(bins.counts(&months(&given)).iter().sum::<usize>(), given.len());
        }
        let all = Bins::over(&months(&[-9999 * 12, 9999 * 12])).unwrap();
        assert_eq!(all.n, 20);
    }

    #[test]
    fn dates_far_away_are_left_out() {
        let months =
            BTreeMap::from([(-900, 1), (24_000, 60), (24_001, 60), (24_002, 60), (90_000, 1)]);
        assert_eq!(most_of(&months).into_keys().collect::<Vec<_>>(), [24_000, 24_001, 24_002]);
        let few = BTreeMap::from([(-900, 1), (24_000, 3)]);
        assert_eq!(most_of(&few), few);
    }

    #[test]
    fn the_middle_leaves_out_what_is_far() {
        assert_eq!(middle(&[(0.0, 1), (9.0, 1), (10.0, 9), (11.0, 8), (90.0, 3)]), (7.5, 12.5));
        assert_eq!(middle(&[(7.0, 3)]), (7.0, 7.0));
        assert_eq!(middle(&[]), (0.0, 0.0));
        assert_eq!(usual(vec![90, 100, 110, 120]), (33, 360));
        assert_eq!(usual(vec![]), (0, 0));
    }
}

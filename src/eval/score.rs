//! Pairs of gold and found rows, what is counted of them, and how sure the counts are.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use super::gold::Item;
use super::{Both, Found, Layer, overlap};

/// Resamples of the bootstrap.
const RESAMPLES: usize = 1000;
/// Where its pseudo-random numbers begin, so that figures are the same on any machine.
const SEED: u64 = 2254;

/// What makes a pair right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Measure {
    Strict,
    Overlap,
    Value,
}

/// What was counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Tally {
    pub(super) gold: u64,
    pub(super) found: u64,
    pub(super) right: u64,
}

impl Tally {
    fn add(&mut self, other: Self) {
        self.gold += other.gold;
        self.found += other.found;
        self.right += other.right;
    }

    /// Harmonic mean of precision and recall; not finite where there is nothing.
    pub(super) fn f1(self) -> f64 {
        ratio(2 * self.right, self.gold + self.found)
    }
}

pub(super) fn ratio(part: u64, of: u64) -> f64 {
    crate::stats::association::real(part) / crate::stats::association::real(of)
}

/// The figures of a kind by a measure.
pub(super) struct Scores {
    /// `all` for all together.
    pub(super) kind: String,
    pub(super) measure: Measure,
    pub(super) total: Tally,
    /// Bounds of F1; none where there is one unit only.
    pub(super) interval: Option<(f64, f64)>,
}

/// The figures of a layer: all kinds together, then each by itself. `units` are the places in each
/// file where a unit begins.
pub(super) fn rows(layer: Layer, files: &[Both], units: &[Vec<usize>]) -> Vec<Scores> {
    let files: Vec<Both> = files.iter().map(|both| settled(layer, both)).collect();
    let golds = files.iter().flat_map(|both| both.gold.iter().map(|item| &item.kind));
    let founds = files.iter().flat_map(|both| both.found.iter().map(|found| &found.kind));
    let kinds: BTreeSet<&String> = golds.chain(founds).filter(|kind| !kind.is_empty()).collect();
    let first: Vec<usize> = units
        .iter()
        .scan(0, |sum, own| {
            let first = *sum;
            *sum += own.len();
            Some(first)
        })
        .collect();
    let count = units.iter().map(Vec::len).sum();
    let mut of_kinds: Vec<(String, Vec<[Tally; 3]>)> = Vec::new();
    let mut all = vec![[Tally::default(); 3]; count];
    let tally = |kind: Option<&str>| {
        let mut tallies = vec![[Tally::default(); 3]; count];
        for ((both, starts), first) in files.iter().zip(units).zip(&first) {
            let unit = |at: usize| first + starts.partition_point(|start| *start <= at).max(1) - 1;
            tally(both, kind, &unit, &mut tallies);
        }
        tallies
    };
    for kind in kinds {
        of_kinds.push((kind.clone(), tally(Some(kind))));
    }
    if layer.is_typed() {
        for (_, tallies) in &of_kinds {
            for (sums, own) in all.iter_mut().zip(tallies) {
                sums.iter_mut().zip(own).for_each(|(sum, own)| sum.add(*own));
            }
        }
    } else {
        all = tally(None);
    }
    of_kinds.insert(0, ("all".to_owned(), all));
    let mut rows = Vec::new();
    for (kind, tallies) in of_kinds {
        for (at, measure) in
            [Measure::Strict, Measure::Overlap, Measure::Value].into_iter().enumerate()
        {
            let own: Vec<Tally> = tallies.iter().map(|unit| unit[at]).collect();
            let mut total = Tally::default();
            own.iter().for_each(|unit| total.add(*unit));
            if measure != Measure::Value || total.gold > 0 {
                rows.push(Scores { kind: kind.clone(), measure, total, interval: interval(&own) });
            }
        }
    }
    rows
}

/// Gold and found as they are counted: what is optional is taken out on both sides, and a found row
/// has the gold's kind where the gold accepts its own.
fn settled(layer: Layer, both: &Both) -> Both {
    let gold: Vec<&Item> = both.gold.iter().collect();
    let pairs = pairs(&gold, &both.found.iter().collect::<Vec<_>>());
    let mut partner = vec![None; both.found.len()];
    pairs.iter().for_each(|pair| partner[pair.found] = Some(&both.gold[pair.gold]));
    let has_kinds = both.gold.iter().any(|item| !item.kind.is_empty());
    let found = both.found.iter().zip(partner).filter_map(|(found, partner)| {
        let touches = || {
            let mut optional = both.gold.iter().filter(|item| item.is_optional);
            optional.any(|item| overlap(&item.range, &found.range) > 0)
        };
        let is_left_out = partner.map_or_else(touches, |item| item.is_optional);
        let accepts =
            |item: &&Item| layer == Layer::Sentences || item.also_kinds.contains(&found.kind);
        let kind = match partner.filter(accepts) {
            _ if !has_kinds && layer == Layer::Sentences => "",
            Some(item) => &item.kind,
            None => &found.kind,
        };
        (!is_left_out).then(|| Found { kind: kind.to_owned(), ..found.clone() })
    });
    let kept = both.gold.iter().filter(|item| !item.is_optional);
    Both { found: found.collect(), gold: kept.cloned().collect() }
}

/// Counts gold and found rows of a kind, or all, each in its unit; of a pair both in that of its gold.
fn tally(
    both: &Both,
    kind: Option<&str>,
    unit: &dyn Fn(usize) -> usize,
    tallies: &mut [[Tally; 3]],
) {
    let gold: Vec<&Item> =
        both.gold.iter().filter(|item| kind.is_none_or(|kind| item.kind == kind)).collect();
    let found: Vec<&Found> =
        both.found.iter().filter(|found| kind.is_none_or(|kind| found.kind == kind)).collect();
    for item in &gold {
        let own = &mut tallies[unit(item.range.start)];
        own[0].gold += 1;
        own[1].gold += 1;
        own[2].gold += u64::from(item.value.is_some());
    }
    let pairs = pairs(&gold, &found);
    let mut starts: Vec<usize> = found.iter().map(|row| row.range.start).collect();
    pairs.iter().for_each(|pair| starts[pair.found] = gold[pair.gold].range.start);
    for start in starts {
        tallies[unit(start)].iter_mut().for_each(|tally| tally.found += 1);
    }
    for pair in pairs {
        let (item, row) = (gold[pair.gold], found[pair.found]);
        let own = &mut tallies[unit(item.range.start)];
        own[0].right += u64::from(pair.is_exact);
        own[1].right += 1;
        own[2].right += u64::from(item.accepts(row.value.as_deref()));
        if item.value.is_none() {
            // Its value cannot be judged.
            own[2].found -= 1;
        }
    }
}

/// Gold and a found row that go together, by their numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Pair {
    gold: usize,
    found: usize,
    is_exact: bool,
}

/// One-to-one pairs of overlapping ranges: exact ones first, then those that share most.
///
/// Found ranges are sorted and do not overlap.
fn pairs(gold: &[&Item], found: &[&Found]) -> Vec<Pair> {
    let mut options = Vec::new();
    for (g, item) in gold.iter().enumerate() {
        let first = found.partition_point(|row| row.range.end <= item.range.start);
        for (f, row) in found.iter().enumerate().skip(first) {
            if row.range.start >= item.range.end {
                break;
            }
            let shared = overlap(&item.range, &row.range);
            if shared > 0 {
                options.push((item.range != row.range, Reverse(shared), g, f));
            }
        }
    }
    options.sort_unstable();
    let (mut golds, mut founds) = (vec![false; gold.len()], vec![false; found.len()]);
    let mut pairs = Vec::new();
    for (is_inexact, _, gold, found) in options {
        if !golds[gold] && !founds[found] {
            (golds[gold], founds[found]) = (true, true);
            pairs.push(Pair { gold, found, is_exact: !is_inexact });
        }
    }
    pairs
}

/// What differs in one place.
pub(super) struct Fault<'b> {
    pub(super) what: String,
    pub(super) gold: Option<&'b Item>,
    pub(super) found: Option<&'b Found>,
}

pub(super) fn faults(layer: Layer, both: &Both) -> Vec<Fault<'_>> {
    let gold: Vec<&Item> = both.gold.iter().collect();
    let found: Vec<&Found> = both.found.iter().collect();
    let pairs = pairs(&gold, &found);
    let (mut paired, mut matched) = (vec![false; gold.len()], vec![false; found.len()]);
    let mut faults = Vec::new();
    for pair in pairs {
        (paired[pair.gold], matched[pair.found]) = (true, true);
        let (item, row) = (gold[pair.gold], found[pair.found]);
        if item.is_optional {
            continue;
        }
        let kind = item.kind == row.kind || item.also_kinds.contains(&row.kind);
        let mut what: Vec<&str> = Vec::new();
        if !pair.is_exact {
            what.push("span");
        }
        if !kind && !item.kind.is_empty() && layer != Layer::Sentences {
            what.push("kind");
        }
        if item.value.is_some() && !item.accepts(row.value.as_deref()) {
            what.push(if layer == Layer::Mentions { "entity" } else { "value" });
        }
        if !what.is_empty() {
            faults.push(Fault { what: what.join(", "), gold: Some(item), found: Some(row) });
        }
    }
    for (item, _) in gold.iter().zip(paired).filter(|(item, paired)| !paired && !item.is_optional) {
        faults.push(Fault { what: "missed".to_owned(), gold: Some(item), found: None });
    }
    let touches = |row: &Found| {
        gold.iter().any(|item| item.is_optional && overlap(&item.range, &row.range) > 0)
    };
    for (row, _) in found.iter().zip(matched).filter(|(row, matched)| !matched && !touches(row)) {
        faults.push(Fault { what: "spurious".to_owned(), gold: None, found: Some(row) });
    }
    faults
}

/// The bounds of 95 of 100 F1 of units that are drawn anew, as many and with repetition (the
/// percentile bootstrap: Efron and Tibshirani 1993, "An Introduction to the Bootstrap", chapter 13).
fn interval(units: &[Tally]) -> Option<(f64, f64)> {
    if units.len() < 2 {
        return None;
    }
    let mut random = SplitMix(SEED);
    let mut figures: Vec<f64> = (0..RESAMPLES)
        .map(|_| {
            let mut sum = Tally::default();
            (0..units.len()).for_each(|_| sum.add(units[random.below(units.len())]));
            sum.f1()
        })
        .filter(|f1| f1.is_finite())
        .collect();
    figures.sort_by(f64::total_cmp);
    let last = figures.len().checked_sub(1)?;
    Some((figures[last * 25 / 1000], figures[(last * 975).div_ceil(1000)]))
}

/// `SplitMix64` (Steele, Lea and Flood 2014, "Fast splittable pseudorandom number generators").
struct SplitMix(u64);

impl SplitMix {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `n`, by the high half of a product (Lemire 2019); its bias is below n / 2⁶⁴.
    fn below(&mut self, n: usize) -> usize {
        ((u128::from(self.next()) * n as u128) >> 64) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gold(range: std::ops::Range<usize>, kind: &str, value: Option<&str>) -> Item {
        Item { range, kind: kind.to_owned(), value: value.map(str::to_owned), ..Item::default() }
    }

    fn row(range: std::ops::Range<usize>, kind: &str, value: Option<&str>) -> Found {
        Found { range, kind: kind.to_owned(), value: value.map(str::to_owned) }
    }

    fn figures(layer: Layer, both: &Both) -> Vec<(String, Measure, [u64; 3])> {
        let rows = rows(layer, std::slice::from_ref(both), &[vec![0]]);
        rows.into_iter()
            .map(|row| (row.kind, row.measure, [row.total.gold, row.total.found, row.total.right]))
            .collect()
    }

    #[test]
    fn pairs_are_exact_first_and_one_to_one() {
        let both = Both {
            gold: vec![
                gold(0..10, "date", Some("2016")),
                gold(12..20, "date", Some("2017")),
                gold(30..34, "time", None),
                Item { is_optional: true, ..gold(50..55, "date", Some("PAST_REF")) },
            ],
            found: vec![
                row(2..10, "date", Some("2016")),
                row(12..20, "duration", Some("2017")),
                row(28..32, "time", Some("T12")),
                row(40..44, "date", Some("2018")),
                row(51..55, "date", Some("PAST_REF")),
            ],
        };
        let found = figures(Layer::Dates, &both);
        let wanted = [
            // Types do not count for all together, and a value that is not known not for values.
            ("all", Measure::Strict, [3, 4, 1]),
            ("all", Measure::Overlap, [3, 4, 3]),
            ("all", Measure::Value, [2, 3, 2]),
            ("date", Measure::Strict, [2, 2, 0]),
            ("date", Measure::Overlap, [2, 2, 1]),
            ("date", Measure::Value, [2, 2, 1]),
            ("duration", Measure::Strict, [0, 1, 0]),
            ("duration", Measure::Overlap, [0, 1, 0]),
            ("time", Measure::Strict, [1, 1, 0]),
            ("time", Measure::Overlap, [1, 1, 1]),
        ];
        let wanted: Vec<_> = wanted.map(|(kind, m, counts)| (kind.to_owned(), m, counts)).to_vec();
        assert_eq!(found, wanted);
        let whats: Vec<String> = faults(Layer::Dates, &both).into_iter().map(|f| f.what).collect();
        assert_eq!(whats, ["kind", "span", "span", "spurious"]);
    }

    #[test]
    fn kinds_count_where_layers_are_typed() {
        let both = Both {
            gold: vec![
                Item { also_kinds: vec!["heading".to_owned()], ..gold(0..5, "title", None) },
                gold(6..9, "paragraph", None),
            ],
            found: vec![row(0..5, "heading", None), row(6..9, "footer", None)],
        };
        let found = figures(Layer::Blocks, &both);
        assert_eq!(found[0], ("all".to_owned(), Measure::Strict, [2, 2, 1]));
        assert_eq!(found[4], ("paragraph".to_owned(), Measure::Strict, [1, 0, 0]));
        // Of sentences a pair has the gold's kind.
        let found = figures(Layer::Sentences, &both);
        assert_eq!(found[0], ("all".to_owned(), Measure::Strict, [2, 2, 2]));
        assert_eq!(found[2], ("paragraph".to_owned(), Measure::Strict, [1, 1, 1]));
    }

    #[test]
    fn no_interval_passes_one_where_a_pair_lies_in_two_units() {
        let both =
            Both { gold: vec![gold(0..20, "date", None)], found: vec![row(12..20, "date", None)] };
        for row in rows(Layer::Mentions, std::slice::from_ref(&both), &[vec![0, 10]]) {
            assert!(row.interval.is_none_or(|(_, high)| high <= 1.0), "{:?}", row.interval);
        }
    }

    #[test]
    fn intervals_are_the_same_each_time_and_hold_the_figure() {
        let unit = |right| Tally { gold: 10, found: 10, right };
        let units: Vec<Tally> = (1..=9).map(unit).collect();
        let (low, high) = interval(&units).unwrap();
        assert!(low < 0.5 && high > 0.5 && high - low < 0.5, "{low} {high}");
        assert_eq!(interval(&units), Some((low, high)));
        assert_eq!(interval(&[unit(5); 4]), Some((0.5, 0.5)));
        assert_eq!(interval(&units[..1]), None);
        assert_eq!(interval(&[Tally::default(); 3]), None);
    }
}

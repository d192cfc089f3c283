//! Measures of how far counts are from what chance would give.
//!
//! In: counts. Out: numbers; not finite where a count that is divided by is 0. Assumes that parts are
//! not greater than their wholes.

/// A contingency table of two by two: what has both properties, the wholes of each, and of all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    /// Cases with both.
    pub both: u64,
    /// Cases with the first.
    pub first: u64,
    /// Cases with the second.
    pub second: u64,
    /// All cases.
    pub all: u64,
}

/// A count as a number; exact below 2⁵³.
#[allow(clippy::cast_precision_loss, reason = "counts are far below 2⁵³")]
pub(crate) fn real(n: u64) -> f64 {
    n as f64
}

/// Pointwise mutual information in bits: log₂ of how many times more often both stand together than
/// by chance (Church and Hanks 1990, "Word association norms, mutual information, and
/// lexicography", Computational Linguistics 16:1).
///
/// ```
/// use rapporteur::stats::association::{Counts, pmi};
///
/// // Together twice in 8 cases, where chance gives 4 × 2 / 8 = 1.
/// assert_eq!(pmi(Counts { both: 2, first: 4, second: 2, all: 8 }), 1.0);
/// ```
#[must_use]
pub fn pmi(counts: Counts) -> f64 {
    let Counts { both, first, second, all } = counts;
    (real(both) * real(all) / (real(first) * real(second))).log2()
}

/// The log-likelihood ratio G² of the four cells against independence, at least 0, whatever the
/// direction (Dunning 1993, "Accurate methods for the statistics of surprise and coincidence",
/// Computational Linguistics 19:1). With one degree of freedom 3.84 is significant at 5 %, 10.83 at
/// 0.1 %.
#[must_use]
pub fn log_likelihood(counts: Counts) -> f64 {
    let Counts { both, first, second, all } = counts;
    let n = real(all);
    let term = |cell: f64, row: f64, column: f64| {
        if cell > 0.0 { cell * (cell * n / (row * column)).ln() } else { 0.0 }
    };
    let (k, r1, c1) = (real(both), real(first), real(second));
    let (r2, c2) = (n - r1, n - c1);
    let sum = term(k, r1, c1)
        + term(r1 - k, r1, c2)
        + term(c1 - k, r2, c1)
        + term(n - r1 - c1 + k, r2, c2);
    (2.0 * sum).max(0.0)
}

/// The binary logarithm of how many times more frequent something is in one corpus than in another;
/// 0.5 stands for a count of 0 (Hardie 2014, "Log Ratio: an informal introduction", CASS, Lancaster).
///
/// `count` and `other` are the frequencies, `size` and `other_size` the words of the two.
#[must_use]
pub fn log_ratio(count: u64, size: u64, other: u64, other_size: u64) -> f64 {
    let frequency = |n: u64, of: u64| if n == 0 { 0.5 / real(of) } else { real(n) / real(of) };
    (frequency(count, size) / frequency(other, other_size)).log2()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(found: f64, wanted: f64) {
        assert!((found - wanted).abs() < 1e-9, "{found} instead of {wanted}");
    }

    #[test]
    fn log_likelihood_is_that_of_the_four_cells() {
        // Cells 3, 1 / 1, 3: 2 × (6 ln 1.5 + 2 ln 0.5).
        let counts = Counts { both: 3, first: 4, second: 4, all: 8 };
        near(log_likelihood(counts), 2.0 * (6.0 * 1.5_f64.ln() + 2.0 * 0.5_f64.ln()));
        // Independent: 2 of 4 in each half.
        near(log_likelihood(Counts { both: 2, first: 4, second: 4, all: 8 }), 0.0);
        // Always together, in half of the cases: 2 × 8 ln 2.
        let together = Counts { both: 4, first: 4, second: 4, all: 8 };
        near(log_likelihood(together), 16.0 * 2.0_f64.ln());
        // Never together: the same, and the direction is another measure's.
        let never = Counts { both: 0, first: 4, second: 4, all: 8 };
        near(log_likelihood(never), 16.0 * 2.0_f64.ln());
        // Dunning's first line of Swiss news: 'the swiss', 110 of 2442 and 111, in 31777 pairs.
        let swiss = Counts { both: 110, first: 2552, second: 221, all: 31777 };
        assert!((log_likelihood(swiss) - 270.72).abs() < 0.05, "{}", log_likelihood(swiss));
        near(log_likelihood(Counts { both: 0, first: 0, second: 0, all: 0 }), 0.0);
    }

    #[test]
    fn log_ratio_doubles_with_each_step() {
        near(log_ratio(40, 1000, 10, 1000), 2.0);
        near(log_ratio(10, 1000, 40, 4000), 0.0);
        near(log_ratio(0, 1000, 4, 1000), -3.0);
        near(log_ratio(8, 1000, 0, 1000), 4.0);
    }

    #[test]
    fn pmi_is_0_by_chance_and_negative_below() {
        near(pmi(Counts { both: 2, first: 4, second: 4, all: 8 }), 0.0);
        near(pmi(Counts { both: 1, first: 4, second: 4, all: 8 }), -1.0);
        assert!(!pmi(Counts { both: 0, first: 4, second: 4, all: 8 }).is_finite());
    }
}

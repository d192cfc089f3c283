//! Which documents of a large dataset a page shows.
//!
//! In: what each document would take. Out: numbers of documents, spread evenly over the dataset's order,
//! the first and the last among them. Nothing is drawn by lot, so that a dataset has one report.

/// Numbers of `n` of `total` things, spread evenly; the first and the last are among them, and all
/// are if there are no more than `n`.
pub(super) fn spread(total: usize, n: usize) -> Vec<usize> {
    match n.min(total) {
        0 => Vec::new(),
        1 => vec![0],
        n => (0..n).map(|i| i * (total - 1) / (n - 1)).collect(),
    }
}

/// The numbers of as many documents as fit into `room`, at most `most`; `sizes` says what each takes.
/// The first document is always among them, and so is the last if more than one is wanted.
pub(super) fn fitting(sizes: &[usize], most: usize, room: usize) -> Vec<usize> {
    let total = |chosen: &[usize]| chosen.iter().map(|at| sizes[*at]).sum::<usize>();
    let (mut fits, mut fits_not) = (most.min(sizes.len()).min(2), most.min(sizes.len()) + 1);
    // Samples of other sizes hold other documents, so that a larger one may happen to be smaller; which
    // of them is found matters little as long as it fits.
    while fits + 1 < fits_not {
        let n = usize::midpoint(fits, fits_not);
        if total(&spread(sizes.len(), n)) <= room {
            fits = n;
        } else {
            fits_not = n;
        }
    }
    spread(sizes.len(), fits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn samples_are_spread_evenly() {
        assert_eq!(spread(0, 3), [0; 0]);
        assert_eq!(spread(9, 1), [0]);
        assert_eq!(spread(9, 2), [0, 8]);
        assert_eq!(spread(9, 3), [0, 4, 8]);
        assert_eq!(spread(3, 9), [0, 1, 2]);
        assert_eq!(fitting(&[1; 10], 100, 5), [0, 2, 4, 6, 9]);
        assert_eq!(fitting(&[1; 10], 3, 5), [0, 4, 9]);
        assert_eq!(fitting(&[9, 9, 9], 9, 5), [0, 2]);
        assert_eq!(fitting(&[9], 9, 5), [0]);
        assert_eq!(fitting(&[], 9, 5), [0; 0]);
    }

    proptest! {
        #[test]
        fn a_sample_has_both_ends_and_no_number_twice(total in 2_usize..500, n in 2_usize..500) {
            let chosen = spread(total, n);
            prop_assert_eq!(chosen.len(), n.min(total));
            prop_assert_eq!((chosen[0], chosen[chosen.len() - 1]), (0, total - 1));
            prop_assert!(chosen.is_sorted_by(|a, b| a < b));
        }
    }
}

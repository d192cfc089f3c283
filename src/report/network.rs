//! Where the nodes of a network are drawn, so that those stand near each other which belong together.
//!
//! In: nodes by number and the weights of the edges between them. Out: a place in the unit square for each.
//! The method is that of Fruchterman and Reingold, "Graph Drawing by Force-directed Placement" (1991),
//! with a pull to the middle. Only operations that IEEE 754 rounds in one way are used, so that every
//! machine draws the same picture.

#![allow(clippy::cast_precision_loss, reason = "what is drawn is few and small")]

/// An edge: two nodes and how much holds them together.
pub(super) type Edge = (usize, usize, usize);

const STEPS: u32 = 400;

/// Places for `n` nodes, both coordinates from 0 to 1.
pub(super) fn places(n: usize, edges: &[Edge]) -> Vec<(f64, f64)> {
    // Multiples of two irrational numbers fill the square evenly, and no two nodes begin in one place.
    let part = |i: usize, step: f64| {
        let x = (i + 1) as f64 * step;
        x - x.floor()
    };
    let mut at: Vec<(f64, f64)> =
        (0..n).map(|i| (part(i, 0.754_877_666_2), part(i, 0.569_840_291_0))).collect();
    let most = edges.iter().map(|edge| edge.2).max().unwrap_or(1) as f64;
    // What two neighbours keep between them.
    let room = (1.0 / (n.max(1) as f64)).sqrt();
    for step in 0..STEPS {
        let mut push = vec![(0.0, 0.0); n];
        for i in 0..n {
            for j in i + 1..n {
                let (dx, dy) = (at[i].0 - at[j].0, at[i].1 - at[j].1);
                let square = (dx * dx + dy * dy).max(1e-6);
                let force = room * room / square;
                push[i] = (push[i].0 + dx * force, push[i].1 + dy * force);
                push[j] = (push[j].0 - dx * force, push[j].1 - dy * force);
            }
            // Without this, what is tied to nothing would leave.
            push[i].0 += (0.5 - at[i].0) * 0.6;
            push[i].1 += (0.5 - at[i].1) * 0.6;
        }
        for (i, j, weight) in edges.iter().filter(|edge| edge.0 < n && edge.1 < n) {
            let (dx, dy) = (at[*i].0 - at[*j].0, at[*i].1 - at[*j].1);
            let distance = (dx * dx + dy * dy).sqrt();
            let force = distance / room * (*weight as f64 / most).sqrt();
            push[*i] = (push[*i].0 - dx * force, push[*i].1 - dy * force);
            push[*j] = (push[*j].0 + dx * force, push[*j].1 + dy * force);
        }
        let heat = 0.1 * f64::from(STEPS - step) / f64::from(STEPS);
        for (place, push) in at.iter_mut().zip(push) {
            let length = (push.0 * push.0 + push.1 * push.1).sqrt().max(1e-9);
            let go = length.min(heat) / length;
            *place = (place.0 + push.0 * go, place.1 + push.1 * go);
        }
    }
    fill(&mut at);
    at
}

/// Spreads the places over the whole square: each coordinate half way between where it fell and its rank
/// among the others, so that neither a crowd nor one far away takes all of the room.
fn fill(at: &mut [(f64, f64)]) {
    let spread = |values: Vec<f64>| -> Vec<f64> {
        let mut order: Vec<usize> = (0..values.len()).collect();
        order.sort_by(|a, b| values[*a].total_cmp(&values[*b]));
        let (Some(first), Some(last)) = (order.first(), order.last()) else { return values };
        let (low, high) = (values[*first], values[*last]);
        let ranks = (order.len() - 1).max(1) as f64;
        let mut out = vec![0.5; values.len()];
        for (rank, i) in order.iter().enumerate() {
            if high - low > 1e-9 {
                out[*i] = f64::midpoint((values[*i] - low) / (high - low), rank as f64 / ranks);
            }
        }
        out
    };
    let x = spread(at.iter().map(|place| place.0).collect());
    let y = spread(at.iter().map(|place| place.1).collect());
    for (place, new) in at.iter_mut().zip(x.into_iter().zip(y)) {
        *place = new;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn distance(a: (f64, f64), b: (f64, f64)) -> f64 {
        ((a.0 - b.0).powi(2) + (a.1 - b.1).powi(2)).sqrt()
    }

    #[test]
    fn what_is_tied_stands_together() {
        // Two triangles that one weak edge joins.
        let edges = [(0, 1, 5), (1, 2, 5), (0, 2, 5), (3, 4, 5), (4, 5, 5), (3, 5, 5), (2, 3, 1)];
        let at = places(6, &edges);
        for (a, b, c) in [(0, 1, 4), (1, 2, 5), (3, 4, 0), (4, 5, 1)] {
            assert!(distance(at[a], at[b]) < distance(at[a], at[c]), "{at:?}");
        }
        assert_eq!(places(0, &[]), []);
        assert_eq!(places(1, &[]), [(0.5, 0.5)]);
    }

    proptest! {
        #[test]
        fn every_node_has_a_place_of_its_own(
            n in 2_usize..30,
            edges in proptest::collection::vec((0_usize..30, 0_usize..30, 1_usize..9), 0..60),
        ) {
            let edges: Vec<Edge> = edges.into_iter().filter(|e| e.0 != e.1).collect();
            let at = places(n, &edges);
            for (i, place) in at.iter().enumerate() {
                prop_assert!((0.0..=1.0).contains(&place.0) && (0.0..=1.0).contains(&place.1));
                for other in &at[..i] {
                    prop_assert!(distance(*place, *other) > 1e-6);
                }
            }
        }
    }
}

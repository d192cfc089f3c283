//! Sets of numbers as bits, which tell most look-ups apart before a larger table is asked.
//!
//! In: numbers of any size. Out: whether one with the same low bits was added. The bits are a power of two.

/// Whether a number with the low bits of `number` is in the set.
#[inline]
pub(crate) fn has(bits: &[u64], number: usize) -> bool {
    let bit = number & (bits.len() * 64 - 1);
    bits[bit / 64] & (1 << (bit % 64)) != 0
}

/// Adds a number.
pub(crate) fn set(bits: &mut [u64], number: usize) {
    let bit = number & (bits.len() * 64 - 1);
    bits[bit / 64] |= 1 << (bit % 64);
}

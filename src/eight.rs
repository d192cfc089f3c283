//! Eight bytes of a text looked at together, as one number whose lowest byte stands first.
//!
//! In: bytes of any text. Out: the highest bit of each byte of a kind, so that a question about eight bytes is a
//! few additions without a branch (Warren, *Hacker's Delight*, ch. 6).

/// A one in each byte.
const ONES: u64 = u64::from_le_bytes([1; 8]);
/// The highest bit of each byte.
pub(crate) const HIGH: u64 = ONES << 7;
/// The bit of each byte that tells a small letter of ASCII from its capital.
pub(crate) const SMALL: u64 = ONES << 5;

/// The eight bytes from `at`, those behind the end 0.
#[inline]
pub(crate) fn at(bytes: &[u8], at: usize) -> u64 {
    let rest = bytes.get(at..).unwrap_or_default();
    match rest.first_chunk() {
        Some(eight) => u64::from_le_bytes(*eight),
        None => rest.iter().rev().fold(0, |eight, &byte| eight << 8 | u64::from(byte)),
    }
}

/// The highest bit of each byte from `first` to `last`, both in ASCII.
#[inline]
pub(crate) const fn within(eight: u64, first: u8, last: u8) -> u64 {
    let low = eight & !HIGH;
    let from = low + ONES * (0x80 - first as u64);
    let beyond = low + ONES * (0x7f - last as u64);
    from & !beyond & !eight & HIGH
}

/// The highest bit of each byte that is a letter of ASCII.
#[inline]
pub(crate) const fn letters(eight: u64) -> u64 {
    within(eight | SMALL, b'a', b'z')
}

/// The first `len` bytes, letters in lower case and digits as they are; those behind them 0. Other bytes may change.
#[inline]
pub(crate) const fn folded(eight: u64, len: usize) -> u64 {
    let own = if len < 8 { (1 << (8 * len)) - 1 } else { u64::MAX };
    (eight | SMALL) & own
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_byte_is_told_by_itself() {
        for byte in 0..=u8::MAX {
            for place in 0..8 {
                let mut bytes = [b'~'; 8];
                bytes[place] = byte;
                let bit = |is: bool| if is { 0x80 << (8 * place) } else { 0 };
                let eight = at(&bytes, 0);
                assert_eq!(within(eight, b'0', b'9'), bit(byte.is_ascii_digit()), "{byte}");
                assert_eq!(letters(eight), bit(byte.is_ascii_alphabetic()), "{byte}");
            }
        }
    }

    #[test]
    fn letters_are_folded_up_to_a_length() {
        let eight = at(b"Geneva17", 0);
        assert_eq!(folded(eight, 8), u64::from_le_bytes(*b"geneva17"));
        assert_eq!(folded(eight, 3), at(b"gen", 0));
        assert_eq!(folded(eight, 0), 0);
    }

    #[test]
    fn behind_the_end_are_zeros() {
        assert_eq!(at(b"0123456789", 1), u64::from_le_bytes(*b"12345678"));
        assert_eq!(at(b"0123456789", 8), u64::from_le_bytes(*b"89\0\0\0\0\0\0"));
        assert_eq!(at(b"0123456789", 10), 0);
        assert_eq!(at(b"0123456789", 99), 0);
    }
}

//! A look at every byte, sixteen at once: over pieces of a fixed length the compiler uses vectors, without them it costs four
//! times as much.

/// Whether the test holds for all bytes; true for none. Short inputs are shown with their bytes repeated, the last ones of long
/// inputs are shown twice.
#[inline]
pub(crate) fn all_in_sixteens(bytes: &[u8], test: fn(&[u8; 16]) -> bool) -> bool {
    match bytes.last_chunk::<16>() {
        Some(last) => bytes.as_chunks::<16>().0.iter().all(test) && test(last),
        None => bytes.is_empty() || test(&repeated(bytes)),
    }
}

/// Sixteen bytes, all of them those of a shorter input.
#[inline]
fn repeated(bytes: &[u8]) -> [u8; 16] {
    let sixteen = |begin: u64, end: u64| (u128::from(begin) << 64 | u128::from(end)).to_ne_bytes();
    let eight = |begin: u32, end: u32| u64::from(begin) << 32 | u64::from(end);
    if let (Some(begin), Some(end)) = (bytes.first_chunk(), bytes.last_chunk()) {
        return sixteen(u64::from_ne_bytes(*begin), u64::from_ne_bytes(*end));
    }
    let (begin, end) = match (bytes.first_chunk(), bytes.last_chunk()) {
        (Some(begin), Some(end)) => (u32::from_ne_bytes(*begin), u32::from_ne_bytes(*end)),
        _ => {
            let byte = |index| bytes.get(index).or(bytes.first()).copied().unwrap_or_default();
            let few = u32::from_ne_bytes([byte(0), byte(0), byte(1), byte(2)]);
            (few, few)
        }
    };
    sixteen(eight(begin, end), eight(begin, end))
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    #[test]
    fn no_byte_is_overlooked_and_none_invented() {
        let are_zero = |bytes: &[u8; 16]| *bytes == [0; 16];
        assert!(all_in_sixteens(&[], are_zero));
        for length in 1..70 {
            assert!(all_in_sixteens(&vec![0; length], are_zero), "{length}");
            for place in 0..length {
                let mut bytes = vec![0; length];
                bytes[place] = 1;
                assert!(!all_in_sixteens(&bytes, are_zero), "{place} of {length}");
            }
        }
    }
}

//! SHA-1 and SHA-256 of a certificate.

use sha1::Sha1;
use sha2::{Digest, Sha256};

pub(crate) fn sha1(bytes: &[u8]) -> [u8; 20] {
    Sha1::digest(bytes).into()
}

pub(crate) fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// Computes both digests. If the processor has SHA instructions, alternating blocks overlap their latencies and save a third of the
/// time; in software that would be slower.
pub(crate) fn sha1_and_sha256(bytes: &[u8]) -> ([u8; 20], [u8; 32]) {
    if has_instructions() { in_turns(bytes) } else { (sha1(bytes), sha256(bytes)) }
}

fn has_instructions() -> bool {
    #[cfg(all(feature = "std", target_arch = "x86_64"))]
    return std::arch::is_x86_feature_detected!("sha");
    #[cfg(all(feature = "std", target_arch = "aarch64"))]
    return std::arch::is_aarch64_feature_detected!("sha2");
    #[cfg(not(all(feature = "std", any(target_arch = "x86_64", target_arch = "aarch64"))))]
    return false;
}

/// FIPS 180-4 §5.1.1 padding is the same for both: a one bit, zeros, the length in bits.
fn in_turns(bytes: &[u8]) -> ([u8; 20], [u8; 32]) {
    // FIPS 180-4 §5.3.1 and §5.3.3.
    let mut one = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476, 0xc3d2_e1f0];
    let mut two = [
        0x6a09_e667,
        0xbb67_ae85,
        0x3c6e_f372,
        0xa54f_f53a,
        0x510e_527f,
        0x9b05_688c,
        0x1f83_d9ab,
        0x5be0_cd19,
    ];
    let mut compress = |block: &[u8; 64]| {
        sha1::block_api::compress(&mut one, core::slice::from_ref(block));
        sha2::block_api::compress256(&mut two, core::slice::from_ref(block));
    };
    let (blocks, rest) = bytes.as_chunks::<64>();
    blocks.iter().for_each(&mut compress);
    let bits = u64::try_from(bytes.len()).unwrap_or_default().saturating_mul(8).to_be_bytes();
    let mut tail = [0; 128];
    if let Some((begin, [one, ..])) = tail.split_at_mut_checked(rest.len()) {
        begin.copy_from_slice(rest);
        *one = 0x80;
    }
    let (tail, _) = tail.as_chunks_mut::<64>();
    let last = if rest.len() < 56 { 1 } else { 2 };
    if let Some(blocks) = tail.get_mut(..last) {
        if let Some((_, place)) =
            blocks.last_mut().and_then(|block| block.split_last_chunk_mut::<8>())
        {
            *place = bits;
        }
        blocks.iter().for_each(compress);
    }
    (words(one), words(two))
}

/// Words as bytes, big-endian.
fn words<const W: usize, const N: usize>(words: [u32; W]) -> [u8; N] {
    let mut bytes = [0; N];
    for (place, word) in bytes.as_chunks_mut::<4>().0.iter_mut().zip(words) {
        *place = word.to_be_bytes();
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    #[test]
    fn both_digests_together_equal_each_alone() {
        let bytes: Vec<u8> = (0..200u8).collect();
        for length in 0..bytes.len() {
            let bytes = &bytes[..length];
            assert_eq!(in_turns(bytes), (sha1(bytes), sha256(bytes)), "{length} bytes");
            assert_eq!(sha1_and_sha256(bytes), (sha1(bytes), sha256(bytes)), "{length} bytes");
        }
    }
}

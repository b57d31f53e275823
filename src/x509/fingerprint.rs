//! SHA-1 and SHA-256 of a certificate.

use sha1::Sha1;
use sha2::{Digest, Sha256};

pub(crate) fn sha1(bytes: &[u8]) -> [u8; 20] {
    Sha1::digest(bytes).into()
}

pub(crate) fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// SHA-1 and SHA-256.
pub(crate) type Digests = (Option<[u8; 20]>, Option<[u8; 32]>);

/// The digests of a certificate, computed in steps. A SHA instruction waits for the one before most of the time: alternating blocks of
/// both digests save a third of it, and the processor does other work between two steps meanwhile. Without such instructions that
/// would be slower, and the last step does everything.
pub(crate) struct Hashing<'b> {
    bytes: &'b [u8],
    /// The whole blocks that are left.
    blocks: &'b [[u8; 64]],
    has_instructions: bool,
    is_wanted: [bool; 2],
    is_complete: bool,
    sha1: [u32; 5],
    sha256: [u32; 8],
}

impl<'b> Hashing<'b> {
    /// Begins the wanted digests. `None` has none.
    pub(crate) fn new(bytes: Option<&'b [u8]>, sha1: bool, sha256: bool) -> Self {
        Self::with_instructions(bytes, [sha1, sha256], has_instructions())
    }

    #[inline]
    fn with_instructions(
        bytes: Option<&'b [u8]>,
        is_wanted: [bool; 2],
        has_instructions: bool,
    ) -> Self {
        let is_wanted = is_wanted.map(|is_wanted| is_wanted && bytes.is_some());
        let bytes = bytes.unwrap_or_default();
        Self {
            bytes,
            blocks: if is_wanted == [false, false] { &[] } else { bytes.as_chunks().0 },
            has_instructions,
            is_wanted,
            is_complete: is_wanted == [false, false],
            // FIPS 180-4 §5.3.1 and §5.3.3.
            sha1: [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476, 0xc3d2_e1f0],
            sha256: [
                0x6a09_e667,
                0xbb67_ae85,
                0x3c6e_f372,
                0xa54f_f53a,
                0x510e_527f,
                0x9b05_688c,
                0x1f83_d9ab,
                0x5be0_cd19,
            ],
        }
    }

    /// A step: hashes a block, if one is left.
    #[inline]
    pub(crate) fn step(&mut self) {
        if self.has_instructions
            && let Some((block, behind)) = self.blocks.split_first()
        {
            self.blocks = behind;
            self.compress(core::slice::from_ref(block));
        }
    }

    /// The last step, once; then returns the digests. `None` for one that is not wanted.
    pub(crate) fn finish(&mut self) -> Digests {
        if !self.is_complete {
            self.complete();
        }
        let [sha1, sha256] = self.is_wanted;
        (sha1.then(|| words(self.sha1)), sha256.then(|| words(self.sha256)))
    }

    fn complete(&mut self) {
        let blocks = core::mem::take(&mut self.blocks);
        self.compress(blocks);
        // FIPS 180-4 §5.1.1 padding is the same for both: a one bit, zeros, the length in bits.
        let (_, rest) = self.bytes.as_chunks::<64>();
        let length = u64::try_from(self.bytes.len()).unwrap_or_default();
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
                *place = length.saturating_mul(8).to_be_bytes();
            }
            self.compress(blocks);
        }
        self.is_complete = true;
    }

    fn compress(&mut self, blocks: &[[u8; 64]]) {
        match self.is_wanted {
            [true, true] if self.has_instructions => {
                for block in blocks {
                    sha1::block_api::compress(&mut self.sha1, core::slice::from_ref(block));
                    sha2::block_api::compress256(&mut self.sha256, core::slice::from_ref(block));
                }
            }
            [sha1, sha256] => {
                if sha1 {
                    sha1::block_api::compress(&mut self.sha1, blocks);
                }
                if sha256 {
                    sha2::block_api::compress256(&mut self.sha256, blocks);
                }
            }
        }
    }
}

fn has_instructions() -> bool {
    #[cfg(all(feature = "std", target_arch = "x86_64"))]
    return std::arch::is_x86_feature_detected!("sha");
    #[cfg(all(feature = "std", target_arch = "aarch64"))]
    return std::arch::is_aarch64_feature_detected!("sha2");
    #[cfg(not(all(feature = "std", any(target_arch = "x86_64", target_arch = "aarch64"))))]
    return false;
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
    fn digests_in_steps_equal_each_alone() {
        let bytes: Vec<u8> = (0..200u8).collect();
        for length in 0..bytes.len() {
            let bytes = &bytes[..length];
            let (own_sha1, own_sha256) = (sha1(bytes), sha256(bytes));
            for wanted in [[true, true], [true, false], [false, true], [false, false]] {
                let expected = (wanted[0].then_some(own_sha1), wanted[1].then_some(own_sha256));
                for (has_instructions, steps) in [(true, 0), (true, 1), (true, 9), (false, 9)] {
                    let mut hashing =
                        Hashing::with_instructions(Some(bytes), wanted, has_instructions);
                    (0..steps).for_each(|_| hashing.step());
                    for call in 1..=2 {
                        let case = (length, steps, call);
                        assert_eq!(hashing.finish(), expected, "bytes, steps, call: {case:?}");
                        hashing.step();
                    }
                }
            }
        }
        assert_eq!(Hashing::new(None, true, true).finish(), (None, None));
    }
}

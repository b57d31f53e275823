//! Lists with a separator.

use alloc::vec::Vec;

/// Appends the parts in order, with the separator between them.
pub(crate) fn list<'p>(
    parts: impl Iterator<Item = &'p [u8]>,
    separator: &[u8],
    mut write: impl FnMut(&[u8], &mut Vec<u8>),
    out: &mut Vec<u8>,
) {
    for (index, part) in parts.enumerate() {
        if index > 0 {
            out.extend_from_slice(separator);
        }
        write(part, out);
    }
}

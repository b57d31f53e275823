//! Text encodings of bytes and numbers, and their decoders, each implemented once. Encoders append to a buffer. Decoders accept the
//! proxies' variants, and never guess: a `+` stays a `+`.

mod base64;
mod byte_sequence;
mod decimal;
mod hex;
mod list;
mod pem;
mod url;

pub(crate) use base64::{
    Decoded, base64, base64_len, base64_unpadded, base64_url, decode_base64, decode_base64_item,
    decode_base64_url,
};
#[cfg(feature = "serde")]
pub(crate) use byte_sequence::decode_byte_sequence;
#[cfg(feature = "headers")]
pub(crate) use byte_sequence::decode_byte_sequences;
pub(crate) use byte_sequence::{byte_sequence, byte_sequence_texts};
pub(crate) use decimal::{Decimal, decimal, padded_decimal, signed_decimal, two_digits};
pub(crate) use hex::{
    decode_hex, decode_hex_exactly, hex_escape, hex_lower, hex_lower_colons, hex_lower_exactly,
    hex_upper, hex_upper_colons, is_hex_upper, nibble,
};
pub(crate) use list::list;
pub(crate) use pem::{PEM_LABELS, PEM_TRUSTED, pem, pem_texts};
pub use url::UrlForm;
pub(crate) use url::decode_url;

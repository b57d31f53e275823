//! How bytes and numbers become text, each way once. All append to a buffer.

mod base64;
mod decimal;
mod hex;
pub(crate) mod pem;
mod sixteens;
mod url;

pub(crate) use base64::{base64, base64_len, base64_unpadded, base64_url, byte_sequence};
pub(crate) use decimal::{Decimal, decimal, padded_decimal, signed_decimal, two_digits};
pub(crate) use hex::{hex_escape, hex_lower, hex_lower_colons, hex_upper, hex_upper_colons};
pub(crate) use pem::pem;
pub(crate) use sixteens::all_in_sixteens;
pub use url::UrlForm;

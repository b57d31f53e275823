//! Header sets: ordered tables of header names and fields, and the header lines that they give for a certificate.

mod entry;
mod error;
pub(crate) mod families;
mod lines;
pub(crate) mod name;
mod named;
mod request;
mod rows;
mod set;
#[cfg(feature = "serde")]
pub(crate) mod settings;
mod table;
mod write;

pub(crate) use entry::{Entry, When, tells_verdict};
pub use error::{HeaderSetError, HeaderSetErrorKind};
pub(crate) use lines::add_line;
pub use lines::{HeaderLine, HeaderLines};
pub use name::HeaderName;
pub use request::{RequestHeaders, RequestHeadersMut, TooManyHeaders};
pub use set::HeaderSet;
pub(crate) use table::Table;

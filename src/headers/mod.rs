//! Header sets as data: ordered tables of a name and a field, and the lines they give for one certificate.

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

pub(crate) use entry::{Entry, When, tells_verdict};
pub use error::{HeaderSetError, HeaderSetErrorKind};
pub(crate) use lines::add_line;
pub use lines::{HeaderLine, HeaderLines};
pub use name::HeaderName;
pub use request::{RequestHeaders, RequestHeadersMut, TooManyHeaders};
pub use set::HeaderSet;

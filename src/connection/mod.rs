//! The state of a connection and the claims of its requests: what is stripped, what is sent, and when.
//!
//! One atomic decides who carries the first request's headers: `READY` → `CLAIMED` → `SENT`, and back to `READY` when a claim is
//! dropped before the origin had it. The certificate itself lies in a slot that only the holder of the claim touches, so that it
//! can be freed as soon as it is sent.
//!
//! # Order
//!
//! Apply the claim first, then set the proxy's own headers: a client that lists `X-Forwarded-For` in `Connection` has it removed by
//! whatever consumes `Connection` later, and [`apply`](crate::Claim::apply) removes every header that belongs to a family, also one that
//! the proxy set itself (`X-SSL-Cipher`). Where something before `apply` sets headers, run [`consume_connection`] before that.
//!
//! # Commit
//!
//! One *answered* request of a connection carries the first request's headers. Commit the claim when the origin has answered:
//!
//! - A cache hit is no answer of the origin, and neither is a `502`, `503` or `504` that the proxy makes itself.
//! - A request that is cancelled before its answer may have reached the origin all the same. The next one carries the headers again.
//! - Drop the old claim before taking another one into the same variable: `slot = None; slot = Some(connection.claim());`. Otherwise the
//!   new one is taken while the old one still holds the headers, and goes without.
//!
//! - A cache between proxy and origin serves one client's answer to another, unless the answer's `Vary` names the headers.
//!
//! # Tunnels
//!
//! After `CONNECT` or `101 Switching Protocols` nobody strips. `apply` leaves no `Upgrade` but `websocket`; refuse `CONNECT`, or end the
//! tunnel at a peer that believes no header.

mod apply;
mod claim;
mod forwarding;
#[cfg(feature = "serde")]
mod settings;
mod state;
pub(crate) mod strip;
mod sync;
mod xfcc;

pub use crate::headers::families::is_owned_name;
pub use apply::Applied;
pub use claim::Claim;
pub use forwarding::{Forwarding, KeepFrom};
pub use state::ConnectionState;
pub use strip::consume_connection;
pub use xfcc::XfccMode;

#[cfg(all(test, loom_model))]
mod model_of_threads;

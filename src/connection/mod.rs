//! The state of a connection and the claims of its requests: what is stripped, what is sent, and when.
//!
//! One atomic decides which request carries the first request's headers: `READY` → `CLAIMED` → `SENT`, and back to `READY` if a
//! claim is dropped before the origin had the request. Only the holder of the claim accesses the certificate, so it can be freed
//! as soon as it is sent.
//!
//! # Order
//!
//! Apply the claim first, then set the proxy's own headers. If a client lists `X-Forwarded-For` in `Connection`, any later step that
//! consumes `Connection` removes that header; and [`apply`](crate::Claim::apply) removes every header of a family, also one that
//! the proxy set itself (`X-SSL-Cipher`). If a step before `apply` sets headers, run [`consume_connection`] before that step.
//!
//! # Commit
//!
//! One *answered* request of a connection carries the first request's headers. Commit the claim when the origin has answered:
//!
//! - Do not commit for a cache hit, or for a `502`, `503` or `504` that the proxy generates.
//! - A request that is cancelled before its answer may still have reached the origin. The next request carries the headers again.
//! - Drop the old claim before assigning another one to the same variable: `slot = None; slot = Some(connection.claim());`.
//!   Otherwise the new claim is taken while the old one still holds the headers, and is sent without them.
//!
//! A cache between proxy and origin serves one client's answer to another, unless the answer's `Vary` lists the headers.
//!
//! # Tunnels
//!
//! Nothing is stripped after `CONNECT` or `101 Switching Protocols`. `apply` removes `Upgrade`, except for `websocket`. Reject
//! `CONNECT`, or end the tunnel at a peer that does not trust these headers.

mod apply;
mod claim;
mod forwarding;
mod join;
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

//! Feature `tower`: the proxy's side and the origin's side as layers around any HTTP service.

mod forward;
mod receive;

pub use forward::{Forward, ForwardBody, ForwardFuture, ForwardLayer};
pub use receive::{Admission, Receive, ReceiveFuture, ReceiveLayer};

//! Feature `tower`: layers around any HTTP service, for the proxy and for the origin.

mod enforce;
mod forward;
mod grpc;
mod receive;

pub use enforce::{Enforce, EnforceFuture, EnforceLayer};
pub use forward::{Forward, ForwardFuture, ForwardHook, ForwardLayer, NoHook};
pub use receive::{
    Admission, EmptyAnswer, Receive, ReceiveFuture, ReceiveLayer, Refusal, RefusalHook,
};

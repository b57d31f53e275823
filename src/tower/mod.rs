//! Feature `tower`: the proxy's side and the origin's side as layers around any HTTP service.

mod enforce;
mod forward;
mod grpc;
mod receive;

pub use enforce::{Enforce, EnforceFuture, EnforceLayer};
pub use forward::{Forward, ForwardFuture, ForwardHook, ForwardLayer, NoHook};
pub use receive::{
    Admission, EmptyAnswer, Receive, ReceiveFuture, ReceiveLayer, Refusal, RefusalHook,
};

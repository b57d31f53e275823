//! Feature `tower`: layers around any HTTP service, for the proxy and for the origin.

mod enforce;
mod forward;
mod grpc;
mod receive;
mod response;

pub use enforce::{Enforce, EnforceLayer};
pub use forward::{Forward, ForwardFuture, ForwardHook, ForwardLayer, NoHook};
pub use receive::{Admission, EmptyAnswer, Receive, ReceiveLayer, Refusal, RefusalHook};
pub use response::ResponseFuture;

//! What proxies on C libraries are tried with: clients of every kind, which speak TLS with rustls, and an origin that answers with
//! what it was told.

mod certificates;
mod client;
mod hosts;
#[path = "../../../tests/rustls/one_for_all.rs"]
mod one_for_all;
mod origin;
mod scene;

pub use certificates::{Authorities, Identity, identities};
pub use client::{Client, Version};
pub use hosts::{hosts, run_hosts};
pub use origin::origin;
pub use scene::Scene;

/// Whatever went wrong.
pub type Error = Box<dyn std::error::Error + Send + Sync>;

//! Tests proxies on C libraries: clients of every kind on rustls, and an origin that answers with the headers that it received.

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

/// Any error of these programs.
pub type Error = Box<dyn std::error::Error + Send + Sync>;

//! Guides: building a proxy or an origin, and moving from another proxy. Documentation only.
//!
//! | Guide | Answers |
//! |---|---|
//! | [`proxy`] | how a TLS-terminating proxy forwards its clients' certificates |
//! | [`origin`] | how a back end reads them, logs them and decides by them |
//! | [`sets`] | which header set to send, its headers, and its differences from the original |
//! | [`moving`] | how to replace nginx, ingress-nginx, Envoy, Istio, Traefik, HAProxy, Apache, Caddy, an ALB or Cloudflare |
//! | [`origins`] | what Keycloak, Vault, Puppet and other programs read |
//! | [`hosts`] | which hosts ask for a certificate, enforce it and forward it |
//! | [`deploying`] | what to check before the first real request |
//! | [`performance`] | what it costs, and how that was measured |
//! | [`security`] | what an attacker can try, and what stops it |
//!
//! Each example compiles when pasted into `main`; with `?`, into one that returns `Result<(), Box<dyn std::error::Error>>`.

#[doc = include_str!("deploying.md")]
pub mod deploying {}
#[doc = include_str!("hosts.md")]
pub mod hosts {}
#[doc = include_str!("moving.md")]
pub mod moving {}
#[doc = include_str!("origin.md")]
pub mod origin {}
#[doc = include_str!("origins.md")]
pub mod origins {}
#[doc = include_str!("performance.md")]
pub mod performance {}
#[doc = include_str!("proxy.md")]
pub mod proxy {}
#[doc = include_str!("security.md")]
pub mod security {}
#[doc = include_str!("sets.md")]
pub mod sets {}

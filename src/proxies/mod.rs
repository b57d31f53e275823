//! The header sets and receivers of each proxy, one file each, with their sources.

mod akamai;
mod apache;
mod aws;
mod azure;
mod caddy;
mod cloud_foundry;
mod cloudflare;
mod envoy;
mod google;
mod haproxy;
mod kong;
mod linkerd;
mod nginx;
mod readers;
mod rfc9440;
mod traefik;

use alloc::vec;
use alloc::vec::Vec;

use crate::headers::HeaderSet;

impl HeaderSet {
    /// Returns all sets named after proxies. [The guide to sets](crate::guide::sets) has a table of them.
    ///
    /// ```
    /// use tls_client_auth::HeaderSet;
    ///
    /// assert!(HeaderSet::all().iter().any(|set| set.name() == "nginx"));
    /// ```
    #[must_use]
    pub fn all() -> Vec<Self> {
        vec![
            Self::cloudflare(),
            Self::cloudflare_worker(),
            Self::cloudflare_managed(),
            Self::rfc9440(),
            Self::nginx(),
            Self::ingress_nginx(),
            Self::apache(),
            Self::apache_legacy(),
            Self::haproxy(),
            Self::haproxy_manual(),
            Self::aws_alb(),
            Self::aws_alb_passthrough(),
            Self::cloudfront(),
            Self::google(),
            Self::azure_app_service(),
            Self::azure_application_gateway(),
            Self::akamai(),
            Self::kong(),
            Self::linkerd(),
            Self::cloud_foundry(),
            Self::envoy(),
            Self::envoy_json(),
            Self::traefik(),
            Self::traefik_escaped(),
            Self::caddy(),
        ]
    }
}

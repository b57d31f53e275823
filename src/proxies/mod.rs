//! A file a system: the header sets as tables, with what was observed or documented of each.

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

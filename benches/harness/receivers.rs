//! Lists each header set that has a receiver, with the receiver.

use tls_client_auth::{HeaderSet, Receiver, Unstated};

pub(crate) fn receivers() -> Vec<(HeaderSet, Receiver)> {
    let verified = Unstated::Verified;
    vec![
        (HeaderSet::cloudflare(), Receiver::cloudflare(verified)),
        (HeaderSet::rfc9440(), Receiver::rfc9440(verified)),
        (HeaderSet::ingress_nginx(), Receiver::ingress_nginx()),
        (HeaderSet::traefik(), Receiver::traefik(verified)),
        (HeaderSet::nginx(), Receiver::nginx()),
        (HeaderSet::haproxy(), Receiver::haproxy()),
        (HeaderSet::envoy(), Receiver::envoy(verified)),
        (HeaderSet::cloudflare_managed(), Receiver::cloudflare_managed()),
        (HeaderSet::cloudflare_worker(), Receiver::cloudflare_worker()),
        (HeaderSet::traefik_escaped(), Receiver::traefik(verified)),
        (HeaderSet::haproxy_manual(), Receiver::haproxy_manual()),
        (HeaderSet::envoy_json(), Receiver::envoy(verified)),
        (HeaderSet::apache(), Receiver::apache()),
        (HeaderSet::caddy(), Receiver::caddy(verified)),
        (HeaderSet::aws_alb(), Receiver::aws_alb(verified)),
        (HeaderSet::aws_alb_passthrough(), Receiver::aws_alb_passthrough(verified)),
        (HeaderSet::cloudfront(), Receiver::cloudfront(verified)),
        (HeaderSet::google(), Receiver::google()),
        (HeaderSet::azure_app_service(), Receiver::azure_app_service(verified)),
        (HeaderSet::azure_application_gateway(), Receiver::azure_application_gateway()),
        (HeaderSet::kong(), Receiver::kong(verified)),
        (HeaderSet::linkerd(), Receiver::linkerd(verified)),
        (HeaderSet::cloud_foundry(), Receiver::cloud_foundry(verified)),
    ]
}

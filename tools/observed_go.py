#!/usr/bin/env python3
"""Extracts what Envoy, Traefik and Caddy sent from a recording: observed_go.py OBSERVED.json > tests/fixtures/observed/go.json

The output has the requests that reached the origin with a certificate, the headers of the crate's sets, and the certificates after the leaf.
Header names are in lower case. Each byte of a value is one Latin-1 character.
"""
import json
import sys

HEADERS = {
    "envoy-1.40": ["x-forwarded-client-cert"],
    "traefik-3.7": ["x-forwarded-tls-client-cert", "x-forwarded-tls-client-cert-info"],
    "caddy-2.6": ["tls-client-" + name for name in (
        "subject", "issuer", "serial", "fingerprint", "certificate-der-base64", "public-key", "public-key-sha256",
        "san-dns-names", "san-emails", "san-ips", "san-uris")],
}
HEADERS["caddy-2.11"] = HEADERS["caddy-2.6"]

whole = json.load(open(sys.argv[1]))
chains, observed = {}, {}
for name, listeners in whole["observed"].items():
    for listener, headers in listeners.items():
        wanted = HEADERS.get(listener.split("/")[0])
        outcome = whole["outcomes"][name][listener]
        if not wanted or outcome["result"] != "forwarded" or outcome.get("as_without_cert"):
            continue
        kept = {header.lower(): value for header, value in headers.items() if header.lower() in wanted}
        observed.setdefault(name, {})[listener] = kept
    if name in observed and name in whole["certs"]:
        chains[name] = whole["certs"][name].get("chain_b64") or []
json.dump({"chains": chains, "observed": observed}, sys.stdout, indent=1, sort_keys=True)
print()

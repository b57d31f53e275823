#!/usr/bin/env python3
"""Extracts what real proxies sent from a recording (observed.json) into tests/fixtures/observed/receive.json.

usage: observed_receive.py observed.json [every] > receive.json

The output has the headers that a receiver reads, for one listener of each proxy and some certificates, with `every` for all of them.
Each byte of a value is one Latin-1 character; `chain` has the certificates after the leaf, in base64.
"""
import json
import sys

LISTENERS = {
    "nginx": ["nginx-1.28/optional_reveal", "nginx-1.22/optional_no_ca"],
    "haproxy": ["haproxy-2.6/any"],
    "apache": ["apache-2.4/optional_no_ca"],
    "envoy": ["envoy-1.40/sanitize_set"],
    "traefik": ["traefik-3.7/request"],
    "caddy": ["caddy-2.11/request"],
    "caddy_old": ["caddy-2.6/request"],
}
HEADERS = {
    "nginx": "verify escaped-cert s-dn i-dn s-dn-legacy i-dn-legacy serial fingerprint v-start v-end",
    "haproxy": "verify used der-base64 chain-der-base64 s-dn i-dn s-dn-rfc2253 i-dn-rfc2253 serial-hex sha1-hex sha256-hex notbefore notafter",
    "apache": "verify cert cert-chain-0 cert-chain-1 s-dn i-dn m-serial v-start v-end",
    "caddy": "certificate-der-base64 fingerprint subject issuer serial",
}
PREFIXES = {"nginx": "ssl-client-", "haproxy": "ssl-c-", "apache": "ssl-client-", "caddy": "tls-client-"}
CERTIFICATES = """none plain chain_two_inter chain_two_inter_swapped chain_unrelated unknown_ca_root_sent bad_signature
expired revoked dn_utf8_c1 dn_bmp ch_quote ch_semicolon ch_comma ch_lf ch_nul ch_percent ch_tab inj_legacy_slash
inj_traefik_multi san_all san_none san_nonascii san_space_uri serial_high_bit serial_neg_1 serial_zero
time_gen_2050 dn_only_empty_cn""".split()


def wanted(proxy, name):
    family = proxy.removesuffix("_old")
    if family not in HEADERS:
        return name.lower().startswith("x-forwarded-")
    return name.lower() in [PREFIXES[family] + part for part in HEADERS[family].split()]


def main():
    source = json.load(open(sys.argv[1]))
    every = sys.argv[2:] == ["every"]
    picked = {}
    for name, listeners in source["observed"].items():
        if not every and name not in CERTIFICATES:
            continue
        sent = {}
        for proxy, candidates in LISTENERS.items():
            found = next((listeners[listener] for listener in candidates if listener in listeners), None)
            if found is None or proxy == "caddy_old" and name != "none":
                continue
            sent[proxy] = [
                [header, value]
                for header, values in found.items() if wanted(proxy, header)
                for value in (values if isinstance(values, list) else [values])
            ]
        chain = source["certs"].get(name, {}).get("chain_b64", [])
        picked[name] = {"chain": chain, "sent": sent}
    json.dump(picked, sys.stdout, indent=0, ensure_ascii=True)


main()

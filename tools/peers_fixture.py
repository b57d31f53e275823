#!/usr/bin/env python3
"""Writes tests/fixtures/peers.json: what real proxies sent for the certificates in the same folder.

Usage: peers_fixture.py OBSERVED_JSON > tests/fixtures/peers.json

A value with a whole certificate is replaced by its SHA-256. Each byte of a value is one Latin-1 character.
"""

import hashlib
import json
import sys

NGINX = """ssl-client-s-dn ssl-client-i-dn ssl-client-s-dn-legacy ssl-client-i-dn-legacy ssl-client-serial
ssl-client-fingerprint ssl-client-v-start ssl-client-v-end ssl-client-v-remain ssl-client-verify
ssl-client-escaped-cert""".split()
APACHE = """SSL-CLIENT-VERIFY SSL-CLIENT-M-VERSION SSL-CLIENT-M-SERIAL SSL-CLIENT-S-DN SSL-CLIENT-I-DN
SSL-CLIENT-V-START SSL-CLIENT-V-END SSL-CLIENT-V-REMAIN SSL-CLIENT-CERT SSL-CLIENT-CERT-CHAIN-0
SSL-CLIENT-CERT-CHAIN-1 SSL-CLIENT-SAN-Email-0 SSL-CLIENT-SAN-Email-1 SSL-CLIENT-SAN-DNS-0 SSL-CLIENT-SAN-DNS-1
SSL-CLIENT-SAN-OTHER-msUPN-0 SSL-CLIENT-SAN-OTHER-msUPN-1""".split()
HAPROXY = """ssl-fc ssl-c-used ssl-c-verify ssl-c-s-dn ssl-c-s-dn-cn ssl-c-s-dn-rfc2253 ssl-c-i-dn ssl-c-i-dn-rfc2253
ssl-c-serial-hex ssl-c-sha1-hex ssl-c-sha256-hex ssl-c-notbefore ssl-c-notafter ssl-c-der-base64
ssl-c-chain-der-base64""".split()
FAMILIES = {"nginx": NGINX, "apache": APACHE, "haproxy": HAPROXY}
LONG = 300


def shortened(value):
    if len(value) <= LONG:
        return value
    return "sha256:" + hashlib.sha256(value.encode("latin-1")).hexdigest()


def main(path):
    with open(path, encoding="utf-8") as file:
        archive = json.load(file)
    listeners = {}
    for certificate, observed in archive["observed"].items():
        for listener, headers in observed.items():
            wanted = FAMILIES.get(listener.split("-")[0])
            if wanted is None or archive["outcomes"][certificate][listener]["result"] != "forwarded":
                continue
            configured = archive["meta"]["proxies"][listener.split("/")[0]]["listeners"][
                listener.split("/")[1]]["headers"]
            entry = listeners.setdefault(
                listener,
                {"headers": [name for name in wanted if name in configured], "certificates": {}},
            )
            entry["certificates"][certificate] = {
                name: shortened(headers[name]) for name in wanted if name in headers
            }
    chains = {
        name: entry["chain_b64"]
        for name, entry in archive["certs"].items()
        if entry.get("chain_b64")
    }
    print('{"observed_at": %s,' % json.dumps(archive["meta"]["made"]))
    print('"chains": {')
    print(",\n".join(f"{json.dumps(n)}: {json.dumps(c)}" for n, c in sorted(chains.items())))
    print('},\n"listeners": {')
    parts = []
    for listener, entry in sorted(listeners.items()):
        rows = ",\n".join(
            f"{json.dumps(name)}: {json.dumps(headers)}"
            for name, headers in sorted(entry["certificates"].items())
        )
        parts.append(
            f'{json.dumps(listener)}: {{"headers": {json.dumps(entry["headers"])}, "certificates": {{\n{rows}\n}}}}'
        )
    print(",\n".join(parts))
    print("}}")


if __name__ == "__main__":
    main(sys.argv[1])

#!/usr/bin/env bash
# Makes the certificates of the benchmarks, in four sizes. Run once; the files are committed.
set -euo pipefail
cd "$(dirname "$0")/../benches/certificates"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

authority() { # name, subject, key arguments
    openssl req -x509 -new -newkey "${@:3}" -nodes -keyout "$work/$1.key" -subj "$2" -days 7300 -out "$work/$1.pem" 2>/dev/null
}
leaf() { # name, authority, subject, extensions, key arguments
    openssl req -new -newkey "${@:5}" -nodes -keyout "$work/$1.key" -subj "$3" -out "$work/$1.csr" 2>/dev/null
    printf '%s\n' "$4" >"$work/$1.ext"
    openssl x509 -req -in "$work/$1.csr" -CA "$work/$2.pem" -CAkey "$work/$2.key" \
        -set_serial "0x$(printf '6b%.0s' {1..19})01" -days 3650 -extfile "$work/$1.ext" -outform der -out "$1.der" 2>/dev/null
    wc -c "$1.der"
}
names() { printf 'DNS:n0.example.com'; for i in $(seq 1 "$1"); do printf ',DNS:n%s.clients.example.com' "$i"; done; }

# The extensions that `openssl x509 -req` adds by default.
identifiers='authorityKeyIdentifier=keyid
subjectKeyIdentifier=hash'
usual="basicConstraints=critical,CA:FALSE
keyUsage=critical,digitalSignature,keyEncipherment
extendedKeyUsage=clientAuth,emailProtection
authorityKeyIdentifier=keyid
subjectKeyIdentifier=hash
crlDistributionPoints=URI:http://crl.example.com/client-authentication-ca-g2.crl
authorityInfoAccess=OCSP;URI:http://ocsp.example.com,caIssuers;URI:http://pki.example.com/client-authentication-ca-g2.cer
certificatePolicies=1.3.6.1.4.1.32473.1.1"
device='/C=US/ST=California/L=San Francisco/O=Example Corporation/OU=Devices/CN=device-0042.clients.example.com'
organization='/C=US/ST=California/L=San Francisco/O=Example Corporation/OU=Certificate Services'
identities='DNS:device-0042.clients.example.com,URI:spiffe://example.com/ns/prod/sa/device-0042,email:device-0042@example.com'

authority ec-ca "/O=Example Corp/CN=Example Client CA" ec -pkeyopt ec_paramgen_curve:prime256v1
leaf ec ec-ca "/CN=client.example" "$identifiers" ec -pkeyopt ec_paramgen_curve:prime256v1
authority rsa-ca "$organization/CN=Example Client Authentication CA G2" rsa:2048
leaf rsa2048 rsa-ca "$device" "$usual
subjectAltName=$identities" rsa:2048
authority rsa4-ca "$organization/CN=Example Client Authentication CA G4" rsa:4096
leaf rsa4096 rsa4-ca "$device" "$usual
subjectAltName=$(names 30)" rsa:4096
leaf large rsa4-ca "$device" "$usual
subjectAltName=$(names 310)" rsa:4096

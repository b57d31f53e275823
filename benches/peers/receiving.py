"""Measures Python's `cryptography`. Reads headers as lines of certificate, set, form and value; prints medians in nanoseconds."""

import base64
import platform
import re
import statistics
import sys
import time
from urllib.parse import unquote

import cryptography
from cryptography import x509
from cryptography.hazmat.primitives import hashes

ROUNDS, TIMES = 60, 8
DECODE = {
    "base64": lambda value: x509.load_der_x509_certificate(base64.b64decode(value)),
    "byte-sequence": lambda value: x509.load_der_x509_certificate(base64.b64decode(value[1:-1])),
    "escaped-pem": lambda value: x509.load_pem_x509_certificate(unquote(value).encode()),
    "xfcc": lambda value: x509.load_pem_x509_certificate(unquote(re.search(r'(?:^|;)Cert="([^"]*)"', value)[1]).encode()),
}


def read(decode, value):
    certificate = decode(value)
    names = certificate.subject.rfc4514_string(), certificate.issuer.rfc4514_string()
    digests = certificate.fingerprint(hashes.SHA1()).hex(), certificate.fingerprint(hashes.SHA256()).hex()
    return names, f"{certificate.serial_number:X}", certificate.not_valid_before_utc, certificate.not_valid_after_utc, digests


for line in sys.stdin:
    name, set_name, form, value = line.rstrip("\n").split("\t")
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter_ns()
        for _ in range(TIMES):
            read(DECODE[form], value)
        times.append((time.perf_counter_ns() - start) / TIMES)
    candidate = f"{set_name}: Python {platform.python_version()}, cryptography {cryptography.__version__}"
    print(name, candidate, f"{statistics.median(times):.0f}", sep="\t")

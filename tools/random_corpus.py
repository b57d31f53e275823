#!/usr/bin/env python3
"""Makes random certificates, the same for the same seed, and records what OpenSSL and BoringSSL print for them. `tests/conformance` compares
the crate's values with this folder if `TLS_CLIENT_AUTH_CORPUS` is set to it.

random_corpus.py FOLDER NUMBER SEED OPENSSL BORINGSSL

The last two are programs that read paths from standard input and print a line for each, in the format of `tests/conformance/mutants.rs`.
The certificates are not signed, because the libraries only parse and print them.
"""

import hashlib
import random
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "interop"))
sys.dont_write_bytecode = True

from harness.certificates import Fields  # noqa: E402
from harness.der import BIT_STRING, INTEGER, OCTET_STRING, OID, SEQUENCE, SET, oid, tlv  # noqa: E402
from harness.invented import Invention  # noqa: E402

#: Tags of values in names: every universal primitive type, and some numbers without a type.
TAGS = [*range(1, 0x1F), SEQUENCE, SET, 0x80, 0xA0]
BYTES = [0, 0, 0, 0x20, 0x2B, 0x41, 0x61, 0x7F, 0x80, 0xC3, 0xA9, 0xD8, 0xDC, 0xE2, 0xF0, 0xFF]
ENDS = ["Z"] * 12 + ["+0000", "-0000", "+0100", "-1200", "+1259", "+1300", "+0060", "+01", "z", "", " Z", "Z ", "+01:00", "ZZ"]
EXTENSIONS = ["2.5.29.14", "2.5.29.35", "2.5.29.17", "2.5.29.19", "1.2.3.4"]


class Wild(Invention):
    """Random certificates in which half of the values are invalid."""

    def bytes(self, most):
        return bytes(self.random.choice([*BYTES, self.random.randrange(256)]) for _ in range(self.random.randrange(most + 1)))

    def text(self):
        return super().text() if self.chance(0.5) else tlv(self.random.choice(TAGS), self.bytes(16))

    def type(self):
        if self.chance(0.1):
            return tlv(OID, self.bytes(20))
        arcs = [self.random.randrange(2 ** self.random.choice([1, 8, 16, 32, 64, 70])) for _ in range(self.random.randrange(14))]
        return oid(".".join(map(str, [self.random.choice([0, 1, 2]), self.random.randrange(40), *arcs])))

    def name(self):
        if self.chance(0.5):
            return super().name()
        rdns = []
        for _ in range(self.random.choice([0, 1, 2, 3, 13])):
            count = self.random.choice([0] + [1] * 40 + [2] * 5 + [3, 4])
            rdns.append(tlv(SET, *(tlv(SEQUENCE, self.type(), self.text()) for _ in range(count))))
        return tlv(SEQUENCE, *rdns)

    def date(self, first, last):
        if self.chance(0.4):
            return super().date(first, last)
        some = lambda *numbers: "%02d" % self.random.choice(numbers)
        year = self.random.choice(["", "20", "19", "00", "99"]) + some(0, 49, 50, 99, self.random.randrange(100))
        text = year + some(0, 1, 2, 2, 4, 12, 13) + some(0, 1, 28, 29, 30, 31, 32) + some(0, 23, 24, 12) + some(0, 59, 60, 30)
        text += some(0, 59, 60, 61) * self.chance(0.85) + self.random.choice([".", ".5", ".123456", ",5"]) * self.chance(0.15)
        return tlv(self.random.choice([0x17, 0x18, 0x17, 0x18, 0x0C]), (text + self.random.choice(ENDS)).encode())

    def serial(self):
        return super().serial() if self.chance(0.7) else tlv(INTEGER, self.bytes(self.random.choice([3, 22, 40, 200])))

    def extension(self):
        kind = self.random.choice(EXTENSIONS)
        value = self.bytes(6)
        if kind == "2.5.29.14" and self.chance(0.9):
            value = tlv(OCTET_STRING, self.bytes(32))
        elif kind == "2.5.29.35" and self.chance(0.9):
            fields = [tlv(0x80, self.bytes(20)), tlv(0xA1, tlv(0xA4, self.name())), tlv(0x82, self.bytes(3))]
            value = tlv(SEQUENCE, *(field for field in fields if self.chance(0.5)))
        elif kind == "2.5.29.17":
            value = self.alternative_names()
        critical = self.random.choice([b""] * 6 + [tlv(1, b"\xff"), tlv(1, b"\0"), tlv(1, b"\1"), tlv(1, b"")])
        return tlv(SEQUENCE, oid(kind), critical, tlv(OCTET_STRING, value))

    def certificate(self, fixtures):
        fields = Fields(self.random.choice(fixtures))
        parts = self.random.sample(["subject", "issuer", "serial", "validity", "extensions", "version"], self.random.choice([1, 1, 2, 3]))
        for part in parts:
            if part in ("subject", "issuer"):
                setattr(fields, part, self.name())
            elif part == "serial":
                fields.serial = self.serial()
            elif part == "validity":
                fields.validity = tlv(SEQUENCE, self.date(1, 2049), self.date(1950, 9999))
            elif part == "version" and fields.first and self.chance(0.2):
                fields.tbs[0] = tlv(0xA0, tlv(INTEGER, self.bytes(1)))
            elif part == "extensions" and fields.tbs[-1][0] == 0xA3:
                fields.tbs[-1] = tlv(0xA3, tlv(SEQUENCE, *(self.extension() for _ in range(self.random.randrange(1, 6)))))
        return tlv(SEQUENCE, tlv(SEQUENCE, *fields.tbs), fields.algorithm, tlv(BIT_STRING, b"\0none"))


def main():
    folder, number, seed, openssl, boringssl = sys.argv[1:]
    corpus = Path(folder) / "corpus"
    corpus.mkdir(parents=True)
    fixtures = [file.read_bytes() for file in sorted((ROOT / "tests/fixtures").glob("*.der"))]
    wild = Wild(None, int(seed))
    for _ in range(int(number)):
        certificate = wild.certificate(fixtures)
        (corpus / f"{hashlib.sha256(certificate).hexdigest()}.der").write_bytes(certificate)
    paths = "".join(f"{path}\n" for path in sorted(corpus.iterdir()))
    for library, program in (("openssl", openssl), ("boringssl", boringssl)):
        answers = subprocess.run([program], input=paths.encode(), stdout=subprocess.PIPE, check=True).stdout
        truth = Path(folder) / f"truth.{library}.jsonl"
        # `i2a_ASN1_INTEGER` breaks the lines of long numbers.
        truth.write_bytes(answers.replace(b"\\\n", b""))
        subprocess.run(["xz", "-0f", truth], check=True)
    subprocess.run(["tar", "-cJf", Path(folder) / "certificates.tar.xz", "-C", folder, "corpus"], check=True)


main()

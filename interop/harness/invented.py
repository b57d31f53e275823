"""Makes random certificates, the same for the same seed: names of every string type and of unusual types, in one RDN or several, alternative
names of every kind, serial numbers and dates. Certificates that a proxy refuses are not compared."""

import random

from . import der
from .der import SEQUENCE, SET, oid, tlv

#: Attribute types, some with special handling in a proxy, and two unknown ones.
TYPES = [*der.ATTRIBUTES.values()] + """2.5.4.13 2.5.4.15 2.5.4.20 2.5.4.41 2.5.4.43 2.5.4.44 2.5.4.46 2.5.4.65 2.5.4.72 1.2.840.113549.1.9.2
    0.9.2342.19200300.100.1.3 1.3.6.1.4.1.311.60.2.1.3 1.3.6.1.4.1.311.20.2.3 1.2.643.3.131.1.1 2.5.29.17 1.2.3.4.5
    2.25.329800735698586629295641978511506172918""".split()
USUAL = ["CN", "O", "OU", "C", "L", "ST"]
PLAIN = "abcDEF 0123-_.:@()'*&%$!?[]{}|~^`"
SPECIAL = ',+"\\<>;#=/ '
PRINTABLE = "abcABC012 '()+,-./:=?"
#: Tag, characters and encoding.
STRINGS = [
    *[(der.UTF8, PLAIN + SPECIAL + "éŁ日😀\x80\u202e", "utf-8")] * 5,
    *[(der.PRINTABLE, PRINTABLE, "ascii")] * 5,
    *[(der.IA5, PLAIN + SPECIAL, "ascii")] * 2,
    (der.PRINTABLE, PLAIN + "é", "latin-1"),
    (der.T61, PLAIN + SPECIAL + "éü", "latin-1"),
    (der.BMP, PLAIN + SPECIAL + "éŁ日", "utf-16-be"),
    (der.UNIVERSAL, PLAIN + "Ł😀", "utf-32-be"),
    (der.UTF8, "ab\t\x01\x1f\x7f\r\n", "utf-8"),
]
HOSTS = ["a.example", "*.b.example", "xn--bcher-kva.example", "UPPER.Example", "under_score.example", "192.0.2.7", "a,b;c", "a=b", "-x", "q\"x", ""]
URIS = [
    "spiffe://td/ns/a", "https://ex.example/p?q=1,2;3", "urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6", "http://user@host:80/#f", "HTTP://UP/a b",
    "spiffe://a/b;URI=x", "ldap://h/cn=a%20b", "http://[::1]/", "//x/y", "rel/path", "spiffe://td/\"q", "",
]
EMAILS = ["joe@example.com", '"quoted"@ex.example', "a+b@c.example", "noat", "o'neil@x.example"]
ADDRESSES = [bytes([192, 0, 2, 1]), bytes(16), bytes(15) + b"\1", bytes(10) + b"\xff\xff\xc0\0\2\1", bytes.fromhex("fe80000000000000020000fffe000001")]


class Invention:
    def __init__(self, maker, seed):
        self.maker, self.random = maker, random.Random(seed)

    def clients(self, number):
        for index in range(number):
            fields = self.maker.fields("plain")
            fields.subject, fields.serial = self.name(), self.serial()
            fields.validity = tlv(SEQUENCE, self.date(1951, 2024), self.date(2030, 2999))
            if self.chance(0.6):
                fields.put_alternative_names(self.alternative_names())
            if self.chance(0.3):
                fields.issuer = self.name()
            key = self.random.choice(["p256", "p256", "p256", "rsa2048", "ed25519", "p521"])
            yield self.maker.client(f"random-{index}", fields, key=key, signer=self.maker.issuers.get(fields.issuer, "unknown"))

    def chance(self, of):
        return self.random.random() < of

    def text(self):
        tag, characters, encoding = self.random.choice(STRINGS)
        length = self.random.choice([0, 1, 2, 3, 5, 8, 15, 16, 17, 31, 40])
        return tlv(tag, "".join(self.random.choices(characters, k=length)).encode(encoding))

    def name(self):
        rdns = []
        for _ in range(self.random.choice([0, 1, 2, 3, 3, 4, 6])):
            kinds = [self.random.choice(TYPES) if self.chance(0.3) else der.ATTRIBUTES[self.random.choice(USUAL)]]
            kinds += [self.random.choice(TYPES)] * self.chance(0.1)
            rdns.append(tlv(SET, *sorted(tlv(SEQUENCE, oid(kind), self.text()) for kind in kinds)))
        return tlv(SEQUENCE, *rdns)

    def alternative_names(self):
        kinds = [("DNS", HOSTS), ("URI", URIS), ("email", EMAILS), ("IP", ADDRESSES)]
        chosen = self.random.choices(kinds, k=self.random.choice([1, 1, 2, 3, 5]))
        return der.alternative_names(*((kind, self.random.choice(values)) for kind, values in chosen))

    def serial(self):
        number = self.random.getrandbits(8 * self.random.choice([1, 2, 8, 16, 20])) * self.random.choice([1, 1, 1, -1])
        return tlv(der.INTEGER, number.to_bytes((number + (number < 0)).bit_length() // 8 + 1, "big", signed=True))

    def date(self, first, last):
        year = self.random.randint(first, last)
        rest = "%02d%02d%02d%02d%02dZ" % tuple(self.random.randint(*of) for of in ((1, 12), (1, 28), (0, 23), (0, 59), (0, 59)))
        return tlv(0x17, f"{year % 100:02}{rest}".encode()) if 1950 <= year < 2050 else tlv(0x18, f"{year:04}{rest}".encode())

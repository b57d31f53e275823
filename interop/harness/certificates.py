"""The clients' certificates: every fixture with a new public key and signature, and some more.

The fixtures' private keys are not kept. Each fixture gets a new key in each run, and a signature of a CA with the same name and a new key.
Names, serial numbers, dates and extensions are unchanged.
"""

import base64
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from . import der
from .der import alternative_names, name, tlv

KEYS = {
    "p256": ["EC", "ec_paramgen_curve:P-256"],
    "p521": ["EC", "ec_paramgen_curve:P-521"],
    "secp256k1": ["EC", "ec_paramgen_curve:secp256k1"],
    "rsa1024": ["RSA", "rsa_keygen_bits:1024"],
    "rsa2048": ["RSA", "rsa_keygen_bits:2048"],
    "ed25519": ["ED25519"],
    **{authority: ["EC", "ec_paramgen_curve:P-256"] for authority in ("root", "intermediate", "second", "expired", "unknown")},
}
#: Dates before and after the limits of years with two digits.
DATES = {
    "more_dates_2049_2050": ("491231235959Z", "20500101000000Z"),
    "more_dates_2055_2099": ("20550102030405Z", "20991231235959Z"),
    "more_dates_1950_1999": ("500101000000Z", "991231235959Z"),
    "more_dates_2000_9999": ("000101000000Z", "99991231235959Z"),
}
SUBJECT_ALT_NAME = der.oid("2.5.29.17")
SIGNATURE_DIGEST = {der.oid("1.2.840.10045.4.1"): "sha1", der.oid("1.2.840.10045.4.3.2"): "sha256"}


@dataclass
class Client:
    """A client: its certificate, key and chain."""

    name: str
    leaf: bytes
    key: Path
    chain: list = field(default_factory=list)
    leaf_file: Path = None
    chain_file: Path = None
    sent_file: Path = None
    #: Whether OpenSSL can parse the certificate, and therefore present it.
    readable: bool = True


class Fields:
    """The fields of a certificate, in order; each can be replaced."""

    def __init__(self, certificate):
        self.tbs = der.split(der.contents(der.split(der.contents(certificate))[0]))
        self.first = 1 if self.tbs[0][0] == 0xA0 else 0

    def at(self, index):
        return self.tbs[self.first + index]

    def put(self, index, value):
        self.tbs[self.first + index] = value

    serial = property(lambda self: self.at(0), lambda self, value: self.put(0, value))
    algorithm = property(lambda self: self.at(1))
    issuer = property(lambda self: self.at(2), lambda self, value: self.put(2, value))
    validity = property(lambda self: self.at(3), lambda self, value: self.put(3, value))
    subject = property(lambda self: self.at(4), lambda self, value: self.put(4, value))
    key = property(lambda self: self.at(5), lambda self, value: self.put(5, value))

    def put_alternative_names(self, value):
        wrapped = self.tbs[-1]
        extensions = [der.split(der.contents(extension)) for extension in der.split(der.contents(der.contents(wrapped)))]
        kept = [tlv(der.SEQUENCE, *extension) for extension in extensions if extension[0] != SUBJECT_ALT_NAME]
        kept.append(tlv(der.SEQUENCE, SUBJECT_ALT_NAME, tlv(der.OCTET_STRING, value)))
        self.tbs[-1] = tlv(wrapped[0], tlv(der.SEQUENCE, *kept))


class Maker:
    """Makes the keys and signatures of one run, in one directory."""

    def __init__(self, directory, fixtures):
        self.directory = Path(directory)
        self.fixtures = {file.stem: file.read_bytes() for file in sorted(Path(fixtures).glob("*.der"))}
        self.public = {}
        for key, (algorithm, *options) in KEYS.items():
            options = [word for option in options for word in ("-pkeyopt", option)]
            openssl("genpkey", "-algorithm", algorithm, *options, "-out", self.key(key))
            self.public[key] = openssl("pkey", "-in", self.key(key), "-pubout", "-outform", "DER")
        self.authorities = {"root": self.signed("root", "root", "ca"), "intermediate": self.signed("intermediate", "root", "intermediate")}
        subject = lambda fixture: self.fields(fixture).subject
        self.issuers = {subject("ca"): "root", subject("intermediate"): "intermediate"}
        for authority, above, fixture in (
            ("second", "intermediate", "chain_two_inter"),
            ("expired", "root", "chain_expired_inter"),
            ("unknown", "unknown", "unknown_ca_root_sent"),
        ):
            fields = self.fields("intermediate")
            fields.subject = self.fields(fixture).issuer
            fields.issuer = fields.subject if above == authority else Fields(self.authorities[above]).subject
            if authority == "expired":
                fields.validity = self.fields("expired").validity
            self.authorities[authority] = self.sign(fields, authority, above)
            self.issuers[fields.subject] = authority

    def key(self, kind):
        return self.directory / f"{kind}.key"

    def fields(self, fixture):
        return Fields(self.fixtures[fixture])

    def signed(self, key, signer, fixture):
        return self.sign(self.fields(fixture), key, signer)

    def sign(self, fields, key, signer):
        fields.key = self.public[key]
        tbs = tlv(der.SEQUENCE, *fields.tbs)
        digest = SIGNATURE_DIGEST[der.split(der.contents(fields.algorithm))[0]]
        signature = openssl("dgst", f"-{digest}", "-sign", self.key(signer), stdin=tbs)
        return tlv(der.SEQUENCE, tbs, fields.algorithm, tlv(der.BIT_STRING, b"\0", signature))

    def client(self, name, fields, key="p256", signer=None, chain=()):
        leaf = self.sign(fields, key, signer or self.issuers.get(fields.issuer, key))
        return Client(name, leaf, self.key(key), [self.authorities[authority] for authority in chain])

    def from_fixtures(self):
        chains = {
            "chain_two_inter": ["second", "intermediate"],
            "chain_two_inter_swapped": ["intermediate", "second"],
            "chain_expired_inter": ["expired"],
            "chain_unrelated": ["unknown"],
            "unknown_ca_root_sent": ["unknown"],
        }
        for fixture in self.fixtures:
            if fixture in ("ca", "intermediate"):
                continue
            key = fixture.removeprefix("key_")
            client = self.client(
                fixture,
                self.fields(fixture),
                key=key if key in KEYS else "p256",
                signer="unknown" if fixture.startswith("unknown_ca") else None,
                chain=chains.get(fixture, ()),
            )
            if fixture == "bad_signature":
                client.leaf = client.leaf[:-1] + bytes([client.leaf[-1] ^ 1])
            yield client

    def made_up(self):
        """Clients beyond the fixtures: `plain` with another subject, or with other alternative names."""
        country, common = ("C", "DE"), ("CN", "client.example")
        subjects = {
            "more_umlaut_cjk": name(country, ("O", "Müller & Söhne"), ("CN", "Łódź 日本 😀")),
            "more_latin1_t61": name(country, ("O", "Müller", der.T61), common),
            "more_universal": name(country, ("CN", "Ł😀", der.UNIVERSAL)),
            "more_specials": name(country, ("O", 'Acme, "Inc"; <a>+b\\c=#d'), ("OU", "#lead"), ("CN", " both ends ")),
            "more_backslash_slash": name(country, ("O", "a\\/b"), ("CN", "back\\slash")),
            "more_multi_valued": name(country, [("CN", "alice"), ("UID", "a1")], ("OU", "last")),
            "more_repeated": name(country, ("O", "One"), ("O", "Two"), ("OU", "A"), ("OU", "B"), ("CN", "first"), ("CN", "second")),
            "more_types": name(
                ("DC", "example"), ("DC", "corp"), country, ("ST", "Bayern"), ("L", "Weiden"), ("street", "Main 1"), ("postalCode", "92637"),
                ("organizationIdentifier", "VATDE-1"), ("title", "Dr"), ("SN", "Doe"), ("GN", "Jane"), ("serialNumber", "42"),
                ("emailAddress", "jane@example.org"), ("UID", "jd"), common,
            ),
            "more_controls": name(country, ("CN", "a\x01\x1f\x7fz")),
            "more_crlf": name(country, ("CN", "a\r\nX-Admin: yes")),
            "more_empty": name(),
            # Names that would end a field in some proxy's format, and begin another field.
            "more_cn_writes_info": name(("CN", 'a";SerialNumber="6";NB="1";NA="4000000000')),
            "more_cn_writes_element": name(("CN", 'a";URI=spiffe://admin,By="b')),
            "more_cn_is_quoted": name(("CN", '"admin"')),
            "more_cn_is_placeholder": name(("CN", "(null)")),
        }
        names = {
            "more_san_separators": [("URI", "spiffe://a/b;URI=spiffe://evil,By=x"), ("DNS", "a,b;c"), ("DNS", 'q"uote\\')],
            "more_san_two_of_each": [
                ("URI", "spiffe://one/a"), ("URI", "spiffe://two/b"), ("DNS", "one.example"), ("DNS", "two.example"),
                ("email", "one@example.org"), ("email", "two@example.org"), ("IP", bytes([192, 0, 2, 1])), ("IP", bytes(15) + b"\1"),
            ],
            "more_san_uris": [
                ("URI", text)
                for text in (
                    "HTTP://UP.example/Case", "http://h/a%41 (b)", "http://h/!'()*[]", "http://us!er@h/?#f", "http://h/#a b", "file://", "urn:a?", "a b",
                )
            ],
            "more_san_empty": [("DNS", ""), ("DNS", "one.example"), ("email", ""), ("URI", "")],
            "more_san_writes_subject": [("URI", "spiffe://tenant/mallory;Subject=CN=admin")],
            "more_san_writes_quoted_subject": [("URI", 'spiffe://tenant/mallory;Subject="CN=admin"')],
            "more_san_writes_dns": [("URI", "spiffe://tenant/mallory;DNS=admin.example"), ("DNS", "mallory.example")],
            "more_san_writes_element": [("URI", "spiffe://tenant/mallory,By=spiffe://proxy;Hash=" + "0" * 64 + ";URI=spiffe://admin")],
            "more_dns_writes_uri": [("DNS", "mallory.example;URI=spiffe://admin")],
            "more_dns_writes_names": [("DNS", "mallory.example,admin.example"), ("DNS", 'x";SerialNumber="6')],
            "more_san_quoted": [("email", '"two words"@example.org'), ("email", "one@example.org")],
        }
        for title, subject in subjects.items():
            fields = self.fields("plain")
            fields.subject = subject
            yield self.client(title, fields)
        for title, values in names.items():
            fields = self.fields("plain")
            fields.put_alternative_names(alternative_names(*values))
            yield self.client(title, fields)
        for title, dates in DATES.items():
            fields = self.fields("plain")
            fields.validity = tlv(der.SEQUENCE, *(tlv(0x18 if len(date) == 15 else 0x17, date.encode()) for date in dates))
            yield self.client(title, fields)
        yield self.client("more_rsa2048", self.fields("plain"), key="rsa2048")
        fields = self.fields("plain")
        fields.issuer = fields.subject
        yield self.client("more_self_signed", fields)

    def clients(self, more=()):
        """All clients, and these; writes their certificates to files."""
        clients = [*self.from_fixtures(), *self.made_up(), *more]
        for client in clients:
            base = self.directory / client.name
            client.leaf_file, client.sent_file = base.with_suffix(".der"), base.with_suffix(".sent.pem")
            client.leaf_file.write_bytes(client.leaf)
            client.sent_file.write_bytes(b"".join(map(pem, [client.leaf, *client.chain])))
            if client.chain:
                client.chain_file = base.with_suffix(".chain.pem")
                client.chain_file.write_bytes(b"".join(map(pem, client.chain)))
        return clients

    def server(self, title="server", uris=()):
        """Writes files for the proxies: `server.pem`, `server.key`, both in one file, and `ca.pem`. All servers have the same key."""
        fields = self.fields("plain")
        fields.subject = name(("CN", "localhost"))
        names = [("DNS", "localhost"), ("IP", bytes([127, 0, 0, 1])), *(("URI", uri) for uri in uris)]
        fields.put_alternative_names(alternative_names(*names))
        server, key = pem(self.sign(fields, "p256", "root")), self.key("p256").read_bytes()
        files = {"ca.pem": pem(self.authorities["root"]), "server.key": key, f"{title}.pem": server, f"{title}-both.pem": server + key}
        for file, data in files.items():
            (self.directory / file).write_bytes(data)


def pem(certificate):
    text = base64.b64encode(certificate).decode()
    lines = [text[at : at + 64] for at in range(0, len(text), 64)]
    return "\n".join(["-----BEGIN CERTIFICATE-----", *lines, "-----END CERTIFICATE-----", ""]).encode()


def openssl(*arguments, stdin=b""):
    ran = subprocess.run(["openssl", *map(str, arguments)], input=stdin, capture_output=True)
    if ran.returncode:
        raise RuntimeError(f"openssl {arguments[0]}: {ran.stderr.decode(errors='replace').strip()}")
    return ran.stdout

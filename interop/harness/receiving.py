"""Compares what the crate's receivers read from real proxies' requests with the certificates."""

import hashlib
import json
import subprocess
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from . import compare, der, ours
from .certificates import Fields
from .readers import encoded, names_of

#: Receivers print names in the dialect of their proxy's library; for proxies in Go, in BoringSSL's.
DIALECTS = {"envoy": "boringssl", "caddy": "boringssl", "traefik": "boringssl"}
#: Formats without a verdict; the listeners accept every certificate.
UNSTATED = ("caddy", "envoy", "envoy-json", "traefik")
#: Go groups the attributes of names differently from the libraries, so names are compared with the set that imitates the proxy.
OWN_TEXT = ("caddy",)
#: The texts that proxies write for a variable without a value.
NOTHING = ("", "(null)", "<nil>")
#: Headers with several values, which the listener's expression lists.
KEYED = ("x-forwarded-client-cert", "x-forwarded-tls-client-cert-info")
#: Names of the server's certificate, which Envoy writes as `By`.
SERVERS = {
    "server": [],
    "spiffe": ["spiffe://cluster.local/ns/edge/sa/proxy"],
    "two": ["spiffe://cluster.local/ns/edge/sa/proxy", "urn:edge"],
    "brackets": ["urn:a(b;c)"],
    "comma": ["spiffe://edge/a,b"],
    "pair": ["spiffe://edge;Hash=" + "0" * 64 + ";Subject=\"CN=admin\""],
    "element": ["spiffe://edge;Hash=" + "0" * 64 + ",By=spiffe://edge"],
    "quote": ['urn:a"b'],
}
ENVOY = "x-forwarded-client-cert"
TRAEFIK = ("X-Forwarded-Tls-Client-Cert", "X-Forwarded-Tls-Client-Cert-Info")
#: Further listeners of each proxy: the set, a suffix for the listener's name, headers, and the server's certificate.
FURTHER = {
    "envoy": [
        *(
            (set_name, title, {ENVOY: f"{form} {keys}"}, "server")
            for set_name, form in (("envoy", "TEXT"), ("envoy-json", "JSON"))
            for title, keys in (
                ("hash", "Hash"), ("uri", "Hash URI"), ("dns", "Hash DNS"), ("names", "Hash URI DNS"), ("subject", "Hash Subject"),
                ("subject-names", "Hash Subject URI DNS"), ("cert-uri", "Hash Cert URI"),
            )
        ),
        *(
            ("envoy", f"{server}-{title}", {ENVOY: f"TEXT By Hash {keys}"}, server)
            for server in SERVERS if server != "server"
            for title, keys in (("cert", "Cert Subject URI"), ("subject-uri", "Subject URI"))
        ),
    ],
    "traefik": [
        ("traefik", title, {**({TRAEFIK[0]: "pem"} if pem else {}), TRAEFIK[1]: f"info {groups}"}, "server")
        for title, pem, groups in (
            ("info", False, "Subject Issuer SerialNumber NB NA SAN"), ("numbers", False, "SerialNumber NB NA"),
            ("subject-serial", False, "Subject SerialNumber"), ("names", False, "Subject Issuer SAN"), ("pem-names", True, "Subject SAN"),
            ("end-names", False, "NA SAN"),
        )
    ],
}


@dataclass
class Reading:
    """One receiver for one listener's requests, with all headers or without those of certificates."""

    listener: str
    title: str
    format: str
    declares: list
    #: Lower-case header or key -> what it states.
    facts: dict
    right: Counter = field(default_factory=Counter)
    unstated: Counter = field(default_factory=Counter)
    documented: dict = field(default_factory=lambda: defaultdict(list))
    wrong: list = field(default_factory=list)
    requests: int = 0

    @property
    def dialect(self):
        return DIALECTS.get(self.format.removesuffix("-json"), "openssl")

    def command(self, program):
        command = [program, "--receive", self.format]
        command += ["--unstated", "verified"] if self.format in UNSTATED else []
        return command + (["--declares", ",".join(self.declares)] if self.declares else [])

    def stated(self, headers):
        """The properties that these headers state, or `leaf`, `chain` and `names`."""
        said = set()
        for name, values in headers.items():
            if name in KEYED:
                said.update(word for key in self.declares for word in self.facts.get(key, ()))
            elif values[0] not in NOTHING:
                said.update(self.facts.get(name, ()))
        return said

    def holds(self, name, what):
        """Whether this header is for a certificate."""
        return what in self.facts.get(name, ())


def facts(file, format):
    rows = compare.read_table(file, 3)
    base = format.removesuffix("-json")
    return {header: states.split() for of, header, states in rows if of == base}


def files(directory, requests):
    """Writes a file for each request: client name -> path."""
    directory.mkdir()
    paths = {}
    for client, headers in requests.items():
        lines = [f"{name}: {value}\r\n" for name, values in headers.items() for value in values]
        paths[client] = directory / client
        paths[client].write_bytes("".join(lines).encode("latin-1"))
    return paths


def receive(command, paths):
    """Client name -> the receiver's answer."""
    listed = "".join(f"{path}\n" for path in paths.values())
    ran = subprocess.run([*command, "--files-from", "-"], input=listed, capture_output=True, text=True)
    answers = [json.loads(line) for line in ran.stdout.splitlines()]
    if ran.stderr or [answer["file"] for answer in answers] != [str(path) for path in paths.values()]:
        raise RuntimeError(f"{' '.join(command)}: {ran.stderr.strip()[-500:] or 'not every file was answered'}")
    return dict(zip(paths, answers))


def records(program, reading, by_verdict, given):
    """Client name -> the crate's record of the certificate. `by_verdict`: verdict -> clients."""
    found = {}
    for status, clients in by_verdict.items():
        groups = defaultdict(list)
        for client in clients:
            chain = client.chain_file if "chain" in reading.stated(given[client.name]) else None
            groups[chain].append(client)
        for chain, members in groups.items():
            command = [program, "--format", "json", "--dialect", reading.dialect, "--verified", status]
            command += ["--chain", str(chain)] if chain else []
            command += ["--headers", reading.format] if reading.format in OWN_TEXT else []
            ran = subprocess.run([*command, *(str(client.leaf_file) for client in members)], capture_output=True, text=True)
            for client, answer in zip(members, map(json.loads, ran.stdout.splitlines()), strict=True):
                record = answer["tlsClientAuth"]
                for what, value in digests_and_numbers(client.leaf).items():
                    if record[what] != value:
                        raise RuntimeError(f"{client.name}: {what} is {value}, and the crate says {record[what]}")
                if reading.format in OWN_TEXT and "leaf" not in reading.stated(given[client.name]):
                    record.update(own_text(reading.facts, ours.pairs(answer["headers"])))
                found[client.name] = record
    return found


def own_text(facts, headers):
    """Property -> name, in the text of the set that imitates the proxy."""
    return {what: headers.get(header, "") for header, states in facts.items() for what in states if "DN" in what}


def digests_and_numbers(leaf):
    """Values that are computed independently of the crate, so that an error on both of its sides is found."""
    fields = Fields(leaf)
    serial = int.from_bytes(der.contents(fields.serial), "big", signed=True)
    digits = f"{abs(serial):X}"
    return {
        "certFingerprintSHA1": hashlib.sha1(leaf).hexdigest(),
        "certFingerprintSHA256": hashlib.sha256(leaf).hexdigest(),
        "certSerial": "-" * (serial < 0) + "0" * (len(digits) % 2) + digits,
        "certRFC9440": f":{encoded([leaf])[0]}:",
    }


def judge(reading, client, headers, answer, record, differences):
    """Compares one answer with the crate's record, property by property. `client` is `None` without a certificate."""
    reading.requests += 1
    name = client.name if client else "none"

    def differs(what, meant, read):
        case = (reading.listener, what, name, meant, read)
        covering = [each for each in differences if each.covers(reading.listener, what.lower(), name, str(meant), str(read))]
        if covering:
            reading.documented[what == "refused", covering[0].reason].append(name)
        else:
            reading.wrong.append((name, what, meant, read))

    if "error" in answer:
        differs("refused", "read", answer["error"])
        return
    said = reading.stated(headers)
    trusted = record["certVerified"] == "SUCCESS"
    if answer["trusted"] != trusted:
        differs("trusted", trusted, answer["trusted"])
    for what, meant in record.items():
        read = answer["tlsClientAuth"].get(what)
        if read == meant:
            reading.right[what] += read not in ("", False)
        elif read == "" and "leaf" not in said and what not in said:
            reading.unstated[what] += 1
        else:
            differs(what, meant, read)
    if client:
        names(reading, client, said, answer["names"], differs)


def names(reading, client, said, read, differs):
    """Compares the names. From a leaf, all printable names without spaces are expected. From headers, only those that no other name can
    have written: from JSON all, otherwise the only one, if it is of the first kind.
    """
    kinds = [(kind, tag) for kind, tag, key in (("uri", 0x86, "URI"), ("dns", 0x82, "DNS")) if "leaf" in said or key in reading.declares]
    of = {kind: [[kind, name] for name in names_of(client.leaf, tag)] for kind, tag in kinds}
    meant = sum(of.values(), [])
    if "leaf" in said or reading.format.endswith("-json"):
        wanted = meant
    else:
        first = of[kinds[0][0]] if kinds else []
        wanted = [name for name in first if len(meant) == 1 and not set(name[1]) & set(';,"')]
    wanted = [name for name in wanted if name[1] and " " not in name[1]]
    if all(name in meant for name in read) and all(name in read for name in wanted):
        reading.right["names"] += len(read)
    else:
        differs("names", meant, read)

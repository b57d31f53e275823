"""Checks that parsers of other authors read the client's certificate from the crate's headers."""

import base64
import json
import shutil
import ssl
import subprocess
from collections import Counter
from urllib.parse import unquote

from . import der
from .certificates import SUBJECT_ALT_NAME, Fields

SCRIPT = "read.mjs"
PEM_START = "-----BEGIN%20CERTIFICATE-----"


def build(crate):
    """The program with `sfv` and `xfcc-parser`, or the reason why it is missing."""
    command = ["cargo", "build", "--quiet", "--locked", "--message-format=json"]
    ran = subprocess.run(command, cwd=crate, capture_output=True, text=True)
    programs = [message.get("executable") for message in map(json.loads, ran.stdout.splitlines())]
    programs = [program for program in programs if program]
    return (programs[0], None) if programs else (None, ran.stderr.strip()[-500:])


def install(directory, readers):
    """A folder with the script and its package, or the reason why it is missing."""
    if not shutil.which("node") or not shutil.which("npm"):
        return None, "node or npm is missing"
    modules = directory / "node"
    modules.mkdir()
    for file in ("package.json", "package-lock.json", SCRIPT):
        shutil.copy(readers / file, modules)
    command = ["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"]
    try:
        ran = subprocess.run(command, cwd=modules, capture_output=True, text=True, timeout=60)
    except subprocess.TimeoutExpired:
        return None, "npm takes too long"
    if ran.returncode:
        why = [line.removeprefix("npm error ") for line in ran.stderr.splitlines() if line.startswith("npm error ")]
        return None, why[1] if len(why) > 1 else "npm failed"
    return modules, None


class Check:
    """The results of one reader."""

    def __init__(self, title):
        self.title, self.right, self.other = title, 0, []

    def compare(self, case, header, read, meant):
        if read == meant:
            self.right += 1
        else:
            self.other.append((case, header.lower(), read, meant))

    def print(self, differences):
        if not self.right and not self.other:
            print(f"  WRONG {self.title}: nothing was compared")
            return 1
        reader = "reader/" + self.title.partition(":")[0]
        documented, wrong = Counter(), []
        for case, header, read, meant in self.other:
            covering = [each for each in differences if each.covers(reader, header, case, str(read), str(meant))]
            if covering:
                documented[covering[0].reason] += 1
            else:
                wrong.append((case, header, read, meant))
        print(f"  {self.title:<58}{self.right:>6} as sent{documented.total():>5} documented{len(wrong):>5} wrong")
        for reason, count in documented.items():
            print(f"    documented, {count} times: {reason}")
        for case, header, read, meant in wrong:
            print(f"    WRONG {header} for {case}\n      read:  {str(read)[:300]}\n      meant: {str(meant)[:300]}")
        return len(wrong)


def read(rust, modules, script, inspect, clients, differences):
    """Runs every available reader and prints its results. Returns the number of wrong values, and the readers that ran."""
    print("\nread back by others")
    verdicts = [(client, "SUCCESS") for client in clients]
    sent = {}
    for name in inspect.programs:
        lines = inspect.lines(name, verdicts)
        sent[name] = [(client, dict(lines[client.name])) for client in clients if isinstance(lines[client.name], list)]
    program, why = rust
    checks = [*structured(program, sent), xfcc(program, sent)] if program else []
    if not program:
        print(f"  sfv, xfcc-parser: not available: {why}")
    checks.append(python(sent))
    if shutil.which("node"):
        checks += node(script, *modules, sent)
    else:
        print("  Node: not available: node is missing")
    checks = list(checks)
    ran = ["reader/" + check.title.partition(":")[0] for check in checks if check.right or check.other]
    return sum(check.print(differences) for check in checks), ran


def structured(program, sent):
    """Reads RFC 9440's headers with the crate `sfv`."""
    for form, header in (("item", "Client-Cert"), ("list", "Client-Cert-Chain")):
        check = Check(f"sfv: rfc9440 {header}")
        cases = [(client, headers[header]) for client, headers in sent.get("rfc9440", []) if header in headers]
        for (client, _), answer in zip(cases, ask_lines([program], [f"{form}\t{value}" for _, value in cases])):
            meant = [client.leaf] if form == "item" else client.chain
            check.compare(client.name, header, answer, " ".join(encoded(meant)))
        yield check


def xfcc(program, sent):
    """Reads Envoy's header with the crate `xfcc-parser`: one element with the certificates and the alternative names."""
    header = "x-forwarded-client-cert"
    check = Check(f"xfcc-parser: envoy {header}")
    cases = [(client, headers[header]) for client, headers in sent.get("envoy", [])]
    for (client, _), answer in zip(cases, ask_lines([program], [f"xfcc\t{value}" for _, value in cases])):
        elements = [element.split("\t") for element in answer.split("\x1e")]
        if any(len(element) != 4 for element in elements):
            check.compare(client.name, header, answer, "four parts")
            continue
        read = [(certificates(unquote(leaf)), certificates(unquote(chain)), uri, dns) for leaf, chain, uri, dns in elements]
        names = ["\x1f".join(names_of(client.leaf, tag)) for tag in (0x86, 0x82)]
        check.compare(client.name, header, read, [([client.leaf], [client.leaf, *client.chain], *names)])
    return check


def names_of(leaf, tag):
    """The names of one kind in printable ASCII; the crate leaves out the others."""
    wrapped = Fields(leaf).tbs[-1]
    if wrapped[0] != 0xA3:
        return []
    for extension in der.split(der.contents(der.contents(wrapped))):
        parts = der.split(der.contents(extension))
        if parts[0] == SUBJECT_ALT_NAME:
            value = der.contents(parts[-1])
            if value[:1] != b"\x30" or len(value) < 2 or len(value) != len(der.split(value)[0]):
                return []
            found = [der.contents(name) for name in der.split(der.contents(value)) if name[0] == tag]
            return [name.decode() for name in found if all(0x20 <= byte < 0x7F for byte in name)]
    return []


def escaped_pem(sent):
    """Every value of percent-encoded PEM in any set: (client, set, header, value)."""
    for name, cases in sent.items():
        for client, headers in cases:
            for header, value in headers.items():
                if value.startswith(PEM_START):
                    yield client, name, header, value


def right(read, client):
    """`read` if it is what the client sent, with or without its chain; otherwise the expected value."""
    return read if read in ([client.leaf], [client.leaf, *client.chain]) else [client.leaf]


def python(sent):
    cases = list(escaped_pem(sent))
    check = Check(f"Python: unquote, PEM of {' '.join(dict.fromkeys(case[1] for case in cases)) or 'no set'}")
    for client, name, header, value in cases:
        read = certificates(unquote(value))
        check.compare(client.name, f"{name} {header}", read, right(read, client))
    return check


def certificates(pem):
    end = "-----END CERTIFICATE-----\n"
    return [ssl.PEM_cert_to_DER_cert(block + end) for block in pem.split(end)[:-1]]


def node(script, modules, why, sent):
    """Reads with Node's own functions, and with the package. Certificates that OpenSSL cannot parse are left out, because Node uses it."""
    if not modules:
        print(f"  structured-headers: not available: {why}")
    # Node looks for packages in the folder of the script.
    command = ["node", str(modules / SCRIPT if modules else script)]
    check = Check("Node: decodeURIComponent and X509Certificate, the same")
    cases = [case for case in escaped_pem(sent) if case[0].readable]
    for (client, name, header, _), read in zip(cases, ask_node(command, "url-pem", [case[3] for case in cases])):
        check.compare(client.name, f"{name} {header}", read, right(read, client))
    yield check
    for form, header in (("item", "Client-Cert"), ("list", "Client-Cert-Chain")) if modules else ():
        check = Check(f"structured-headers: rfc9440 {header}")
        cases = [(client, headers[header]) for client, headers in sent.get("rfc9440", []) if header in headers]
        for (client, _), read in zip(cases, ask_node(command, form, [value for _, value in cases])):
            check.compare(client.name, header, read, [client.leaf] if form == "item" else client.chain)
        yield check


def ask_node(command, form, values):
    """The certificates of each value, or the reader's error."""
    for answer in ask_lines(command, [json.dumps({"form": form, "value": value}) for value in values]):
        answer = json.loads(answer)
        yield [base64.b64decode(text) for text in answer] if isinstance(answer, list) else answer


def encoded(certificates):
    return [base64.b64encode(certificate).decode() for certificate in certificates]


def ask_lines(command, questions):
    if not questions:
        return []
    ran = subprocess.run(command, input="\n".join(questions) + "\n", capture_output=True, text=True)
    answers = ran.stdout.removesuffix("\n").split("\n")
    if ran.returncode or len(answers) != len(questions):
        raise RuntimeError(f"{command[0]}: {ran.stderr.strip()[-500:]}")
    return answers

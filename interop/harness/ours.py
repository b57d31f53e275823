"""Builds and runs the examples `inspect`, which prints the crate's headers for a certificate, and `mtls_proxy`, which sends them."""

import json
import os
import subprocess
from collections import defaultdict

from .client import ask
from .processes import free_ports

END_TO_END = ["plain", "chain_two_inter", "san_all", "more_umlaut_cjk", "key_ed25519", "more_rsa2048"]


def build(crate):
    """Builds both examples: example -> program. Raises `RuntimeError` if the build fails."""
    # The debug profile builds faster, and speed does not matter.
    command = ["cargo", "build", "--quiet", "--example=inspect", "--example=mtls_proxy", "--message-format=json"]
    ran = subprocess.run(command, cwd=crate, capture_output=True, text=True)
    if ran.returncode:
        raise RuntimeError(f"cargo build: {ran.stderr.strip()[-2000:]}")
    messages = map(json.loads, ran.stdout.splitlines())
    built = [message for message in messages if message.get("executable")]
    return {message["target"]["name"]: message["executable"] for message in built}


class Inspect:
    """The example `inspect`, or several builds of it; for each set the first that knows it is used."""

    def __init__(self, programs):
        self.programs = {}
        for program in reversed(programs):
            listed = subprocess.run([program, "--list"], capture_output=True, text=True, check=True)
            # The sets come first, and after an empty line the formats that can only be received.
            self.programs.update(dict.fromkeys(listed.stdout.split("\n\n")[0].split(), program))

    def lines(self, set_name, verdicts):
        """Client name -> [(header, value)], or the text of an error. `verdicts`: client -> its verdict."""
        groups, lines = defaultdict(list), {}
        for client, status in verdicts:
            groups[status, client.chain_file].append(client)
        for (status, chain), clients in groups.items():
            files = {str(client.leaf_file): client.name for client in clients}
            command = [self.programs[set_name], "--format", "json", "--headers", set_name, "--verified", status]
            command += ["--chain", str(chain)] if chain else []
            ran = subprocess.run([*command, *files], capture_output=True, text=True)
            for answer in map(json.loads, ran.stdout.splitlines()):
                headers = answer.get("headers", answer.get("error"))
                lines[files[answer["file"]]] = headers
            if ran.stderr:
                raise RuntimeError(f"inspect: {ran.stderr.strip()}")
        return lines


    def identity(self, client):
        """The SHA-256 of a client's certificate, and its subject in RFC 2253."""
        (program,) = set(self.programs.values())
        ran = subprocess.run([program, "--format", "json", client.leaf_file], capture_output=True, text=True, check=True)
        record = json.loads(ran.stdout)["tlsClientAuth"]
        return record["certFingerprintSHA256"], record["certSubjectDNRFC2253"]


def end_to_end(program, set_name, contexts, origin, files, children):
    """Client name -> headers at the origin behind `mtls_proxy`, or `None` if no request arrived."""
    (port,) = free_ports(1)
    command = [program, "--listen", f"127.0.0.1:{port}", "--origin", f"http://127.0.0.1:{origin.port}", "--optional"]
    command += ["--cert", files.key("server.pem"), "--key", files.key("server.key"), "--client-ca", files.key("ca.pem")]
    command += ["--headers", set_name, "--forward", "every"]
    children.start(command, files.directory / f"{set_name}.log", [port], environment=dict(os.environ))
    arrived = {}
    for client in ["none", *END_TO_END]:
        path = f"/mtls_proxy/{set_name}/{client}"
        ask(contexts[client], port, path)
        arrived[client] = origin.headers(path)
    return arrived


def pairs(headers):
    """Lower-case name -> value of the headers that `inspect` prints, without the remaining days."""
    return {name.lower(): value for name, value in headers if not name.lower().endswith("-v-remain")}

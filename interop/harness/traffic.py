"""Runs real proxies between clients with certificates and an origin that records what arrives."""

import ctypes
import ctypes.util
import hashlib
import shutil
import signal
import ssl
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from . import proxies
from .client import ask, context
from .origin import Origin
from .processes import Children, free_ports

LIMIT_SECONDS = 295


def scene(title, work):
    """Calls `work(directory, origin, children)`, and ends everything that it started, in any case."""
    began = time.monotonic()

    def ended_by(kind, _):
        if kind == signal.SIGALRM:
            sys.exit(f"{title}: stopped after {LIMIT_SECONDS} seconds; what was built and fetched is kept, so run it again")
        sys.exit(f"{title}: ended by SIGTERM")

    for kind in (signal.SIGTERM, signal.SIGALRM):
        signal.signal(kind, ended_by)
    signal.alarm(LIMIT_SECONDS)
    # Proxies that drop their privileges must be able to read their files.
    directory = Path(tempfile.mkdtemp(prefix="interop-"))
    directory.chmod(0o755)
    try:
        with Origin() as origin, Children() as children:
            result = work(directory, origin, children)
    except KeyboardInterrupt:
        sys.exit(f"{title}: ended by SIGINT")
    finally:
        shutil.rmtree(directory, ignore_errors=True)
    print(f"\n{time.monotonic() - began:.0f} seconds")
    return result


def contexts(clients):
    """Client name -> TLS context; `none` is without a certificate. Marks clients with a certificate that OpenSSL cannot parse."""
    ready = {"none": context(None)}
    for client in clients:
        try:
            ready[client.name] = context(client)
        except ssl.SSLError:
            client.readable = False
    return ready


def start(asked, installed, directory, origin, children, servers={}):
    """Starts proxies. `asked`: proxy -> set -> headers; `servers`: set -> the certificate that the proxy presents.

    Returns (proxy, listener, title) for those that run, a line for each proxy that is not installed, and one for each that does not start.
    """
    running, absent, failed = [], [], []
    for proxy, sets in asked.items():
        files = proxies.Files(directory / proxy.name, directory / "keys", origin.port)
        binary = proxies.find(proxy, installed)
        if not binary:
            absent.append(f"{proxy.name}: not available: not installed")
            continue
        try:
            ports = free_ports(len(sets))
            listeners = [
                proxies.Listener(name, port, headers, servers.get(name, "server")) for (name, headers), port in zip(sets.items(), ports)
            ]
            files.directory.mkdir()
            environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": str(files.directory)}
            children.start(proxy.command(binary, files, listeners), files.directory / "log", ports, environment)
            title = f"{proxy.like} {proxies.version(proxy, binary)}"
            running += [(proxy, listener, title) for listener in listeners]
        except (RuntimeError, OSError) as error:
            failed.append(f"WRONG {proxy.name}: does not start: {error}")
    return running, absent, failed


def send(running, contexts):
    """Presents every certificate to every listener. Returns for each listener: client name -> how the request ended."""

    def to(proxy, listener, _):
        # Traefik listens before its routes are ready.
        until = time.monotonic() + 10
        while ask(contexts["none"], listener.port, "/ready") != "200" and time.monotonic() < until:
            time.sleep(0.1)
        return {name: ask(tls, listener.port, f"/{proxy.name}/{listener.set}/{name}") for name, tls in contexts.items()}

    with ThreadPoolExecutor(4) as pool:
        return list(pool.map(lambda each: to(*each), running))


def status(like, headers, client):
    """The proxy's verdict on the certificate, in nginx's words; `None` if it did not receive one."""
    said = headers.get(proxies.VERIFY, ["NONE"])[0]
    if like in ("nginx", "apache"):
        return None if said == "NONE" else said
    if like == "haproxy":
        used, code = said.split(":")
        return verify_text(int(code)) if used == "1" else None
    # The others forward no verdict, and their sets are for verified certificates.
    sha256 = hashlib.sha256(client.leaf).hexdigest()
    received = {
        "caddy": headers.get("tls-client-fingerprint") == [sha256],
        "envoy": sha256 in headers.get("x-forwarded-client-cert", [""])[0],
        "traefik": any(name.startswith("x-forwarded-tls-client-cert") for name in headers),
    }
    return "SUCCESS" if received[like] else None


def verify_text(code):
    if code == 0:
        return "SUCCESS"
    crypto = ctypes.CDLL(ctypes.util.find_library("crypto"))
    crypto.X509_verify_cert_error_string.restype = ctypes.c_char_p
    return "FAILED:" + crypto.X509_verify_cert_error_string(ctypes.c_long(code)).decode()

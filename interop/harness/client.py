"""A client that presents a certificate and sends one request."""

import socket
import ssl


def context(client):
    """A TLS context with OpenSSL's defaults and weak keys allowed. Raises `ssl.SSLError` if OpenSSL cannot parse the certificate."""
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    tls.check_hostname = False
    tls.verify_mode = ssl.CERT_NONE
    tls.set_ciphers("DEFAULT:@SECLEVEL=0")
    if client:
        tls.load_cert_chain(client.sent_file, client.key)
    return tls


def ask(tls, port, path, headers=(), body=False):
    """The status of the answer, or how the connection ended; with `body`, also the answer's body."""
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers)
    request = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{lines}\r\n".encode()
    status, answer = _answer(tls, port, request, body)
    return (status, answer.partition(b"\r\n\r\n")[2]) if body else status


def _answer(tls, port, request, body):
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=10) as plain:
            with tls.wrap_socket(plain, server_hostname="localhost") as secure:
                secure.sendall(request)
                answer = b""
                while body or b"\r\n\r\n" not in answer:
                    more = secure.recv(65536)
                    if not more:
                        break
                    answer += more
        return (answer.split(b" ", 2)[1].decode() if answer else "closed without an answer"), answer
    except ssl.SSLError as error:
        return f"refused: {error.reason}", b""
    except OSError as error:
        return f"refused: {error}", b""

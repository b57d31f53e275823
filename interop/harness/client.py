"""A client that presents a certificate and asks for one path."""

import socket
import ssl


def context(client):
    """TLS as OpenSSL's defaults have it, weak keys allowed. Raises `ssl.SSLError` where OpenSSL cannot read the certificate."""
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    tls.check_hostname = False
    tls.verify_mode = ssl.CERT_NONE
    tls.set_ciphers("DEFAULT:@SECLEVEL=0")
    if client:
        tls.load_cert_chain(client.sent_file, client.key)
    return tls


def ask(tls, port, path):
    """The status that came back, or how the connection ended."""
    request = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode()
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=10) as plain:
            with tls.wrap_socket(plain, server_hostname="localhost") as secure:
                secure.sendall(request)
                answer = b""
                while b"\r\n\r\n" not in answer:
                    more = secure.recv(65536)
                    if not more:
                        return "closed without an answer"
                    answer += more
        return answer.split(b" ", 2)[1].decode()
    except ssl.SSLError as error:
        return f"refused: {error.reason}"
    except OSError as error:
        return f"refused: {error}"

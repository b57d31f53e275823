"""An origin that records the head of every request, and answers 200."""

import socketserver
import threading


class Origin(socketserver.ThreadingTCPServer):
    """The origin; it listens within `with Origin() as origin:`."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Request)
        self.heads = {}
        self.port = self.server_address[1]
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def __exit__(self, *arguments):
        self.shutdown()
        super().__exit__(*arguments)

    def headers(self, path):
        """The headers of the request for this path, or `None`: lower-case name -> values, each byte as a Latin-1 character."""
        head = self.heads.get(path)
        if head is None:
            return None
        headers = {}
        for line in head.split("\r\n")[1:]:
            name, _, value = line.partition(":")
            headers.setdefault(name.lower(), []).append(value.removeprefix(" "))
        return headers


class _Request(socketserver.BaseRequestHandler):
    def handle(self):
        self.request.settimeout(10)
        received = b""
        while True:
            while b"\r\n\r\n" not in received:
                try:
                    more = self.request.recv(65536)
                except OSError:
                    return
                if not more:
                    return
                received += more
            head, _, received = received.partition(b"\r\n\r\n")
            head = head.decode("latin-1")
            self.server.heads[head.split(" ", 2)[1]] = head
            self.request.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

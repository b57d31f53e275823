"""Drives Firefox by its remote protocol, Marionette: JSON arrays over TCP, each after its length."""

import json
import socket
import time

#: Selects a client certificate without asking, and sends nothing to other hosts.
PREFERENCES = {
    "security.default_personal_cert": "Select Automatically",
    "network.proxy.type": 0,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "network.http.http3.enable": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "toolkit.telemetry.enabled": False,
    "app.normandy.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.page": 0,
    "browser.safebrowsing.update.enabled": False,
    "services.settings.server": "http://127.0.0.1:1",
}


def prepare(profile, port, hosts, more):
    """Writes the preferences of a profile, whose database already has the certificates."""
    preferences = {**PREFERENCES, "marionette.port": port, "network.dns.localDomains": ",".join(hosts), **more}
    lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in preferences.items()]
    (profile / "user.js").write_text("".join(lines))


class Marionette:
    """A session with a running Firefox."""

    def __init__(self, port, patience=30):
        until = time.monotonic() + patience
        while True:
            try:
                self.stream = socket.create_connection(("127.0.0.1", port), timeout=30)
                break
            except OSError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.2)
        self.read()
        self.number = 0
        self.call("WebDriver:NewSession", {})

    def read(self):
        length = b""
        while (byte := self.stream.recv(1)) != b":":
            if not byte:
                raise RuntimeError("Firefox has ended")
            length += byte
        text = b""
        while len(text) < int(length):
            text += self.stream.recv(int(length) - len(text))
        return json.loads(text)

    def call(self, command, parameters):
        self.number += 1
        text = json.dumps([0, self.number, command, parameters]).encode()
        self.stream.sendall(str(len(text)).encode() + b":" + text)
        _, _, error, result = self.read()
        if error:
            raise RuntimeError(f"{command}: {error.get('message', error)}")
        return result

    def go(self, url):
        self.call("WebDriver:Navigate", {"url": url})

    def run(self, script, *arguments):
        """The value that a script in the page passes to `done`."""
        script = f"const done = arguments[arguments.length - 1]; {script}"
        return self.call("WebDriver:ExecuteAsyncScript", {"script": script, "args": arguments, "scriptTimeout": 20_000}).get("value")

    def quit(self):
        self.call("Marionette:Quit", {"flags": ["eForceQuit"]})

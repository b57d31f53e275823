"""Starts child processes, which end with this one, and finds free ports for them."""

import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import time

_LIBC = ctypes.CDLL(None)
_PARENT_DEATH_SIGNAL = 1


def free_ports(count):
    """This number of ports of 127.0.0.1 on which nothing listens."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


class Children:
    """A group of child processes, ended together: `with Children() as children:`."""

    def __init__(self):
        self.started = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for kind in (signal.SIGTERM, signal.SIGKILL):
            for child in self.started:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(child.pid, kind)
            deadline = time.monotonic() + 3
            for child in self.started:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    child.wait(max(0.1, deadline - time.monotonic()))

    def spawn(self, command, output, environment=None, directory=None):
        """Starts it (call from the main thread): in a process group of its own, so that its workers end with it, and told to end if this
        process is killed.
        """
        child = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=environment,
            cwd=directory,
            start_new_session=True,
            preexec_fn=lambda: _LIBC.prctl(_PARENT_DEATH_SIGNAL, signal.SIGTERM),
        )
        self.started.append(child)
        return child

    def complete(self, child):
        """Waits for a spawned child that ends by itself."""
        child.wait()
        self.started.remove(child)

    def start(self, command, log, ports, environment=None, patience=60, directory=None):
        """Starts a command, and waits until it listens on all ports."""
        with open(log, "wb") as output:
            child = self.spawn(command, output, environment, directory)
        deadline = time.monotonic() + patience
        for port in ports:
            while not _listens(port):
                if child.poll() is not None or time.monotonic() > deadline:
                    with open(log, errors="replace") as output:
                        last = output.read().strip().splitlines()[-3:]
                    raise RuntimeError(" / ".join(last) or "it does not listen")
                time.sleep(0.05)


def _listens(port):
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False

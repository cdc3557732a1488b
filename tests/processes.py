"""Starts and stops the programs that a test needs. Each gets a process group of its own and is stopped with all of it."""

import contextlib
import os
import pathlib
import signal
import socket
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
START_SECONDS = 60
STOP_SECONDS = 10
POLL_SECONDS = 0.05


def exit_on_sigterm():
    """Makes SIGTERM end this script by an exception, so that the programs it started are stopped."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))


def free_port():
    """A port of 127.0.0.1 on which nothing listens at the moment."""
    with socket.socket() as any_port:
        any_port.bind(("127.0.0.1", 0))
        return any_port.getsockname()[1]


@contextlib.contextmanager
def running(command, **options):
    """Runs a program until the end of the block. `options` are those of `Popen`; the folder is the repository's root."""
    with subprocess.Popen(command, **{"cwd": ROOT, **options}, start_new_session=True) as process:
        try:
            yield process
        finally:
            stop(process)


def stop(process):
    """Stops a program's process group: with SIGTERM, then with SIGKILL for what is left of it.

    Not with SIGINT: a script that was started in the background hands on that SIGINT is ignored.
    """
    for kind in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, kind)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=STOP_SECONDS)


def wait_for_line(process, prefix):
    """Reads the output of a program until a line begins with `prefix`, and returns the rest of that line.

    As long as it takes: the program may be built first.
    """
    for line in process.stdout:
        if line.startswith(prefix):
            return line.removeprefix(prefix).strip()
    sys.exit(f"{name(process)} ended before it printed {prefix!r}")


def wait_until(is_ready, process, seconds=START_SECONDS, log=lambda: ""):
    """Waits until `is_ready()` is true. An OSError in it means that the program is not ready yet.

    If it does not get ready, ends the script with a message that contains what `log()` returns.
    """
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if process.poll() is not None:
            sys.exit(f"{name(process)} ended with status {process.returncode}\n{log()}".strip())
        with contextlib.suppress(OSError):
            if is_ready():
                return
        time.sleep(POLL_SECONDS)
    sys.exit(f"{name(process)} was not ready after {seconds} seconds\n{log()}".strip())


def wait_until_listening(process, port, **options):
    """Waits until a program accepts connections on a port of 127.0.0.1. `options` are those of `wait_until`."""

    def is_listening():
        socket.create_connection(("127.0.0.1", port)).close()
        return True

    wait_until(is_listening, process, **options)


def name(process):
    """A program's command line, for messages."""
    command = process.args
    return command if isinstance(command, str) else " ".join(map(str, command))

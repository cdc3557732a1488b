"""The service on this machine, on ports that are free."""

import contextlib
import os
import pathlib
import signal
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]


@contextlib.contextmanager
def running(command, **options):
    """A program and everything that it started; stopped at the end."""
    process = subprocess.Popen(command, cwd=ROOT, start_new_session=True, **options)
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGINT)
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)


@contextlib.contextmanager
def running_local(*flags, log=None):
    """`cargo run -p local` with these flags; gives its URL."""
    command = ["cargo", "run", "--quiet", "-p", "local", "--"]
    for port in ["--listen", "--dynamodb-listen", "--sqs-listen"]:
        command += [port, "127.0.0.1:0"]
    pipes = {"stdout": subprocess.PIPE, "stderr": log, "text": True}
    with running([*command, *flags], **pipes) as process:
        for line in process.stdout:
            if line.startswith("ready: "):
                yield line.removeprefix("ready: ").strip()
                return
        sys.exit("the service did not start")

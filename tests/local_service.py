"""Starts `cargo run -p local`: the service on this machine, or only the DynamoDB and SQS behind it."""

import contextlib
import subprocess

from processes import running, wait_for_line

COMMAND = ["cargo", "run", "--quiet", "-p", "local", "--"]
ANY_PORT = ["--dynamodb-listen", "127.0.0.1:0", "--sqs-listen", "127.0.0.1:0"]


@contextlib.contextmanager
def running_local(*flags, log=None):
    """The service on free ports, until the end of the block; yields its URL."""
    command = [*COMMAND, "--listen", "127.0.0.1:0", *ANY_PORT, *flags]
    with running(command, stdout=subprocess.PIPE, stderr=log, text=True) as process:
        yield wait_for_line(process, "ready: ")


@contextlib.contextmanager
def running_backends(dynamodb_port, sqs_port):
    """DynamoDB and SQS with the sample agents on these ports, without functions, until the end of the block."""
    command = [*COMMAND, "--backends-only"]
    command += ["--dynamodb-listen", f"127.0.0.1:{dynamodb_port}", "--sqs-listen", f"127.0.0.1:{sqs_port}"]
    with running(command, stdout=subprocess.PIPE, text=True) as process:
        wait_for_line(process, "ready: ")
        yield

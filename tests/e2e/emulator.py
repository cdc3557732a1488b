"""MiniStack, an emulation of AWS that runs functions as local processes."""

import contextlib
import dataclasses
import os
import pathlib
import signal
import socket
import subprocess
import sys
import time
import urllib.request

import boto3

REGION = "us-east-1"
STACK = "force-agent-logout"
START_SECONDS = 60


@dataclasses.dataclass
class Emulator:
    port: int
    folder: pathlib.Path
    process: subprocess.Popen

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self):
        """The environment of programs that call it."""
        ours = {
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ENDPOINT_URL": self.url,
            "SAM_CLI_TELEMETRY": "0",
        }
        return {**os.environ, **ours}

    def client(self, service):
        return boto3.client(
            service,
            endpoint_url=self.url,
            region_name=REGION,
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )

    def log(self):
        return (self.folder / "emulator.log").read_text()[-20_000:]

    def processes(self, function):
        """The process ids of a function; they are children of the emulator."""
        children = subprocess.run(
            ["pgrep", "-P", str(self.process.pid)], capture_output=True, text=True
        )
        name = f"AWS_LAMBDA_FUNCTION_NAME={STACK}-{function}".encode()
        found = []
        for pid in children.stdout.split():
            # A process that has just ended has no environment any more.
            with contextlib.suppress(OSError):
                if name in pathlib.Path(f"/proc/{pid}/environ").read_bytes():
                    found.append(int(pid))
        return found


@contextlib.contextmanager
def running_emulator(folder):
    """Runs the emulator until the end of the block, and then stops it and everything that it started."""
    port = free_port()
    environment = {
        **os.environ,
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        # It passes this on to the functions, which call it there.
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "S3_DATA_DIR": str(folder / "s3"),
        "STATE_DIR": str(folder / "state"),
        "TMPDIR": str(folder),
        "LOG_LEVEL": "WARNING",
    }
    with open(folder / "emulator.log", "w") as log:
        process = subprocess.Popen(
            ["ministack"], env=environment, stdout=log, stderr=log, start_new_session=True
        )
        emulator = Emulator(port, folder, process)
        try:
            wait_until_it_answers(emulator)
            yield emulator
        finally:
            stop(process)


def wait_until_it_answers(emulator):
    for _ in range(START_SECONDS * 10):
        if emulator.process.poll() is not None:
            sys.exit(f"the emulator ended:\n{emulator.log()}")
        with contextlib.suppress(OSError):
            urllib.request.urlopen(f"{emulator.url}/_ministack/health", timeout=5).close()
            return
        time.sleep(0.1)
    sys.exit(f"the emulator does not answer:\n{emulator.log()}")


def stop(process):
    for kind in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, kind)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=10)
    # Other processes of the group may outlive the first.
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def free_port():
    with socket.socket() as any_port:
        any_port.bind(("127.0.0.1", 0))
        return any_port.getsockname()[1]

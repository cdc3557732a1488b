"""Unit tests of how programs are started and stopped: python3 -m unittest discover tests"""

import contextlib
import os
import pathlib
import signal
import subprocess
import sys
import time
import unittest
from unittest import mock

import processes

# Prints the process ids of a shell and of its child; both ignore SIGTERM.
STUBBORN = ["sh", "-c", "trap '' TERM; sleep 100 & echo pids $$ $!; wait"]
PIPE = {"stdout": subprocess.PIPE, "text": True}


def is_running(pid):
    """Whether a process is there, and more than an entry that nobody has asked for."""
    with contextlib.suppress(OSError):
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


class Processes(unittest.TestCase):
    def assert_gone(self, pids):
        end = time.monotonic() + 5
        while any(map(is_running, pids)) and time.monotonic() < end:
            time.sleep(0.01)
        self.assertEqual([pid for pid in pids if is_running(pid)], [])

    def test_a_program_is_stopped_with_its_children_even_if_they_ignore_the_signal(self):
        with mock.patch.object(processes, "STOP_SECONDS", 0.2), processes.running(STUBBORN, **PIPE) as process:
            pids = [int(it) for it in processes.wait_for_line(process, "pids ").split()]
            self.assertTrue(all(map(is_running, pids)))
        self.assert_gone(pids)

    def test_a_program_is_stopped_if_the_block_fails(self):
        with self.assertRaises(ZeroDivisionError), processes.running(["sleep", "100"]) as process:
            raise ZeroDivisionError
        self.assert_gone([process.pid])

    def test_a_program_is_stopped_if_the_script_is(self):
        script = "import processes; processes.exit_on_sigterm()\n"
        script += "with processes.running(['sleep', '100']) as it: print(it.pid, flush=True); it.wait()"
        command = [sys.executable, "-c", script]
        with subprocess.Popen(command, cwd=pathlib.Path(__file__).parent, **PIPE) as process:
            pid = int(process.stdout.readline())
            os.kill(process.pid, signal.SIGTERM)
            self.assertEqual(process.wait(timeout=10), 1)
        self.assert_gone([pid])

    def test_a_program_that_ends_too_early_ends_the_script(self):
        with processes.running(["echo", "hello"], **PIPE) as process:
            with self.assertRaisesRegex(SystemExit, "echo hello ended before it printed 'ready'"):
                processes.wait_for_line(process, "ready")
        with processes.running(["false"]) as process:
            with self.assertRaisesRegex(SystemExit, "false ended with status 1\nthe log"):
                processes.wait_until_listening(process, processes.free_port(), log=lambda: "the log")

    def test_a_program_that_does_not_get_ready_in_time_ends_the_script(self):
        with processes.running(["sleep", "100"]) as process:
            with self.assertRaisesRegex(SystemExit, "sleep 100 was not ready after 0.2 seconds"):
                processes.wait_until_listening(process, processes.free_port(), seconds=0.2)

    def test_a_program_that_listens_is_ready(self):
        port = processes.free_port()
        server = [sys.executable, "-m", "http.server", "--bind", "127.0.0.1", str(port)]
        with processes.running(server, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            processes.wait_until_listening(process, port)


if __name__ == "__main__":
    unittest.main()

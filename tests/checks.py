"""Counts the checks of a script, and ends it with the line that test runners end with."""

import sys


class Checks:
    def __init__(self):
        self.passed = self.failed = 0

    def record(self, name, passed, reason=""):
        """Prints the result of a check, and counts it."""
        if passed:
            self.passed += 1
        else:
            self.failed += 1
        print(f"{name}: {'ok' if passed else 'FAILED'}{f': {reason}' if reason else ''}", flush=True)

    def run(self, name, check):
        """Runs a check that raises an exception if it fails. The next one runs in any case."""
        try:
            check()
        except Exception as error:
            self.record(name, False, f"{type(error).__name__}: {error}")
        else:
            self.record(name, True)

    def exit(self):
        """Prints how many checks passed and failed, and ends the script: with status 1 if one failed."""
        print(f"{self.passed} passed, {self.failed} failed")
        sys.exit(min(self.failed, 1))

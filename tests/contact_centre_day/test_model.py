"""What the model says of the cases that the documents tell."""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from model import OFFLINE, Agent, Event


def signed_in(at, status="Available"):
    return Event(at, "signed_in", status, "34.211.11.7")


def status(at, text):
    return Event(at, "status_changed", text)


def signed_out(at):
    return Event(at, "signed_out")


def after(*steps):
    """The status, the time of the sign-in, and whether a logout is pending; a number is a request accepted then."""
    agent = Agent()
    for step in steps:
        if isinstance(step, Event):
            agent.report(step)
        else:
            (effects,) = agent.request(step).values()
            agent.effects = frozenset(effects)
    [(text, session, is_pending)] = agent.states
    return text, session and session.at, is_pending


class Model(unittest.TestCase):
    def holds(self, expected, *steps):
        self.assertEqual(after(*steps), expected)

    def test_requests(self):
        self.holds((OFFLINE, None, False), 10)
        self.holds((OFFLINE, 1, False), signed_in(1), 10)
        self.holds(("In-call", 1, True), signed_in(1), status(5, "In-call"), 10)
        self.holds((OFFLINE, 1, False), signed_in(1), status(5, "In-call"), 10, status(12, "Wrap-up"))
        self.holds((OFFLINE, 1, False), signed_in(1), status(5, "In-call"), 10, signed_out(12))
        self.holds(("Available", 13, False), signed_in(1), status(5, "In-call"), 10, signed_out(12), signed_in(13))
        self.holds((OFFLINE, 1, False), signed_in(1), 10, status(11, "Break"), signed_in(1))

    def test_order_and_repeats(self):
        self.holds(("lunch", 2, False), status(5, "lunch"), signed_in(2), status(4, "Break"), status(5, "lunch"))
        self.holds((OFFLINE, 2, False), signed_out(5), signed_in(2), status(4, "Break"))
        self.holds((OFFLINE, 2, False), signed_in(2), signed_out(5), status(7, "Break"))
        self.holds(("Break", 2, False), signed_in(2), status(7, "Break"), signed_out(5))
        self.holds(("Break", 6, False), signed_in(2), signed_out(5), status(7, "Break"), signed_in(6))

    def test_sign_ins_reported_after_a_request(self):
        self.holds((OFFLINE, 9, False), signed_in(1), 10, signed_in(9))
        self.holds(("Available", 11, False), signed_in(1), 10, signed_in(11))
        self.holds(("Available", 9, False), signed_in(1), signed_out(5), 10, signed_in(9))
        late = [signed_in(1), status(2, "In-call"), 10, signed_out(5), signed_in(6)]
        self.holds((OFFLINE, 6, False), *late)
        self.holds(("In-call", 6, True), *late, status(7, "In-call"))
        self.holds((OFFLINE, 6, False), *late, status(7, "In-call"), status(12, "Wrap-up"))
        self.holds((OFFLINE, 6, False), *late, status(8, "Wrap-up"), status(7, "In-call"))
        self.holds((OFFLINE, 6, False), *late, status(11, "In-call"))
        self.holds(("In-chat", 9, True), signed_in(1), 10, signed_in(9, "In-chat"))

    def test_a_page_reloaded_during_a_call(self):
        reload = [signed_in(1), status(5, "In-call"), 10, signed_in(12, "In-call")]
        self.holds(("In-call", 12, True), *reload)
        self.holds((OFFLINE, 12, False), *reload, status(15, "Wrap-up"))
        self.holds(("In-call", 12, False), *reload, signed_out(11))
        self.holds(("In-call", 12, True), *reload, 14, signed_out(11))
        self.holds(("Available", 12, False), *reload[:-1], signed_in(12))
        self.holds(("In-call", 12, False), *reload[:-1], signed_out(11), signed_in(12, "In-call"))


if __name__ == "__main__":
    unittest.main()

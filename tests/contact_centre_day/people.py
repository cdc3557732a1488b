"""The people of a contact centre and how they spend the day: what truly happens, of which the service gets reports."""

import ipaddress

from model import BUSY, Event, is_busy

# The quarters of an hour in a day, and their ticks of 15 seconds.
QUARTERS = 96
TICKS = 60
# The times of a quarter: its ticks, and after them the request that ends it.
TIMES = 64
PEOPLE = 240
PEOPLE_PER_TEAM = 12
IDLE = ["Available", "Break", "lunch", "Wrap-up", "in calls", "Besprechung 👩\u200d💻"]
OFFICES = ["10.20.{n}.7", "34.211.11.{n}", "2001:db8:7::{n:x}"]


class Person:
    """One agent. `live` says what they do in a quarter of an hour."""

    def __init__(self, agent_id, rng):
        self.agent_id, self.rng = agent_id, rng
        self.team_ids = [1 + (agent_id - 1) // PEOPLE_PER_TEAM]
        self.home = OFFICES[agent_id % len(OFFICES)].format(n=agent_id)
        self.is_online, self.status, self.ignores_logout = False, "Offline", False
        self.next_tick = rng.randrange(0, 16 * TICKS)

    def live(self, quarter):
        """The events of a quarter."""
        events, end = [], (quarter + 1) * TICKS
        self.next_tick = max(self.next_tick, quarter * TICKS)
        while self.next_tick < end:
            at = quarter * TIMES + 1 + self.next_tick % TICKS
            events.append(self._act(at))
            self.next_tick += 1 + int(self.rng.expovariate(1 / self._mean_ticks()))
        return events

    def reload_and_take_call(self, quarter):
        """Signs in again and takes a call, if they are idle and do nothing else in this quarter. Returns both events."""
        if not self.is_online or is_busy(self.status) or self.next_tick < (quarter + 1) * TICKS:
            return []
        start = quarter * TIMES + 1 + self.rng.randrange(TICKS // 2)
        sign_in, self.status = self._sign_in(start, "Available"), "In-call"
        return [sign_in, Event(start + self.rng.randrange(1, TICKS // 2), "status_changed", self.status)]

    def hears_of_logout(self, quarter):
        """A console that is logged out: it obeys and says so, obeys and says nothing, or goes on as if nothing were."""
        if not self.is_online or self.ignores_logout:
            return
        kind = self.rng.choices(["says so", "says nothing", "goes on"], [30, 30, 40])[0]
        if kind == "goes on":
            self.ignores_logout = True
        elif kind == "says nothing":
            self.is_online, self.status = False, "Offline"
            self.next_tick = (quarter + 1) * TICKS + int(self.rng.expovariate(1 / 100))
        else:
            self.status = "leaving"
            self.next_tick = (quarter + 1) * TICKS + self.rng.randrange(TICKS // 2)

    def _mean_ticks(self):
        if not self.is_online:
            return self.rng.choice([3, 60, 600])
        return self.rng.choice([3, 60, 240] if is_busy(self.status) else [3, 120, 600])

    def _act(self, at):
        chance = self.rng.random()
        if not self.is_online:
            return self._sign_in(at, self.rng.choice(BUSY) if chance < 0.05 else self.rng.choice(["Available", *IDLE]))
        if self.status == "leaving" or chance < 0.07:
            self.is_online, self.status = False, "Offline"
            return Event(at, "signed_out")
        # A page that is reloaded signs in again in the middle of what it does.
        if chance < 0.20:
            return self._sign_in(at, self.status)
        ends_call = is_busy(self.status) and chance < 0.85
        self.status = self.rng.choice(IDLE if ends_call or chance > 0.75 and not is_busy(self.status) else BUSY)
        return Event(at, "status_changed", self.status)

    def _sign_in(self, at, status):
        self.is_online, self.status, self.ignores_logout = True, status, False
        kind = self.rng.random()
        address = None if kind < 0.15 else self.home
        if kind > 0.8:
            address = str(ipaddress.ip_address(self.home) + self.rng.randrange(1, 60))
        return Event(at, "signed_in", status, address)

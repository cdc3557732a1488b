"""A day of a contact centre, generated from a seed: what happens, when it is reported, and whom supervisors log out.

Times are symbolic, so a seed is always the same day: quarter * TIMES + tick. The script that plays it gives each a millisecond.
"""

import dataclasses
import ipaddress
import itertools
import random

from model import Agent, is_busy
from people import PEOPLE, PEOPLE_PER_TEAM, QUARTERS, TIMES, Person

MAX_LATE_QUARTERS = 8
UNKNOWN_AGENT = 999_999
# Requests for so many agents that they become jobs.
MANY = [
    {"ip_addrs": ["10.20.0.0/16", "34.211.11.0/24"]},
    {"team_ids": list(range(3, 20))},
    {"agent_ids": list(range(50, 180))},
]


@dataclasses.dataclass
class Report:
    """One message that reports an event. `form` is the seed of how it is written."""

    agent_id: int
    event: object
    form: int


@dataclasses.dataclass
class Quarter:
    """A quarter of an hour. Messages of a wave are sent at once; the next wave follows when they are applied."""

    number: int
    waves: list
    request: dict

    @property
    def accepted_at(self):
        return self.number * TIMES + TIMES - 2


class Generator:
    def __init__(self, seed):
        self.rng = random.Random(seed)
        self.people = [Person(agent_id, self.rng) for agent_id in range(1, PEOPLE + 1)]
        self.agents = {person.agent_id: Agent() for person in self.people}
        # The reports that arrive in each quarter.
        self.due = [[] for _ in range(QUARTERS + 1)]
        # By how many quarters each agent's last event is late.
        self.last_late = dict.fromkeys(self.agents, 0)

    def quarters(self):
        """The quarters of the day, and one more in which the last reports arrive."""
        for number in range(QUARTERS + 1):
            unlucky = None
            if number < QUARTERS:
                for person in self.people:
                    for event in person.live(number):
                        self._schedule(person.agent_id, event, number)
                unlucky = self._late_during_request(number) if number % 4 == 0 else None
            waves = self._waves(self.due[number])
            quarter = Quarter(number, waves, {"agent_ids": [unlucky]} if unlucky else self._request(number))
            self._forecast(quarter)
            yield quarter

    def _late_during_request(self, number):
        """Has somebody reload their page and take a call, which is reported only after they are logged out. Returns their id."""
        for person in self.rng.sample(self.people, len(self.people)):
            if events := person.reload_and_take_call(number):
                for late, event in enumerate(events, 1):
                    self._deliver(person.agent_id, event, number + late)
                return person.agent_id
        return None

    def _schedule(self, agent_id, event, quarter):
        """Decides when an event is reported: at least once, and in the end always."""
        weights = [55, 25, 12, 8] if event.kind == "signed_in" else [78, 12, 6, 4]
        late = self.rng.choices([0, 1, 2, self.rng.randint(3, MAX_LATE_QUARTERS)], weights)[0]
        # What delays an event often delays the agent's next one too.
        if self.last_late[agent_id] and self.rng.random() < 0.5:
            late = max(0, self.last_late[agent_id] + self.rng.randint(-1, 2))
        self.last_late[agent_id] = late
        lates = [late]
        while self.rng.random() < 0.2:
            lates.append(self.rng.randint(0, MAX_LATE_QUARTERS))
        for late in lates:
            self._deliver(agent_id, event, quarter + late)

    def _deliver(self, agent_id, event, quarter):
        self.due[min(quarter, QUARTERS)].append(Report(agent_id, event, self.rng.getrandbits(32)))

    def _waves(self, reports):
        """Puts the reports of an agent into one wave if their order makes no difference, else into one after the other."""
        self.rng.shuffle(reports)
        waves = [[]]
        by_agent = {}
        for report in reports:
            by_agent.setdefault(report.agent_id, []).append(report)
        for agent_id, own in by_agent.items():
            distinct = list(dict.fromkeys(report.event for report in own))
            together = self._is_any_order_the_same(self.agents[agent_id], distinct)
            for report in own:
                number = 0 if together else distinct.index(report.event)
                waves.extend([] for _ in range(number + 1 - len(waves)))
                waves[number].append(report)
                self.agents[agent_id].report(report.event)
        for wave in waves:
            self.rng.shuffle(wave)
        return waves

    @staticmethod
    def _is_any_order_the_same(agent, events):
        if not 1 < len(events) <= 4:
            return len(events) == 1
        results = set()
        for order in itertools.permutations(events):
            copy = agent.copy()
            for event in order:
                copy.report(event)
            results.add((copy.effects, copy.states))
        return len(results) <= 1

    def _forecast(self, quarter):
        """What the request does, and what people then do."""
        selected = selected_agents(quarter.request, self.agents)
        for person in self.people:
            agent = self.agents[person.agent_id]
            if person.agent_id in selected:
                outcomes = agent.request(quarter.accepted_at)
                agent.effects = frozenset(outcomes[max(outcomes, key=str)])
            if all(effect.logout == "done" for effect in agent.effects):
                person.hears_of_logout(quarter.number)

    def _request(self, number):
        """Whom a supervisor logs out at the end of a quarter; everybody with an address at the end of the day."""
        if number == QUARTERS:
            return {"ip_addrs": ["0.0.0.0/0", "::/0"]}
        kinds = self.rng.choices(["ids", "team", "address", "all of these", "many"], [45, 20, 20, 10, 5])[0]
        request = {}
        if kinds in ("ids", "all of these"):
            request["agent_ids"] = self._ids(number)
        if kinds in ("team", "all of these"):
            request["team_ids"] = self.rng.sample(range(1, PEOPLE // PEOPLE_PER_TEAM + 1), self.rng.randint(1, 2))
        if kinds in ("address", "all of these"):
            request["ip_addrs"] = [self._addresses() for _ in range(self.rng.randint(1, 3))]
        if kinds == "many":
            request = self.rng.choice(MANY)
        return request

    def _ids(self, number):
        """Preferably agents of whom a sign-in is not reported yet, or who are on a call or chat."""
        later = (report for reports in self.due[number + 1 :] for report in reports)
        late = {it.agent_id for it in later if it.event not in self.agents[it.agent_id].reports and it.event.kind == "signed_in"}
        busy = {id for id, agent in self.agents.items() if any(is_busy(status) for status, _, _ in agent.states)}
        ids = [id for group in (late, busy) for id in self.rng.sample(sorted(group), min(len(group), self.rng.randint(1, 4)))]
        ids += [self.rng.randint(1, PEOPLE), UNKNOWN_AGENT][: self.rng.randint(0 if ids else 1, 2)]
        return list(dict.fromkeys(ids))

    def _addresses(self):
        home = ipaddress.ip_address(self.rng.choice(self.people).home)
        blocks = [28, 27, 32] if home.version == 4 else [124, 123, 128]
        last = home + self.rng.randrange(10)
        dash = self.rng.choice(["-", " - ", "\u2013"])
        return self.rng.choice([str(home), f"{home}/{self.rng.choice(blocks)}", f"{home}{dash}{last}"])


def selected_agents(request, agents):
    """The agents whom a request means, online or not, by what is known of their addresses."""
    teams = set(request.get("team_ids", []))
    selected = {id for id in request.get("agent_ids", []) if id in agents}
    selected |= {id for id in agents if 1 + (id - 1) // PEOPLE_PER_TEAM in teams}
    ranges = [address_range(text) for text in request.get("ip_addrs", [])]
    for agent_id, agent in agents.items():
        address = agent.session and agent.session.address
        if address and any(is_in(ipaddress.ip_address(address), it) for it in ranges):
            selected.add(agent_id)
    return selected


def address_range(text):
    first, _, last = text.replace("\u2013", "-").partition("-")
    if last:
        return ipaddress.ip_address(first.strip()), ipaddress.ip_address(last.strip())
    block = ipaddress.ip_network(text, strict=False)
    return block.network_address, block.broadcast_address


def is_in(address, ends):
    first, last = ends
    return first.version == address.version and first <= address <= last

"""Plays a day to the service: gives its times milliseconds, sends the reports and requests, and compares what comes of it."""

import json
import random
import time

from day import selected_agents
from model import OFFLINE, Agent, Effect
from people import PEOPLE, TICKS, TIMES, Person
from reports import body
from service import now_ms, stored_address

# What a report did to a request's effect on an agent, for the counts at the end: each must come up in a day.
SITUATIONS = {
    "done after the call": lambda old, new: (old.logout, new.logout) == ("pending", "done"),
    "covered and out": lambda old, new: new.is_covered and not old.is_covered and new.logout == "done",
    "covered and pending": lambda old, new: new.is_covered and not old.is_covered and new.logout == "pending",
    "back on the call": lambda old, new: old.is_covered and (old.logout, new.logout) == ("done", "pending"),
    "carried by a reload": lambda old, new: new.carried_from not in (None, old.carried_from),
    "taken back by a sign-out": lambda old, new: old.carried_from is not None and new == Effect(accepted_at=old.accepted_at),
}
COUNTED = ["messages", "events", "requests", "logged out", "deferred", *SITUATIONS, "left open"]
NOBODY = {"message": "cannot find any agent by input params"}


def write_roster(folder, tenant):
    """A roster of agents who have never been online."""
    roster = folder / "agents.jsonl"
    people = [Person(agent_id, random.Random(0)) for agent_id in range(1, PEOPLE + 1)]
    lines = (
        {
            "tenant": tenant,
            "agent_id": person.agent_id,
            "name": f"Agent {person.agent_id}",
            "email": f"{person.agent_id}@{tenant}.example",
            "agent_number": str(person.agent_id),
            "team_ids": person.team_ids,
            "status": OFFLINE,
        }
        for person in people
    )
    roster.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return roster


class Play:
    def __init__(self, service):
        self.service = service
        self.agents = {agent_id: Agent() for agent_id in range(1, PEOPLE + 1)}
        # The millisecond before the first tick of each quarter.
        self.starts = []
        self.differences = []
        self.history = {agent_id: [] for agent_id in self.agents}
        self.differing = set()
        self.compared = 0
        self.counts = dict.fromkeys(COUNTED, 0)

    def quarter(self, quarter):
        """Waits until the quarter is over, so that nothing is in the future. Then reports and requests it."""
        self.starts.append(now_ms())
        sleep_until(self.starts[-1] + TICKS + 1)
        for wave in quarter.waves:
            self._report(wave)
        self._compare(f"quarter {quarter.number}, reports")
        self._request(quarter)
        self._compare(f"quarter {quarter.number}, request")
        # The next quarter begins after the request, whenever in between it was accepted.
        sleep_until(now_ms() + 1)

    def ms(self, at):
        return self.starts[at // TIMES] + at % TIMES

    def _report(self, wave):
        bodies = [
            body(self.service.tenant, it.agent_id, it.event, self.ms(it.event.at), random.Random(it.form)) for it in wave
        ]
        self.service.send(bodies)
        self.service.drain()
        for report in wave:
            agent = self.agents[report.agent_id]
            self.counts["messages"] += 1
            self.counts["events"] += report.event not in agent.reports
            before = agent.effects
            agent.report(report.event)
            for name, happened in SITUATIONS.items():
                self.counts[name] += any(happened(old, new) for old in before for new in agent.effects)
            self.history[report.agent_id].append(describe(report.event))

    def _request(self, quarter):
        selected = selected_agents(quarter.request, self.agents)
        outcomes = {id: self.agents[id].request(quarter.accepted_at) for id in sorted(selected)}
        status, answer = self.service.force_logout(quarter.request)
        self.counts["requests"] += 1
        for agent_id, possible in outcomes.items():
            self.agents[agent_id].effects = frozenset().union(*possible.values())
            self.history[agent_id].append(f"{quarter.accepted_at}: requested")
        if isinstance(answer, list):
            self._compare_rows(quarter, outcomes, status, {row["agent_id"]: row for row in answer})
        elif answer == NOBODY:
            self._compare_rows(quarter, outcomes, status, {})
        else:
            self._compare_job(quarter, outcomes, answer)

    def _compare_rows(self, quarter, outcomes, status, rows):
        for agent_id in sorted({*outcomes, *rows}):
            possible, row = outcomes.get(agent_id, {None: ()}), rows.get(agent_id)
            found = row and (row["previous_status"], row["current_status"])
            if found in possible:
                self.agents[agent_id].effects = frozenset(possible[found])
            else:
                self._differ(agent_id, f"quarter {quarter.number}, row {found} instead of {list(possible)}")
            self.history[agent_id][-1:] = [f"{quarter.accepted_at}: requested, answered {found}"]
        self.counts["logged out"] += sum("message" not in row for row in rows.values())
        self.counts["deferred"] += sum("message" in row for row in rows.values())
        expected = 200 if any("message" not in row for row in rows.values()) else 400
        if status != expected:
            self.differences.append(f"quarter {quarter.number}: status {status} instead of {expected}")

    def _compare_job(self, quarter, outcomes, job):
        kinds = {"logged_out": lambda row: row and row[1] == OFFLINE, "deferred": lambda row: row and row[1] != OFFLINE}
        for kind, is_kind in kinds.items():
            certain = sum(all(map(is_kind, possible)) for possible in outcomes.values())
            possibly = sum(any(map(is_kind, possible)) for possible in outcomes.values())
            if not certain <= job.get(kind, -1) <= possibly:
                self.differences.append(f"quarter {quarter.number}: {certain} to {possibly} {kind} expected: {job}")
            self.counts[kind.replace("_", " ")] += job.get(kind, 0)

    def _compare(self, when):
        """Compares every agent with the model, and lets the model know which of several results came about."""
        items = self.service.agents()
        for agent_id, agent in self.agents.items():
            states = agent.states
            self.compared += 1
            self.counts["left open"] += len(states) > 1
            expected = {self._attributes(*state): state for state in states}
            found = attributes(items[agent_id])
            if found in expected:
                agent.keep(expected[found])
            else:
                self._differ(agent_id, f"{when}: {found} instead of {sorted(expected, key=str)}")

    def _attributes(self, status, session, is_pending):
        """What must stand in the table for an agent in this state, as `attributes` returns it."""
        if session is None:
            return status, None, None, None
        at = str(self.ms(session.at))
        return status, at, stored_address(session.address), at if is_pending else None

    def _differ(self, agent_id, text):
        """Notes a difference. What becomes of that agent afterwards follows from it, and is not compared."""
        if agent_id not in self.differing:
            self.differing.add(agent_id)
            self.differences.append(f"agent {agent_id}, {text}")
            lines = "\n    ".join(self.history[agent_id])
            print(f"agent {agent_id}, {text}; in the order in which the service was told:\n    {lines}", flush=True)

    def summary(self):
        return ", ".join(f"{number} {name}" for name, number in self.counts.items())

    def situations_that_never_came_up(self):
        return [name for name in SITUATIONS if not self.counts[name]]


def attributes(item):
    """What stands in the table for an agent: status, session, address, session of the pending logout."""
    status = item["agent_status"]["S"]
    pending = item.get("pending_logout", {}).get("M", {}).get("online_since", {}).get("N")
    online_since = item.get("online_since", {}).get("N")
    return status, online_since, item.get("ip", {}).get("B"), pending


def describe(event):
    return f"{event.at}: {event.kind} {event.status if event.kind != 'signed_out' else ''} {event.address or ''}".rstrip()


def sleep_until(at_ms):
    while (left := at_ms - now_ms()) >= 0:
        time.sleep((left + 1) / 1000)

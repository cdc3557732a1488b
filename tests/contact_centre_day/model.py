"""What the service must know of an agent, worked out from what was reported and requested: a model that shares no code and no
data with the service.

It remembers every report in the order of arrival. Times are numbers of any kind that can be compared.
"""

import dataclasses

OFFLINE = "Offline"
BUSY = ("In-call", "In-chat", "On hold")

# The contract decides these cases and the service does not follow it in them yet: while False, the model leaves them open.
#
# A later request for an agent whose logout is pending covers sessions that began between the two.
LATER_REQUEST_COVERS = False
# A sign-out ends a pending logout's session although a later call or chat was reported before it.
SIGN_OUT_COUNTS_AFTER_CALL = False


@dataclasses.dataclass(frozen=True)
class Event:
    """What happened to an agent: `signed_in` (with an address, or none), `status_changed` or `signed_out`."""

    at: int
    kind: str
    status: str = OFFLINE
    address: str | None = None


@dataclasses.dataclass(frozen=True)
class Effect:
    """What requests did to the current session.

    `logout` is None, "pending" or "done". `accepted_at` is when the last request was accepted that logged the agent out or
    deferred them, in whatever session. `is_covered` says that the sign-in was reported after that request. `carried_from`
    is the time of the sign-in whose pending logout this session took over.
    """

    logout: str | None = None
    accepted_at: int | None = None
    is_covered: bool = False
    carried_from: int | None = None


def is_busy(status):
    return status in BUSY


class Agent:
    """One agent. Where the contract leaves a result open, several effects are possible."""

    def __init__(self, reports=(), effects=frozenset([Effect()])):
        self.reports = list(reports)
        self.effects = frozenset(effects)
        self._states = {}

    def copy(self):
        return Agent(self.reports, self.effects)

    @property
    def session(self):
        """The latest sign-in that was reported; None before the first."""
        return latest_sign_in(self.reports)

    @property
    def states(self):
        """Every state that the agent may be in: status, sign-in, and whether a logout is pending."""
        # Looked at often, and changed seldom.
        key = len(self.reports), self.effects
        if key not in self._states:
            states = {self._state(effect, status) for effect in self.effects for status in statuses(self.reports)}
            self._states = {key: frozenset(states)}
        return self._states[key]

    def _state(self, effect, status):
        return shown(effect, status), self.session, effect.logout == "pending"

    def report(self, event):
        """Takes a report. One that was known already changes nothing."""
        if event in self.reports:
            return
        before = self.reports
        self.reports = [*before, event]
        effects = {changed for effect in self.effects for changed in self._after(effect, event, before)}
        self.effects = frozenset(settled for effect in effects for settled in self._settled(effect))

    def _after(self, effect, event, before):
        """What is left of a request's effect, before the status of the call is looked at."""
        session = self.session
        if event is session:
            return self._in_new_session(effect, event, before)
        if event.kind == "signed_out" and effect.carried_from is not None and effect.logout == "pending":
            if effect.carried_from < event.at < session.at:
                taken_back = dataclasses.replace(effect, logout=None, carried_from=None)
                return {taken_back, effect} if self._was_back(event, effect.accepted_at) else {taken_back}
        told_before_request = effect.accepted_at is not None and event.at <= effect.accepted_at
        if effect.is_covered and effect.logout == "done" and told_before_request:
            logouts = self._logouts_of_covered(effect.accepted_at)
            if event is not self._said()[-1]:
                # Older than what is known.
                logouts |= {"done"}
            return [dataclasses.replace(effect, logout=logout) for logout in logouts]
        return [effect]

    def _in_new_session(self, effect, sign_in, before):
        accepted_at, old = effect.accepted_at, latest_sign_in(before)
        if accepted_at is not None and sign_in.at <= accepted_at:
            # Whoever is on a call or chat now, and is not out yet, is not cut off.
            is_on_call = effect.logout == "pending" and is_busy(self._said()[-1].status)
            logouts = {"pending"} if is_on_call else self._logouts_of_covered(accepted_at)
            return [Effect(logout, accepted_at, is_covered=True) for logout in logouts]
        free = Effect(accepted_at=accepted_at)
        if effect.logout != "pending" or not is_busy(sign_in.status):
            return [free]
        carried = Effect("pending", accepted_at, carried_from=old.at)
        sign_outs = [it for it in before if it.kind == "signed_out" and old.at < it.at < sign_in.at]
        if not all(self._was_back(sign_out, accepted_at) for sign_out in sign_outs):
            return {free}
        possible = {free, carried} if sign_outs else {carried}
        return {effect for status in statuses(before) for effect in (possible if is_busy(status) else {free})}

    def _was_back(self, sign_out, accepted_at):
        """True if a status says that the agent was online again when the request was accepted, in a session that is not known.

        Then it is open whether that session is meant, which is true, or the one that is known, which the sign-out ended.
        """
        until = accepted_at if SIGN_OUT_COUNTS_AFTER_CALL else self.session.at
        return any(it.kind == "status_changed" and sign_out.at < it.at <= until for it in self.reports)

    def _logouts_of_covered(self, accepted_at):
        """Done, unless the agent was on a call or chat when the request was accepted, and is not known to have ended it.

        Of the statuses that were reported before their sign-in, the service need not remember more than the last.
        """
        said = self._said()
        return {logout_of_covered(said, accepted_at), logout_of_covered([said[0], said[-1]], accepted_at)}

    def _said(self):
        """The sign-in of the session, and the changes of status since, in the order of their times."""
        session = self.session
        changes = (it for it in self.reports if it.kind == "status_changed" and it.at > session.at)
        return [session, *sorted(changes, key=lambda it: it.at)]

    def _settled(self, effect):
        """A pending logout happens when the call or chat has ended; a sign-out removes it."""
        if effect.logout != "pending":
            return [effect]
        return [
            dataclasses.replace(effect, logout=None if status == OFFLINE else "pending" if is_busy(status) else "done")
            for status in statuses(self.reports)
        ]

    def request(self, accepted_at):
        """What a request that selects the agent may find: the row of its answer (None: not online), and the effects then."""
        outcomes = {}
        for effect in self.effects:
            for status in statuses(self.reports):
                if shown(effect, status) == OFFLINE:
                    row, after = None, {effect}
                elif is_busy(status):
                    row, after = (status, status), {Effect("pending", accepted_at)}
                    if effect.logout == "pending" and effect.carried_from is None and not LATER_REQUEST_COVERS:
                        after.add(effect)
                else:
                    row, after = (status, OFFLINE), {Effect("done", accepted_at)}
                outcomes.setdefault(row, set()).update(after)
        return outcomes

    def keep(self, state):
        """Keeps the effects that agree with a state that was seen. False if none does."""
        agreeing = {
            effect
            for effect in self.effects
            for status in statuses(self.reports)
            if self._state(effect, status) == state
        }
        self.effects = frozenset(agreeing) or self.effects
        return bool(agreeing)


def logout_of_covered(said, accepted_at):
    at_request = [it.status for it in said if it.at <= accepted_at][-1]
    since = [it.status for it in said if it.at > accepted_at]
    return "pending" if is_busy(at_request) and all(map(is_busy, since)) else "done"


def shown(effect, status):
    return OFFLINE if effect.logout == "done" else status


def latest_sign_in(reports):
    return max((it for it in reports if it.kind == "signed_in"), key=lambda it: it.at, default=None)


def statuses(reports):
    """What the contact centre says the agent does now: the latest report of the latest session. Requests are left out.

    A status after a sign-out, with no sign-in between, contradicts it: it counts only if it arrived before the sign-out.
    If the sign-in arrived after both, either may count.
    """
    session = latest_sign_in(reports)
    if session is None:
        return {OFFLINE}
    later = [it for it in reports if it.at > session.at and it.kind != "signed_in"]
    last = max(later, key=lambda it: it.at, default=session)
    sign_out = max((it for it in later if it.kind == "signed_out"), key=lambda it: it.at, default=None)
    if sign_out in (None, last):
        return {last.status}
    arrived_before = reports[: reports.index(sign_out)]
    if session not in arrived_before:
        return {OFFLINE, last.status}
    if not any(it.kind == "status_changed" and it.at > sign_out.at for it in arrived_before):
        return {OFFLINE}
    return {OFFLINE if status == OFFLINE else last.status for status in statuses(arrived_before)}

"""Logging out agents: one conditional `UpdateItem` per agent, many at once.

No agent is read before it is written: the condition says who may be logged out, and a write that fails brings the item
along. Chosen for speed: plain clients instead of resources, so that no item is converted; one client for all threads,
with a connection for each; no checks of parameters against the API's model; threads that live as long as the
function's environment.
"""

import os
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError
from contract import BUSY, OFFLINE

# A call waits a few milliseconds for DynamoDB and takes Python one of computing, which threads do in turn. 8, 16 and 32
# make no difference on two cores.
THREADS = 16
# An agent who changes between every two attempts is tried this often.
MAX_ROUNDS = 6

AGENTS_TABLE = os.environ["AGENTS_TABLE"]

config = Config(
    max_pool_connections=THREADS,
    parameter_validation=False,
    retries={"mode": "standard", "max_attempts": 5},
    connect_timeout=2,
    read_timeout=10,
)
dynamodb = boto3.client("dynamodb", config=config)
threads = ThreadPoolExecutor(THREADS)

Item = dict[str, Any]


class Request(NamedTuple):
    """Who asks for a logout, and when: a session that began later is not meant."""

    tenant: str
    name: str
    at_ms: int


class Outcome(NamedTuple):
    """`kind` is one of `OUTCOMES`; `found` is the item before, if rows are wanted."""

    kind: str
    agent_id: int
    found: Item


def log_out_all(request: Request, agent_ids: Iterable[int], rows_wanted: bool) -> list[Outcome]:
    """Logs out agents side by side; returns when all are done."""
    return list(threads.map(lambda agent_id: _log_out(request, agent_id, rows_wanted), agent_ids))


def _log_out(request: Request, agent_id: int, rows_wanted: bool) -> Outcome:
    """Logs out one agent, or defers it if they are busy; safe to repeat with the same request."""
    for _ in range(MAX_ROUNDS):
        try:
            written = dynamodb.update_item(
                TableName=AGENTS_TABLE,
                Key={"agent_key": {"S": f"{request.tenant}#{agent_id}"}},
                UpdateExpression="SET agent_status = :offline, last_logout = :by REMOVE pending_logout",
                ConditionExpression="NOT agent_status IN (:offline, :call, :chat) AND online_since <= :at",
                ExpressionAttributeValues={
                    ":offline": {"S": OFFLINE},
                    ":call": {"S": BUSY[0]},
                    ":chat": {"S": BUSY[1]},
                    ":at": {"N": str(request.at_ms)},
                    ":by": {"M": {"request": {"S": request.name}, "at": {"N": str(request.at_ms)}}},
                },
                ReturnValues="ALL_OLD" if rows_wanted else "NONE",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
            return Outcome("logged_out", agent_id, written.get("Attributes", {}))
        except ClientError as error:
            item = item_of_failed_condition(error)
        if outcome := _not_logged_out(request, agent_id, item):
            return outcome
    raise RuntimeError(f"agent {agent_id} keeps changing")


def _not_logged_out(request: Request, agent_id: int, item: Item) -> Outcome | None:
    """What becomes of an agent who could not be logged out; nothing if they have changed since."""
    if item.get("last_logout", {}).get("M", {}).get("request", {}).get("S") == request.name:
        return Outcome("logged_out", agent_id, item)
    session = item.get("online_since")
    status = item.get("agent_status", {}).get("S", OFFLINE)
    if status == OFFLINE or session is None or int(session["N"]) > request.at_ms:
        return Outcome("skipped", agent_id, item)
    if status not in BUSY:
        return None
    # A logout that is pending for this session stays, whatever request it is from: it ends the session just as well.
    if item.get("pending_logout", {}).get("M", {}).get("online_since") == session:
        return Outcome("deferred", agent_id, item)
    pending = {
        "request": {"S": request.name},
        "requested_at": {"N": str(request.at_ms)},
        "online_since": session,
    }
    try:
        dynamodb.update_item(
            TableName=AGENTS_TABLE,
            Key={"agent_key": item["agent_key"]},
            UpdateExpression="SET pending_logout = :pending",
            ConditionExpression="agent_status = :seen AND online_since = :session",
            ExpressionAttributeValues={
                ":pending": {"M": pending},
                ":seen": item["agent_status"],
                ":session": session,
            },
        )
    except ClientError as error:
        item_of_failed_condition(error)
        return None
    return Outcome("deferred", agent_id, item)


def item_of_failed_condition(error: ClientError) -> Item:
    """The item as it is; empty if there is none. Any other error goes on."""
    if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
        raise error
    return error.response.get("Item", {})

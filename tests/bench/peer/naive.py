"""Forced logout as a first version would be written: it works, and nobody has counted yet what it costs.

Each choice is one that tutorials make, that needs no further index or message format, and that is fine for an office of
a hundred agents. The condition that spares the busy is there, because that is the one thing everybody asks for.
"""

import functools
import json
import operator
import os
import time
from collections.abc import Iterator
from typing import Any

import boto3
import contract
from boto3.dynamodb.conditions import Attr, ConditionBase
from contract import BUSY, CHUNK_SIZE, OFFLINE, SYNC_LIMIT, Answer, Refused, Selectors

# A filter takes at most 100 values after IN, and 300 operators (DynamoDB quotas).
VALUES_PER_FILTER = 100

# Resources, because they take and give plain Python values, and every tutorial begins with them.
dynamodb = boto3.resource("dynamodb")
# The table has an index for the wallboard, `by-status`: who of a tenant is doing what, with everything it shows.
agents = dynamodb.Table(os.environ["AGENTS_TABLE"])
jobs = dynamodb.Table(os.environ["JOBS_TABLE"])
api_tokens = dynamodb.Table(os.environ["API_TOKENS_TABLE"])
sqs = boto3.client("sqs")
JOBS_QUEUE_URL = os.environ["JOBS_QUEUE_URL"]

Agent = dict[str, Any]


def force_logout(event: dict[str, Any], context: Any) -> Answer:
    """Logs out up to 100 agents and answers with rows; makes a job of more."""
    try:
        tenant = contract.authenticate(event, _read_token)
        selectors = contract.selectors(event)
    except Refused as refused:
        return refused.answer
    found = _find(tenant, selectors)
    if len(found) > SYNC_LIMIT:
        job_id = _create_job(tenant, selectors, [int(agent["agent_id"]) for agent in found])
        return contract.answer_job(event, job_id, selectors.given)
    request, now_ms = event["requestContext"]["requestId"], _now_ms()
    kinds = [_log_out(agent["agent_key"], request, now_ms) for agent in found]
    # The scan has just brought names and statuses along, so nothing need be read again.
    rows = [_row(agent, kind) for agent, kind in zip(found, kinds, strict=True) if kind != "skipped"]
    return contract.answer_rows(rows)


def worker(event: dict[str, Any], context: Any) -> None:
    """Logs out the agents of a batch of messages. An exception brings back the whole batch, which is what happens when
    nobody configures anything; agents are counted twice then.
    """
    for record in event["Records"]:
        message = json.loads(record["body"])
        job_key = {"job_key": f"{message['tenant']}#{message['job_id']}"}
        for agent_id in message["agent_ids"]:
            key = f"{message['tenant']}#{agent_id}"
            kind = _log_out(key, f"job-{message['job_id']}", message["accepted_at"])
            # Per agent, so that the progress bar moves smoothly.
            jobs.update_item(
                Key=job_key,
                UpdateExpression="ADD #count :one",
                ExpressionAttributeNames={"#count": f"{kind}_count"},
                ExpressionAttributeValues={":one": 1},
            )


def _find(tenant: str, selectors: Selectors) -> list[Agent]:
    """Whom the selectors mean. A scan with a filter, because one filter serves all three of them, and neither an index
    nor a second table has to be kept. The offline are found too: the job counts them as skipped.
    """
    found: dict[str, Agent] = {}
    for filter_expression in _filters(selectors):
        params = {"FilterExpression": Attr("tenant").eq(tenant) & filter_expression}
        while True:
            page = agents.scan(**params)
            found.update((agent["agent_key"], agent) for agent in page["Items"])
            if "LastEvaluatedKey" not in page:
                break
            params["ExclusiveStartKey"] = page["LastEvaluatedKey"]
    return list(found.values())


def _filters(selectors: Selectors) -> Iterator[ConditionBase]:
    """As few filters as DynamoDB's limits allow; mostly one."""
    ids = selectors.agent_ids
    for at in range(0, len(ids), VALUES_PER_FILTER):
        yield Attr("agent_id").is_in(ids[at : at + VALUES_PER_FILTER])
    others = [Attr("ip").between(first, last) for first, last in selectors.ranges]
    others += [Attr("team_ids").contains(team_id) for team_id in selectors.team_ids]
    for at in range(0, len(others), VALUES_PER_FILTER):
        yield functools.reduce(operator.or_, others[at : at + VALUES_PER_FILTER])


def _log_out(agent_key: str, request: str, now_ms: int) -> str:
    """Logs out one agent, or marks the logout as pending if they are busy; answers which of `KINDS`."""
    try:
        agents.update_item(
            Key={"agent_key": agent_key},
            UpdateExpression="SET agent_status = :offline, last_logout = :by REMOVE pending_logout",
            ConditionExpression=~Attr("agent_status").is_in([OFFLINE, *BUSY]) & Attr("online_since").lte(now_ms),
            ExpressionAttributeValues={
                ":offline": OFFLINE,
                ":by": {"request": request, "at": now_ms},
            },
        )
        return "logged_out"
    except agents.meta.client.exceptions.ConditionalCheckFailedException:
        # Busy or offline: read which of the two, as the error does not say.
        agent = agents.get_item(Key={"agent_key": agent_key}).get("Item", {})
    if agent.get("agent_status") not in BUSY or agent["online_since"] > now_ms:
        return "skipped"
    mark = {"request": request, "requested_at": now_ms, "online_since": agent["online_since"]}
    agents.update_item(
        Key={"agent_key": agent_key},
        UpdateExpression="SET pending_logout = :mark",
        ExpressionAttributeValues={":mark": mark},
    )
    return "deferred"


def _row(agent: Agent, kind: str) -> dict[str, Any]:
    status = agent["agent_status"]
    row = {
        "agent_id": int(agent["agent_id"]),
        "name": agent["agent_name"],
        "email": agent["email"],
        "agent_number": agent["agent_number"],
        "previous_status": status,
        "current_status": OFFLINE,
    }
    if kind == "deferred":
        row |= {"current_status": status, "message": contract.WAITS}
    return row


def _create_job(tenant: str, selectors: Selectors, agent_ids: list[int]) -> int:
    """Writes the job, then sends its chunks, a message at a time."""
    counted = jobs.update_item(
        Key={"job_key": tenant},
        UpdateExpression="ADD last_job_id :one",
        ExpressionAttributeValues={":one": 1},
        ReturnValues="UPDATED_NEW",
    )
    job_id, now_ms = int(counted["Attributes"]["last_job_id"]), _now_ms()
    jobs.put_item(
        Item={
            "job_key": f"{tenant}#{job_id}",
            "accepted_at": now_ms,
            "selectors": json.dumps(selectors.given),
            "agent_count": len(agent_ids),
            **{f"{kind}_count": 0 for kind in contract.KINDS},
            "expires_at": now_ms // 1000 + contract.JOB_RETENTION_SECONDS,
        }
    )
    for at in range(0, len(agent_ids), CHUNK_SIZE):
        message = {
            "tenant": tenant,
            "job_id": job_id,
            "accepted_at": now_ms,
            "agent_ids": agent_ids[at : at + CHUNK_SIZE],
        }
        sqs.send_message(QueueUrl=JOBS_QUEUE_URL, MessageBody=json.dumps(message))
    return job_id


def _read_token(token_id: str) -> dict[str, Any] | None:
    item = api_tokens.get_item(Key={"token_id": token_id}).get("Item")
    if item is None:
        return None
    return {
        "tenant": item["tenant"],
        "secret_sha256": item["secret_sha256"].value,
        "revoked": "revoked_at" in item,
    }


def _now_ms() -> int:
    return time.time_ns() // 1_000_000

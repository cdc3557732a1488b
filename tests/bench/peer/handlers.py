"""Forced logout as a good Python team would write it: queries and writes in threads, jobs in batches of messages."""

import functools
import json
import logging
import os
import time
from collections.abc import Iterator
from typing import Any

import boto3
import contract
from botocore.exceptions import ClientError
from contract import CHUNK_SIZE, OUTCOMES, SYNC_LIMIT, Answer, Refused, Selectors
from log_out import (
    AGENTS_TABLE,
    Item,
    Outcome,
    Request,
    config,
    dynamodb,
    item_of_failed_condition,
    log_out_all,
    threads,
)

# SendMessageBatch takes no more.
MESSAGES_PER_CALL = 10

TEAM_MEMBERS_TABLE = os.environ["TEAM_MEMBERS_TABLE"]
JOBS_TABLE = os.environ["JOBS_TABLE"]
API_TOKENS_TABLE = os.environ["API_TOKENS_TABLE"]
JOBS_QUEUE_URL = os.environ["JOBS_QUEUE_URL"]

sqs = boto3.client("sqs", config=config)
log = logging.getLogger(__name__)


def force_logout(event: dict[str, Any], context: Any) -> Answer:
    """Logs out up to 100 agents and answers with rows; makes a job of more."""
    try:
        tenant = contract.authenticate(event, _read_token)
        selectors = contract.selectors(event)
    except Refused as refused:
        return refused.answer
    agent_ids = _find(tenant, selectors)
    if len(agent_ids) > SYNC_LIMIT:
        return contract.answer_job(event, _create_job(tenant, selectors, agent_ids), selectors.body)
    request = Request(tenant, event["requestContext"]["requestId"], _now_ms())
    outcomes = log_out_all(request, agent_ids, rows_wanted=True)
    return contract.answer_rows([_row(outcome) for outcome in outcomes if outcome.kind != "skipped"])


def worker(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Logs out the chunks of a batch of messages; reports those that failed, which SQS brings back."""
    failures = []
    for record in event["Records"]:
        try:
            _log_out_chunk(json.loads(record["body"]))
        except Exception:
            # One bad message must not bring back the nine others.
            log.exception("message %s failed", record["messageId"])
            failures.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failures}


def _find(tenant: str, selectors: Selectors) -> list[int]:
    """The distinct agents selected. All of them are read even if they become a job, which needs a snapshot of them."""
    found = set(selectors.agent_ids)
    look_ups = [functools.partial(_at_addresses, tenant, *ends) for ends in selectors.ranges]
    look_ups += [functools.partial(_in_team, tenant, team_id) for team_id in selectors.team_ids]
    for agent_ids in threads.map(lambda look_up: look_up(), look_ups):
        found.update(agent_ids)
    return list(found)


def _at_addresses(tenant: str, first: bytes, last: bytes) -> list[int]:
    items = _query(
        TableName=AGENTS_TABLE,
        IndexName="by-ip",
        KeyConditionExpression="tenant = :tenant AND ip BETWEEN :first AND :last",
        ProjectionExpression="agent_key",
        ExpressionAttributeValues={":tenant": {"S": tenant}, ":first": {"B": first}, ":last": {"B": last}},
    )
    return [int(item["agent_key"]["S"].rpartition("#")[2]) for item in items]


def _in_team(tenant: str, team_id: int) -> list[int]:
    items = _query(
        TableName=TEAM_MEMBERS_TABLE,
        KeyConditionExpression="team_key = :team",
        ProjectionExpression="agent_id",
        ExpressionAttributeValues={":team": {"S": f"{tenant}#{team_id}"}},
        ConsistentRead=True,
    )
    return [int(item["agent_id"]["N"]) for item in items]


def _query(**params: Any) -> Iterator[Item]:
    while True:
        page = dynamodb.query(**params)
        yield from page["Items"]
        if "LastEvaluatedKey" not in page:
            return
        params["ExclusiveStartKey"] = page["LastEvaluatedKey"]


def _create_job(tenant: str, selectors: Selectors, agent_ids: list[int]) -> int:
    """Writes the job, then sends its chunks. A crash in between leaves a job that never ends and no answer: the caller
    asks again, which does no harm.
    """
    counted = dynamodb.update_item(
        TableName=JOBS_TABLE,
        Key={"job_key": {"S": tenant}},
        UpdateExpression="ADD last_job_id :one",
        ExpressionAttributeValues={":one": {"N": "1"}},
        ReturnValues="UPDATED_NEW",
    )
    job_id, now_ms = int(counted["Attributes"]["last_job_id"]["N"]), _now_ms()
    dynamodb.put_item(
        TableName=JOBS_TABLE,
        Item={
            "job_key": {"S": f"{tenant}#{job_id}"},
            "accepted_at": {"N": str(now_ms)},
            "selectors": {"S": json.dumps(selectors.body)},
            "agent_count": {"N": str(len(agent_ids))},
            **{f"{outcome}_count": {"N": "0"} for outcome in OUTCOMES},
            "expires_at": {"N": str(now_ms // 1000 + contract.JOB_RETENTION_SECONDS)},
        },
    )
    job = {"tenant": tenant, "job_id": job_id, "accepted_at": now_ms}
    starts = range(0, len(agent_ids), CHUNK_SIZE)
    bodies = [
        json.dumps({**job, "chunk": number, "agent_ids": agent_ids[start : start + CHUNK_SIZE]})
        for number, start in enumerate(starts)
    ]
    batches = [bodies[at : at + MESSAGES_PER_CALL] for at in range(0, len(bodies), MESSAGES_PER_CALL)]
    list(threads.map(_send, batches))
    return job_id


def _send(bodies: list[str]) -> None:
    entries = [{"Id": str(at), "MessageBody": body} for at, body in enumerate(bodies)]
    sent = sqs.send_message_batch(QueueUrl=JOBS_QUEUE_URL, Entries=entries)
    if failed := sent.get("Failed"):
        raise RuntimeError(f"{len(failed)} messages were refused: {failed[0]['Message']}")


def _log_out_chunk(message: dict[str, Any]) -> None:
    """Logs out a chunk and counts it once, however often it is delivered."""
    tenant, job_id, chunk = message["tenant"], message["job_id"], str(message["chunk"])
    request = Request(tenant, f"job-{job_id}", message["accepted_at"])
    outcomes = log_out_all(request, message["agent_ids"], rows_wanted=False)
    kinds = [outcome.kind for outcome in outcomes]
    try:
        dynamodb.update_item(
            TableName=JOBS_TABLE,
            Key={"job_key": {"S": f"{tenant}#{job_id}"}},
            UpdateExpression="ADD logged_out_count :logged_out, deferred_count :deferred,"
            " skipped_count :skipped, counted_chunks :chunks",
            ConditionExpression="NOT contains(counted_chunks, :chunk)",
            ExpressionAttributeValues={
                **{f":{outcome}": {"N": str(kinds.count(outcome))} for outcome in OUTCOMES},
                ":chunk": {"N": chunk},
                ":chunks": {"NS": [chunk]},
            },
        )
    except ClientError as error:
        # It was counted by an earlier delivery.
        item_of_failed_condition(error)


def _read_token(token_id: str) -> dict[str, Any] | None:
    item = dynamodb.get_item(TableName=API_TOKENS_TABLE, Key={"token_id": {"S": token_id}}).get("Item")
    if item is None:
        return None
    return {
        "tenant": item["tenant"]["S"],
        "secret_sha256": item["secret_sha256"]["B"],
        "revoked": "revoked_at" in item,
    }


def _row(outcome: Outcome) -> dict[str, Any]:
    name, email, number, status = (
        outcome.found[attribute]["S"] for attribute in ("agent_name", "email", "agent_number", "agent_status")
    )
    row = {
        "agent_id": outcome.agent_id,
        "name": name,
        "email": email,
        "agent_number": number,
        "previous_status": status,
        "current_status": contract.OFFLINE,
    }
    if outcome.kind == "deferred":
        waits = "will force logout as soon as the ongoing call/chat is completed"
        row |= {"current_status": status, "message": waits}
    return row


def _now_ms() -> int:
    return time.time_ns() // 1_000_000

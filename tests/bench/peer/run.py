#!/usr/bin/env python3
"""Runs one request through a variant of the service in Python, and prints what it took as a line of JSON.

    infra/requirements/with peer tests/bench/peer/run.py --variant competent --dynamodb http://127.0.0.1:8000 \
        --sqs http://127.0.0.1:9324 --tenant sample --token sample.local --body '{"ip_addrs":["10.0.0.0/8"]}'

The request's function runs in this process. If it answers with a job, two more processes are event source and worker,
as Lambda would have two environments of it; in one process, Python would keep them to one core. They are started before
the clock is. Importing boto3 and making its clients is not measured, nor what watches the job's progress.
"""

import argparse
import base64
import contextlib
import json
import os
import sys
import time
import uuid
from multiprocessing.connection import Connection, wait
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError
from contract import KINDS
from event_source import Failed, load, said_by, started_pollers, tell
from measure import cpu_seconds, measurement

FORCE_LOGOUT = "/apps/api/v1/agent_statuses/force_logout"
NAME = "peer-jobs"
# Nothing is to come twice; a batch that fails ends the run.
VISIBILITY_TIMEOUT_SECONDS = 720
LOOK_EVERY_SECONDS = 0.05
# The naive one's has an index for a wallboard, `by-status`, on top of what ours has.
AGENTS_TABLES = {"competent": "agents", "naive": "agents-by-status"}


def main() -> None:
    args = arguments()
    os.environ.update(environment(args))
    try:
        dynamodb, sqs = boto3.client("dynamodb"), boto3.client("sqs")
        create_missing_table(dynamodb)
        queue_url = args.queue_url or create_missing_queue(sqs)
        os.environ["JOBS_QUEUE_URL"] = queue_url
        # What an earlier run left behind would be counted as this one's.
        sqs.purge_queue(QueueUrl=queue_url)
        with started_pollers(args.variant) as pollers:
            result = run(args, pollers, dynamodb)
    except (Failed, BotoCoreError, ClientError, RuntimeError) as error:
        sys.exit(f"{args.variant}: {error}")
    print(json.dumps(result))


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Runs one request through a variant in Python.")
    parser.add_argument("--variant", choices=sorted(AGENTS_TABLES), required=True)
    parser.add_argument("--dynamodb", metavar="URL", default="http://127.0.0.1:8000")
    parser.add_argument("--sqs", metavar="URL", default="http://127.0.0.1:9324")
    parser.add_argument("--queue-url", metavar="URL", help=f"instead of a queue {NAME}, made if need be")
    parser.add_argument("--agents-table", metavar="NAME", help="agents, or for naive agents-by-status")
    parser.add_argument("--tenant", default="sample")
    parser.add_argument("--token", default="sample.local")
    parser.add_argument("--body", metavar="JSON", default='{"ip_addrs":["10.0.0.0/8"]}')
    parser.add_argument("--timeout-seconds", type=float, default=3600)
    return parser.parse_args()


def environment(args: argparse.Namespace) -> dict[str, str]:
    """A function's, on this machine: the embedded DynamoDB and SQS take any credentials."""
    return {
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL_DYNAMODB": args.dynamodb,
        "AWS_ENDPOINT_URL_SQS": args.sqs,
        # Past any proxy: this is the same machine.
        "NO_PROXY": "*",
        "AGENTS_TABLE": args.agents_table or AGENTS_TABLES[args.variant],
        "TEAM_MEMBERS_TABLE": "team-members",
        "API_TOKENS_TABLE": "api-tokens",
        "JOBS_TABLE": NAME,
    }


def create_missing_table(dynamodb: Any) -> None:
    with contextlib.suppress(dynamodb.exceptions.ResourceInUseException):
        dynamodb.create_table(
            TableName=NAME,
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[{"AttributeName": "job_key", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "job_key", "AttributeType": "S"}],
        )


def create_missing_queue(sqs: Any) -> str:
    attributes = {"VisibilityTimeout": str(VISIBILITY_TIMEOUT_SECONDS)}
    return sqs.create_queue(QueueName=NAME, Attributes=attributes)["QueueUrl"]


def run(args: argparse.Namespace, pollers: list[Connection], dynamodb: Any) -> dict[str, Any]:
    """Makes the request, sees the job through if it became one, and sums up all processes."""
    handlers, meter = load(args.variant)
    event = gateway_event(args)
    # They wait for messages when the request comes, as an event source does.
    tell(pollers, "start")
    start, cpu_before = time.monotonic(), cpu_seconds()
    answer = handlers.force_logout(event, None)
    seconds, measured = time.monotonic() - start, [measurement(meter, cpu_before)]
    body = json.loads(answer["body"])
    if isinstance(body, list):
        counts = counts_of_rows(body)
        tell(pollers, "stop")
    elif answer["statusCode"] == 200:
        counts = completed(dynamodb, f"{args.tenant}#{body['id']}", pollers, start + args.timeout_seconds)
        seconds = time.monotonic() - start
        tell(pollers, "stop")
        measured += [said_by(poller) for poller in pollers]
    else:
        raise Failed(f"answered {answer['statusCode']}: {body['message']}")
    return {"seconds": round(seconds, 3), **summed_up(measured), **counts}


def gateway_event(args: argparse.Namespace) -> dict[str, Any]:
    """The request as an HTTP API hands it to a function, payload format 2.0; what no handler reads is left out."""
    credentials = base64.b64encode(f"{args.tenant}:{args.token}".encode()).decode()
    return {
        "version": "2.0",
        "routeKey": f"POST {FORCE_LOGOUT}",
        "rawPath": FORCE_LOGOUT,
        "rawQueryString": "",
        "headers": {
            "authorization": f"Basic {credentials}",
            "content-type": "application/json",
            "host": f"{args.tenant}.example.com",
        },
        "requestContext": {
            "http": {"method": "POST", "path": FORCE_LOGOUT, "protocol": "HTTP/1.1"},
            "requestId": uuid.uuid4().hex,
            "stage": "$default",
        },
        "body": args.body,
        "isBase64Encoded": False,
    }


def counts_of_rows(rows: list[dict[str, Any]]) -> dict[str, int | None]:
    """Who was skipped has no row, in this service as in ours."""
    deferred = sum("message" in row for row in rows)
    return {"logged_out": len(rows) - deferred, "deferred": deferred, "skipped": None}


def completed(dynamodb: Any, job_key: str, pollers: list[Connection], end: float) -> dict[str, int]:
    """The counts of a job, when it has all of them."""
    while time.monotonic() < end:
        # A poller speaks before it is asked to stop only if it cannot go on.
        for poller in wait(pollers, timeout=LOOK_EVERY_SECONDS):
            said_by(poller)
        item = dynamodb.get_item(TableName=NAME, Key={"job_key": {"S": job_key}}, ConsistentRead=True)["Item"]
        counts = {kind: int(item[f"{kind}_count"]["N"]) for kind in KINDS}
        if sum(counts.values()) == int(item["agent_count"]["N"]):
            return counts
    raise Failed("the job did not end in time")


def summed_up(measured: list[dict[str, Any]]) -> dict[str, Any]:
    """All processes together; but the peak is the largest one's, as Lambda sizes and bills each environment alone."""
    calls: dict[str, int] = {}
    for one in measured:
        for operation, count in one["calls"].items():
            calls[operation] = calls.get(operation, 0) + count
    units = ("table_write_units", "index_write_units", "read_units")
    return {
        "cpu_seconds": round(sum(one["cpu_seconds"] for one in measured), 3),
        "peak_memory_bytes": max(one["peak_memory_bytes"] for one in measured),
        "all_processes_peak_memory_bytes": sum(one["peak_memory_bytes"] for one in measured),
        "calls": dict(sorted(calls.items())),
        **{kind: sum(one[kind] for one in measured) for kind in units},
    }


if __name__ == "__main__":
    main()

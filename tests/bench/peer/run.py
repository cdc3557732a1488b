#!/usr/bin/env python3
"""Runs one request for everybody in 10.0.0.0/8 through the functions in Python; prints what it took as a line of JSON.

    infra/requirements/with peer tests/bench/peer/run.py DYNAMODB_URL SQS_URL TENANT TOKEN

The request's function runs in this process. If it answers with a job, two more processes are event source and worker, as
two environments of Lambda would be; in one process Python would keep them to one core. They are started before the
clock is. Importing boto3, making its clients and watching the job's progress are not measured.
"""

import base64
import collections
import importlib
import json
import multiprocessing
import os
import sys
import time
import uuid
from concurrent.futures import Future, ProcessPoolExecutor, wait
from types import ModuleType
from typing import Any

import boto3
from contract import OUTCOMES
from measure import Meter

FORCE_LOGOUT = "/apps/api/v1/agent_statuses/force_logout"
JOBS = "peer-jobs"
# As the service's own event source on one machine: batches at once, and messages in each.
POLLERS = 2
BATCH_SIZE = 10
# Long enough to wait for messages, short enough to end soon after the last one.
WAIT_SECONDS = 1
# No message is to come twice: a batch that fails ends the run.
VISIBILITY_TIMEOUT_SECONDS = 720
LOOK_EVERY_SECONDS = 0.05
MAX_SECONDS = 3600


def main() -> None:
    dynamodb_url, sqs_url, tenant, token = sys.argv[1:]
    os.environ.update(
        # The embedded DynamoDB and SQS take any credentials; past any proxy, as this is the same machine.
        AWS_ACCESS_KEY_ID="local",
        AWS_SECRET_ACCESS_KEY="local",
        AWS_DEFAULT_REGION="us-east-1",
        AWS_ENDPOINT_URL_DYNAMODB=dynamodb_url,
        AWS_ENDPOINT_URL_SQS=sqs_url,
        NO_PROXY="*",
        AGENTS_TABLE="agents",
        TEAM_MEMBERS_TABLE="team-members",
        API_TOKENS_TABLE="api-tokens",
        JOBS_TABLE=JOBS,
    )
    dynamodb = boto3.client("dynamodb")
    dynamodb.create_table(
        TableName=JOBS,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "job_key", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "job_key", "AttributeType": "S"}],
    )
    attributes = {"VisibilityTimeout": str(VISIBILITY_TIMEOUT_SECONDS)}
    queue = boto3.client("sqs").create_queue(QueueName=JOBS, Attributes=attributes)
    os.environ["JOBS_QUEUE_URL"] = queue["QueueUrl"]
    print(json.dumps(measure(gateway_event(tenant, token), f"{tenant}#", dynamodb)))


def measure(event: dict[str, Any], job_key_prefix: str, dynamodb: Any) -> dict[str, Any]:
    """Makes the request, waits for its job if it became one, and adds up all processes."""
    # Not forked: a fork would begin with this process's connections and memory.
    context = multiprocessing.get_context("spawn")
    with context.Manager() as manager, ProcessPoolExecutor(POLLERS, context) as pool:
        ready, stop = manager.Barrier(POLLERS + 1), manager.Event()
        pollers = [pool.submit(poll, ready, stop) for _ in range(POLLERS)]
        try:
            ready.wait(timeout=MAX_SECONDS)
            handlers, meter = load()
            start = time.monotonic()
            answer = handlers.force_logout(event, None)
            seconds, results = time.monotonic() - start, [meter.result()]
            body = json.loads(answer["body"])
            if answer["statusCode"] != 200:
                sys.exit(f"answered {answer['statusCode']}: {body}")
            if isinstance(body, list):
                deferred = sum("message" in row for row in body)
                return {"seconds": seconds, **added_up(results), "logged_out": len(body) - deferred, "deferred": deferred}
            counts = finished_job(dynamodb, f"{job_key_prefix}{body['id']}", pollers)
            seconds = time.monotonic() - start
        finally:
            stop.set()
        results += [poller.result() for poller in pollers]
    return {"seconds": seconds, **added_up(results), **counts}


def gateway_event(tenant: str, token: str) -> dict[str, Any]:
    """The request as an HTTP API hands it to a function, payload format 2.0; what no handler reads is left out."""
    credentials = base64.b64encode(f"{tenant}:{token}".encode()).decode()
    return {
        "rawPath": FORCE_LOGOUT,
        "headers": {"authorization": f"Basic {credentials}", "host": f"{tenant}.example.com"},
        "requestContext": {"requestId": uuid.uuid4().hex},
        "body": json.dumps({"ip_addrs": ["10.0.0.0/8"]}),
    }


def load() -> tuple[ModuleType, Meter]:
    """The functions as Lambda would have started them, and a meter that watches their clients."""
    handlers = importlib.import_module("handlers")
    meter = Meter()
    meter.watch(handlers.dynamodb)
    meter.watch(handlers.sqs)
    return handlers, meter


def finished_job(dynamodb: Any, job_key: str, pollers: list[Future[Any]]) -> dict[str, int]:
    """The counts of a job, once it has all of them."""
    end = time.monotonic() + MAX_SECONDS
    while time.monotonic() < end:
        # A poller ends before it is asked to only if it failed.
        for poller in wait(pollers, timeout=LOOK_EVERY_SECONDS).done:
            poller.result()
        item = dynamodb.get_item(TableName=JOBS, Key={"job_key": {"S": job_key}}, ConsistentRead=True)["Item"]
        counts = {outcome: int(item[f"{outcome}_count"]["N"]) for outcome in OUTCOMES}
        if sum(counts.values()) == int(item["agent_count"]["N"]):
            return counts
    sys.exit("the job did not end in time")


def poll(ready: Any, stop: Any) -> dict[str, Any]:
    """Hands the queue's messages to the worker until stopped. The event source is measured too, as the service's is."""
    handlers, meter = load()
    queue_url = os.environ["JOBS_QUEUE_URL"]
    ready.wait(timeout=MAX_SECONDS)
    while not stop.is_set():
        received = handlers.sqs.receive_message(
            QueueUrl=queue_url, MaxNumberOfMessages=BATCH_SIZE, WaitTimeSeconds=WAIT_SECONDS
        )
        if messages := received.get("Messages", []):
            records = [{"messageId": message["MessageId"], "body": message["Body"]} for message in messages]
            if failed := handlers.worker({"Records": records}, None)["batchItemFailures"]:
                raise RuntimeError(f"{len(failed)} of {len(records)} messages failed")
            entries = [{"Id": str(at), "ReceiptHandle": message["ReceiptHandle"]} for at, message in enumerate(messages)]
            handlers.sqs.delete_message_batch(QueueUrl=queue_url, Entries=entries)
    return meter.result()


def added_up(results: list[dict[str, Any]]) -> dict[str, Any]:
    """All processes together; the peak is the largest one's, as Lambda sizes and bills each environment alone."""
    calls, units = collections.Counter[str](), collections.Counter[str]()
    for result in results:
        calls.update(result["calls"])
        units.update(result["units"])
    return {
        "cpu_seconds": sum(result["cpu_seconds"] for result in results),
        "peak_memory_bytes": max(result["peak_memory_bytes"] for result in results),
        "all_processes_peak_memory_bytes": sum(result["peak_memory_bytes"] for result in results),
        "calls": dict(sorted(calls.items())),
        **{kind: units[kind] for kind in ("write_units", "read_units")},
    }


if __name__ == "__main__":
    main()

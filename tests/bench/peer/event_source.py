"""Hands the queue's messages to a variant's worker, as Lambda's event source does, in processes of their own."""

import contextlib
import importlib
import multiprocessing
import os
from collections.abc import Iterator
from multiprocessing.connection import Connection
from types import ModuleType
from typing import Any

import boto3
from measure import Meter, cpu_seconds, measurement

# As our own event source has it: so many batches at once, of so many messages.
POLLERS = 2
BATCH_SIZE = 10
# Long enough to wait for messages, short enough to end soon after the last one.
WAIT_SECONDS = 1


class Failed(Exception):
    """Why there is no result."""


def load(variant: str) -> tuple[ModuleType, Meter]:
    """The functions of a variant, as they are when Lambda has started them, and a meter that watches their clients."""
    handlers, meter = importlib.import_module(variant), Meter()
    meter.watch(handlers.dynamodb)
    meter.watch(handlers.sqs)
    return handlers, meter


@contextlib.contextmanager
def started_pollers(variant: str) -> Iterator[list[Connection]]:
    """Processes that have loaded the worker and wait to be told to start; gone at the end of the block."""
    # Not forked: a fork would begin with this process's connections and memory.
    context = multiprocessing.get_context("spawn")
    pollers, processes = [], []
    try:
        for _ in range(POLLERS):
            ours, theirs = context.Pipe()
            process = context.Process(target=poll, args=(variant, theirs), daemon=True)
            process.start()
            theirs.close()
            pollers.append(ours)
            processes.append(process)
        for poller in pollers:
            said_by(poller)
        yield pollers
    finally:
        for process in processes:
            process.terminate()
            process.join()


def tell(pollers: list[Connection], what: str) -> None:
    for poller in pollers:
        poller.send(what)


def said_by(poller: Connection) -> dict[str, Any]:
    """The next thing a poller says: that it is ready, what it measured, or why it cannot go on."""
    try:
        said = poller.recv()
    except EOFError:
        raise Failed("a poller died") from None
    if "failed" in said:
        raise Failed(said["failed"])
    return said


def poll(variant: str, parent: Connection) -> None:
    """Hands the queue's messages to the worker until told to stop. The event source is measured too, as ours is."""
    handlers, meter = load(variant)
    sqs, queue_url = boto3.client("sqs"), os.environ["JOBS_QUEUE_URL"]
    meter.watch(sqs)
    parent.send({"ready": True})
    parent.recv()
    cpu_before = cpu_seconds()
    try:
        while not parent.poll():
            hand_over(handlers, sqs, queue_url)
    except Exception as error:  # whatever it is, it spoils the measurement, and is told as such
        parent.send({"failed": f"{type(error).__name__}: {error}"})
        return
    parent.send(measurement(meter, cpu_before))


def hand_over(handlers: ModuleType, sqs: Any, queue_url: str) -> None:
    """Receives a batch, invokes the worker, deletes the batch. A message that failed would come again after its
    visibility timeout, and the run would show how long that is.
    """
    received = sqs.receive_message(QueueUrl=queue_url, MaxNumberOfMessages=BATCH_SIZE, WaitTimeSeconds=WAIT_SECONDS)
    messages = received.get("Messages", [])
    if not messages:
        return
    records = [
        {
            "messageId": message["MessageId"],
            "receiptHandle": message["ReceiptHandle"],
            "body": message["Body"],
            "eventSource": "aws:sqs",
        }
        for message in messages
    ]
    answer = handlers.worker({"Records": records}, None) or {}
    failed = {failure["itemIdentifier"] for failure in answer.get("batchItemFailures", [])}
    done = [record for record in records if record["messageId"] not in failed]
    if done:
        entries = [{"Id": str(at), "ReceiptHandle": record["receiptHandle"]} for at, record in enumerate(done)]
        sqs.delete_message_batch(QueueUrl=queue_url, Entries=entries)
    if failed:
        raise Failed(f"{len(failed)} of {len(records)} messages failed")

"""Counts what boto3 clients call, and the capacity units that DynamoDB charges for it."""

import collections
import pathlib
import resource
import sys
import threading
from typing import Any

WRITES = frozenset({"PutItem", "UpdateItem", "DeleteItem"})


class Meter:
    """Sums up the calls of the clients it watches. A counter and a sum per call: next to no CPU."""

    def __init__(self) -> None:
        self.calls: collections.Counter[str] = collections.Counter()
        self.table_write_units = self.index_write_units = self.read_units = 0.0
        # Adding to a counter is a read and a write, between which another thread may come.
        self._lock = threading.Lock()

    def watch(self, client: Any) -> None:
        """Counts the calls of a client, or a resource, from now on; asks DynamoDB for the charge of each."""
        client = getattr(client.meta, "client", client)
        service = client.meta.service_model.service_name
        if service == "dynamodb":
            # Not earlier: resources copy what they are given, and call with the copy.
            client.meta.events.register("before-parameter-build.dynamodb", _ask_for_the_charge)
        client.meta.events.register(f"after-call.{service}", self._count)

    def _count(self, parsed: dict[str, Any], model: Any, **_: Any) -> None:
        tries = 1 + parsed["ResponseMetadata"].get("RetryAttempts", 0)
        table_units = index_units = 0.0
        if charge := parsed.get("ConsumedCapacity"):
            table_units = charge["Table"]["CapacityUnits"]
            for index in charge.get("GlobalSecondaryIndexes", {}).values():
                index_units += index["CapacityUnits"]
        elif parsed.get("Error", {}).get("Code") == "ConditionalCheckFailedException":
            # The error brings no charge along, but the write is charged by the size of the item (DynamoDB Developer
            # Guide, on capacity units of writes); agents are well under 1 KB.
            table_units = 1.0
        with self._lock:
            self.calls[model.name] += tries
            if model.name in WRITES:
                self.table_write_units += table_units
                self.index_write_units += index_units
            else:
                self.read_units += table_units + index_units

    def sums(self) -> dict[str, Any]:
        """What was counted so far."""
        with self._lock:
            return {
                "calls": dict(self.calls),
                "table_write_units": self.table_write_units,
                "index_write_units": self.index_write_units,
                "read_units": self.read_units,
            }


def _ask_for_the_charge(params: dict[str, Any], **_: Any) -> None:
    params["ReturnConsumedCapacity"] = "INDEXES"


def cpu_seconds() -> float:
    """What this process has taken so far, all its threads together."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def peak_memory_bytes() -> int:
    """The most memory this process has held."""
    status = pathlib.Path("/proc/self/status")
    if status.exists():
        # ru_maxrss would not do: it is kept across execve (getrusage(2)), and so may be that of a larger parent.
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) * 1024
    # Kilobytes, but bytes on macOS.
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def measurement(meter: Meter, cpu_before: float) -> dict[str, Any]:
    """What this process took since it had taken so much, and what its clients called."""
    return {
        "cpu_seconds": cpu_seconds() - cpu_before,
        "peak_memory_bytes": peak_memory_bytes(),
        **meter.sums(),
    }

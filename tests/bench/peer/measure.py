"""Counts what boto3 clients call, the capacity units that DynamoDB charges for it, and what the process uses."""

import collections
import pathlib
import resource
import threading
from typing import Any

WRITES = frozenset({"PutItem", "UpdateItem"})


class Meter:
    """Adds up the calls of the clients it watches, and the processor time since it was made. Costs next to no time."""

    def __init__(self) -> None:
        self.calls: collections.Counter[str] = collections.Counter()
        self.units: collections.Counter[str] = collections.Counter()
        # Adding to a counter is a read and a write, between which another thread may come.
        self._lock = threading.Lock()
        self._cpu_before = _cpu_seconds()

    def watch(self, client: Any) -> None:
        """Counts the calls of a client from now on; asks DynamoDB for the charge of each."""
        service = client.meta.service_model.service_name
        if service == "dynamodb":
            client.meta.events.register("before-parameter-build.dynamodb", _ask_for_charge)
        client.meta.events.register(f"after-call.{service}", self._count)

    def _count(self, parsed: dict[str, Any], model: Any, **_: Any) -> None:
        attempts = 1 + parsed["ResponseMetadata"].get("RetryAttempts", 0)
        table_units = index_units = 0.0
        if charge := parsed.get("ConsumedCapacity"):
            table_units = charge["Table"]["CapacityUnits"]
            indexes = charge.get("GlobalSecondaryIndexes", {}).values()
            index_units = sum(index["CapacityUnits"] for index in indexes)
        elif parsed.get("Error", {}).get("Code") == "ConditionalCheckFailedException":
            # The error brings no charge along, but the write is charged by the size of the item (DynamoDB Developer
            # Guide, on capacity units of writes); agents are well under 1 KB.
            table_units = 1.0
        with self._lock:
            self.calls[model.name] += attempts
            kind = "write_units" if model.name in WRITES else "read_units"
            self.units[kind] += table_units + index_units

    def result(self) -> dict[str, Any]:
        """What this process used, and what its clients called."""
        return {
            "cpu_seconds": _cpu_seconds() - self._cpu_before,
            "peak_memory_bytes": _peak_memory_bytes(),
            "calls": dict(self.calls),
            "units": dict(self.units),
        }


def _ask_for_charge(params: dict[str, Any], **_: Any) -> None:
    params["ReturnConsumedCapacity"] = "INDEXES"


def _cpu_seconds() -> float:
    """Processor time of this process, all its threads together."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def _peak_memory_bytes() -> int:
    """Of this process. Not ru_maxrss, which is kept across execve (getrusage(2)) and may be that of a larger parent."""
    status = pathlib.Path("/proc/self/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) * 1024

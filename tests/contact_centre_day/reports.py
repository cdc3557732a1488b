"""Writes an event as contact centres do: in other spellings, offsets and wrappings, with addresses in many forms."""

import datetime
import ipaddress
import json

DASHES = ["-", "", " ", "_", "  ", "\u00a0", "\u2010", "\u2011", "\u2013", "\u2212", "\u202f", " - "]
OFFSETS_MINUTES = [0, 0, 0, 330, -210, 840, -720]
BYTE_ORDER_MARK = "\ufeff"
UNREADABLE_ADDRESSES = ["unknown", "_hidden", "-", "", "10.0.0", "agent-laptop.example"]
# Statuses of the system, which are recognized however they are spelled; every other one is sent as it is.
SYSTEM_STATUSES = ("In-call", "In-chat", "On hold", "Offline")


def body(tenant, agent_id, event, at_ms, rng):
    """The body of a message that reports the event, which happened at `at_ms`."""
    report = {"v": 1, "tenant": tenant, "agent_id": agent_id, "at": time(at_ms, rng), "event": event.kind}
    if event.kind == "signed_out" and rng.random() < 0.3:
        report["event"] = "status_changed"
    if report["event"] == "status_changed" or (event.kind == "signed_in" and (event.status != "Available" or rng.random() < 0.6)):
        report["status"] = spelled(event.status, rng)
    if event.kind == "signed_in":
        address(report, event.address, rng)
    if rng.random() < 0.1:
        report["queue_name"] = "sales"
    keys = list(report)
    rng.shuffle(keys)
    return wrapped({key: report[key] for key in keys}, rng)


def spelled(status, rng):
    if status not in SYSTEM_STATUSES or rng.random() < 0.4:
        return status
    words = status.replace("-", " ").split()
    dash = rng.choice(DASHES) if len(words) > 1 else ""
    change_case = rng.choice([str.lower, str.upper, str.title, str.swapcase])
    padding = rng.choice(["", "", " ", "\u00a0"])
    return change_case(dash.join(words)) + padding


def time(at_ms, rng):
    offset = datetime.timezone(datetime.timedelta(minutes=rng.choice(OFFSETS_MINUTES)))
    at = datetime.datetime.fromtimestamp(at_ms // 1000, offset).replace(microsecond=at_ms % 1000 * 1000)
    text = at.isoformat(timespec=rng.choice(["milliseconds", "milliseconds", "microseconds"]))
    return text.replace("+00:00", "Z") if rng.random() < 0.7 else text


def address(report, address, rng):
    """Adds the address. Without one, the key is absent, null, or holds a text that is no address."""
    if address is None:
        if rng.random() < 0.5:
            report["ip"] = rng.choice([None, *UNREADABLE_ADDRESSES])
        return
    port = rng.randrange(1024, 65536)
    forms = [address, address]
    if ipaddress.ip_address(address).version == 4:
        forms += [f"{address}:{port}", f"::ffff:{address}"]
    else:
        forms += [f"[{address}]:{port}", address.upper()]
    report["ip"] = rng.choice(forms)


def wrapped(report, rng):
    """The event as it is, after a byte order mark, or as SNS or EventBridge deliver it to a queue."""
    text = json.dumps(report, ensure_ascii=rng.random() < 0.5)
    kind = rng.choices(["plain", "byte order mark", "SNS", "EventBridge"], [70, 10, 10, 10])[0]
    if kind == "SNS":
        return json.dumps(
            {
                "Type": "Notification",
                "MessageId": "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324",
                "TopicArn": "arn:aws:sns:us-east-1:123456789012:agents",
                "Message": text,
                "Timestamp": "2026-01-05T08:00:00.000Z",
                "SignatureVersion": "1",
                "Signature": "EXAMPLE",
                "SigningCertURL": "https://sns.us-east-1.amazonaws.com/example.pem",
                "UnsubscribeURL": "https://sns.us-east-1.amazonaws.com/?Action=Unsubscribe",
            }
        )
    if kind == "EventBridge":
        return json.dumps(
            {
                "version": "0",
                "id": "17793124-05d4-b198-2fde-7ededc63b103",
                "detail-type": "Agent Event",
                "source": "contact-centre.example",
                "account": "123456789012",
                "time": "2026-01-05T08:00:00Z",
                "region": "us-east-1",
                "resources": [],
                "detail": report,
            }
        )
    return BYTE_ORDER_MARK + text if kind == "byte order mark" else text


def invalid_bodies(tenant, agent_id, unknown_agent_id, now_ms, rng):
    """Events that must be refused, one of each kind; they end in the dead-letter queue."""
    at = time(now_ms, rng)
    good = {"v": 1, "tenant": tenant, "agent_id": agent_id, "at": at, "event": "status_changed", "status": "refused"}
    changes = [
        {"agent_id": unknown_agent_id},
        {"agent_id": str(agent_id)},
        {"agent_id": None},
        {"at": now_ms},
        {"at": "yesterday"},
        {"at": time(now_ms + 14 * 60_000, rng)},
        {"event": "status_change"},
        {"status": "Bre\nak"},
        {"status": "Bre\u001bak"},
        {"status": "Bre\u202eak"},
        {"status": " "},
        {"status": "x" * 65},
        {"event": "signed_in", "status": "OFF LINE"},
        {"v": 2},
    ]
    return ["not JSON", *(json.dumps({**good, **change}) for change in changes)]

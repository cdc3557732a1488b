"""What both variants read from a request, and how they answer: the HTTP contract, which says nothing about AWS."""

import base64
import binascii
import dataclasses
import hashlib
import hmac
import ipaddress
import json
import time
from collections.abc import Callable
from typing import Any

SYNC_LIMIT = 100
CHUNK_SIZE = 100
TOKEN_MEMORY_SECONDS = 60
JOB_RETENTION_SECONDS = 30 * 24 * 60 * 60
LIMITS = {"agent_ids": 10_000, "team_ids": 1_000, "ip_addrs": 1_000}

OFFLINE = "Offline"
BUSY = ("In-call", "In-chat")
# What becomes of an agent.
KINDS = ("logged_out", "deferred", "skipped")
WAITS = "will force logout as soon as the ongoing call/chat is completed"

Answer = dict[str, Any]
Range = tuple[bytes, bytes]

_verified_at: dict[bytes, float] = {}


class Refused(Exception):
    """A request that is answered with an error, and does nothing."""

    def __init__(self, status: int, message: str):
        super().__init__(message)
        self.answer = answer(status, {"message": message})
        if status == 401:
            self.answer["headers"]["WWW-Authenticate"] = 'Basic realm="apps-api"'


@dataclasses.dataclass(frozen=True)
class Selectors:
    """Whom a request means: the body as it was given, and its addresses as ranges of the attribute `ip`."""

    given: dict[str, list[Any]]
    ranges: list[Range]

    @property
    def agent_ids(self) -> list[int]:
        return self.given.get("agent_ids", [])

    @property
    def team_ids(self) -> list[int]:
        return self.given.get("team_ids", [])


def authenticate(event: dict[str, Any], read_token: Callable[[str], dict[str, Any] | None]) -> str:
    """The tenant whose token the caller has. `read_token` answers `tenant`, `secret_sha256` and `revoked` of a token
    id; who was verified within the last minute is believed without.
    """
    scheme, _, encoded = event["headers"].get("authorization", "").partition(" ")
    try:
        claim = base64.b64decode(encoded, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        claim = ""
    tenant, _, token = claim.partition(":")
    token_id, _, secret = token.partition(".")
    if scheme.lower() != "basic" or not (tenant and token_id and secret):
        raise Refused(401, "Unauthorized")
    fingerprint = hashlib.sha256(claim.encode()).digest()
    now = time.monotonic()
    if now - _verified_at.get(fingerprint, -TOKEN_MEMORY_SECONDS) < TOKEN_MEMORY_SECONDS:
        return tenant
    stored = read_token(token_id) or {"tenant": "", "secret_sha256": bytes(32), "revoked": True}
    same_secret = hmac.compare_digest(hashlib.sha256(secret.encode()).digest(), stored["secret_sha256"])
    same_tenant = hmac.compare_digest(tenant.encode(), stored["tenant"].encode())
    if not (same_secret and same_tenant) or stored["revoked"]:
        raise Refused(401, "Unauthorized")
    _verified_at[fingerprint] = now
    return tenant


def selectors(event: dict[str, Any]) -> Selectors:
    """Whom the body means."""
    body = event.get("body") or ""
    if event.get("isBase64Encoded"):
        body = base64.b64decode(body)
    try:
        given = json.loads(body)
    except ValueError as error:
        raise Refused(400, f"the body is not valid JSON: {error}") from None
    if not isinstance(given, dict):
        raise Refused(400, "the body must be a JSON object")
    for key, values in given.items():
        if key not in LIMITS:
            raise Refused(400, f"unknown key {key}")
        if not isinstance(values, list) or len(values) > LIMITS[key]:
            raise Refused(400, f"{key} must be an array of at most {LIMITS[key]} entries")
    for key in ("agent_ids", "team_ids"):
        # A bool is an int to Python, and no id.
        if not all(type(value) is int and value > 0 for value in given.get(key, [])):
            raise Refused(400, f"{key}: ids are positive integers")
    if not any(given.values()):
        raise Refused(400, "at least one of agent_ids, team_ids and ip_addrs must be a non-empty array")
    return Selectors(given, _merged([_range(text) for text in given.get("ip_addrs", [])]))


def answer(status: int, body: Any, headers: dict[str, str] | None = None) -> Answer:
    """An answer as API Gateway takes it."""
    headers = {"Content-Type": "application/json", "Cache-Control": "no-store", **(headers or {})}
    return {"statusCode": status, "headers": headers, "body": json.dumps(body)}


def answer_rows(rows: list[dict[str, Any]]) -> Answer:
    """The answer that names everybody who was logged out, or will be."""
    if not rows:
        return answer(400, {"message": "cannot find any agent by input params"})
    everybody_waits = all("message" in row for row in rows)
    return answer(400 if everybody_waits else 200, sorted(rows, key=lambda row: row["agent_id"]))


def answer_job(event: dict[str, Any], job_id: int, given: dict[str, list[Any]]) -> Answer:
    """The answer to a request that became a job."""
    link = f"https://{event['headers']['host']}{event['rawPath']}/jobs/{job_id}"
    headers = {"Location": link, "Link": f'<{link}>; rel="monitor"'}
    return answer(200, {"id": job_id, "status": "created", "link": link, **given}, headers)


def _range(text: Any) -> Range:
    """The first and last value of the attribute `ip` of an address, a CIDR block or a range `first-last`."""
    try:
        if "-" in text:
            first, last = (ipaddress.ip_address(end.strip()) for end in text.split("-", 1))
        else:
            network = ipaddress.ip_network(text.strip(), strict=False)
            first, last = network[0], network[-1]
    except (TypeError, ValueError):
        raise Refused(400, f"ip_addrs: {text!r} is not an address, a block or a range") from None
    first, last = _sort_key(first), _sort_key(last)
    if first[0] != last[0] or last < first:
        raise Refused(400, f"ip_addrs: {text!r} is not a range")
    return first, last


def _sort_key(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bytes:
    """Byte 4 or 6, then the address, as in the agents table: byte order is address order within a family."""
    address = getattr(address, "ipv4_mapped", None) or address
    return bytes([address.version]) + address.packed


def _merged(ranges: list[Range]) -> list[Range]:
    """The same addresses without overlaps, so that nobody is read twice."""
    merged: list[Range] = []
    for first, last in sorted(ranges):
        if merged and first <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return merged

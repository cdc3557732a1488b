"""The HTTP contract, without anything of AWS: what is read from a request, and how it is answered."""

import base64
import binascii
import hashlib
import hmac
import ipaddress
import json
import time
from collections.abc import Callable
from typing import Any, NamedTuple

SYNC_LIMIT = 100
CHUNK_SIZE = 100
TOKEN_MEMORY_SECONDS = 60
JOB_RETENTION_SECONDS = 30 * 24 * 60 * 60
SELECTORS = ("agent_ids", "team_ids", "ip_addrs")

OFFLINE = "Offline"
BUSY = ("In-call", "In-chat")
OUTCOMES = ("logged_out", "deferred", "skipped")

Answer = dict[str, Any]
Range = tuple[bytes, bytes]

_verified_at: dict[bytes, float] = {}


class Refused(Exception):
    """A request that is answered with an error and changes nothing."""

    def __init__(self, status: int, message: str):
        super().__init__(message)
        self.answer = answer(status, {"message": message})


class Selectors(NamedTuple):
    """Which agents a request selects: the body, and its addresses as ranges of the attribute `ip`."""

    body: dict[str, list[Any]]
    agent_ids: list[int]
    team_ids: list[int]
    ranges: list[Range]


def authenticate(event: dict[str, Any], read_token: Callable[[str], dict[str, Any] | None]) -> str:
    """The caller's tenant. A token that was verified within the last minute is not read again."""
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
    """Which agents the body selects."""
    try:
        body = json.loads(event["body"])
        if not (isinstance(body, dict) and any(body.values()) and set(body) <= set(SELECTORS)):
            raise ValueError(f"give at least one of {', '.join(SELECTORS)}")
        agent_ids, team_ids, addresses = (body.get(key, []) for key in SELECTORS)
        # A bool is an int to Python, and no id.
        if not all(type(number) is int and number > 0 for number in agent_ids + team_ids):
            raise ValueError("ids are positive integers")
        return Selectors(body, agent_ids, team_ids, [_range(text) for text in addresses])
    except (TypeError, ValueError) as error:
        raise Refused(400, f"the body is not valid: {error}") from None


def answer(status: int, body: Any, headers: dict[str, str] | None = None) -> Answer:
    """An answer in the form that API Gateway takes."""
    headers = {"Content-Type": "application/json", "Cache-Control": "no-store", **(headers or {})}
    return {"statusCode": status, "headers": headers, "body": json.dumps(body)}


def answer_rows(rows: list[dict[str, Any]]) -> Answer:
    """The answer that lists every agent who is logged out now or will be after a call or chat."""
    if not rows:
        return answer(400, {"message": "cannot find any agent by input params"})
    all_wait = all("message" in row for row in rows)
    return answer(400 if all_wait else 200, sorted(rows, key=lambda row: row["agent_id"]))


def answer_job(event: dict[str, Any], job_id: int, body: dict[str, list[Any]]) -> Answer:
    """The answer to a request that became a job."""
    link = f"https://{event['headers']['host']}{event['rawPath']}/jobs/{job_id}"
    return answer(200, {"id": job_id, "status": "created", "link": link, **body}, {"Location": link})


def _range(text: str) -> Range:
    """The first and last value of the attribute `ip` of an address, a CIDR block or a range `first-last`."""
    if "-" in text:
        first, last = (ipaddress.ip_address(end.strip()) for end in text.split("-", 1))
    else:
        network = ipaddress.ip_network(text.strip(), strict=False)
        first, last = network[0], network[-1]
    return _sort_key(first), _sort_key(last)


def _sort_key(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bytes:
    """Byte 4 or 6, then the address, as in the agents table: byte order is address order within a family."""
    address = getattr(address, "ipv4_mapped", None) or address
    return bytes([address.version]) + address.packed

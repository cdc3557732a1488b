"""What the description cannot tell schemathesis: formats of addresses and ids, and when a valid request gets a 4xx."""

import schemathesis
from hypothesis import strategies as st

NO_AGENT_FOUND = {"message": "cannot find any agent by input params"}

# Half of them are addresses of sample agents.
V4 = st.ip_addresses(v=4) | st.ip_addresses(network="10.0.0.0/20")
# Without IPv4-mapped addresses, which cannot end an IPv6 range.
V6 = st.ip_addresses(v=6).filter(lambda address: address.ipv4_mapped is None)
MAPPED = V4.map(lambda address: f"::ffff:{address}")
HYPHENS = st.sampled_from(["-", " - ", "- ", " -"])


def block(address):
    lengths = st.integers(0, address.max_prefixlen)
    return lengths.map(lambda length: f"{address}/{length}")


@st.composite
def ranges(draw):
    family = draw(st.sampled_from([V4, V6]))
    first, last = sorted([draw(family), draw(family)])
    return f"{first}{draw(HYPHENS)}{last}"


schemathesis.openapi.format(
    "address-range", V4.map(str) | V6.map(str) | MAPPED | (V4 | V6).flatmap(block) | ranges()
)


@schemathesis.hook
def map_body(context, body):
    """Writes 7.0 as 7. Both are integers in JSON Schema, but the service accepts only the second, as the description says."""
    if isinstance(body, float) and body.is_integer():
        return int(body)
    if isinstance(body, list):
        return [map_body(context, it) for it in body]
    if isinstance(body, dict):
        return {key: map_body(context, it) for key, it in body.items()}
    return body


@schemathesis.check
def a_valid_request_gets_only_the_4xx_of_the_contract(ctx, response, case):
    """400 if all agents are on a call or chat, or none is found, or no array has an entry; 404 if there is no such job; 401."""
    if case.meta is None or not case.meta.generation.mode.is_positive or response.status_code == 200:
        return
    body = response.json()
    nobody_logged_out = response.status_code == 400 and (isinstance(body, list) or body == NO_AGENT_FOUND)
    no_job = response.status_code == 404 and case.method == "GET"
    unauthorized = response.status_code == 401
    # The description says this in words only.
    no_entry = response.status_code == 400 and case.method == "POST" and not any(dict(case.body).values())
    assert nobody_logged_out or no_job or unauthorized or no_entry, f"{response.status_code}: {response.text}"

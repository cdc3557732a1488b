"""What schemathesis cannot know of this API: how addresses and ids are written, and when a good request is refused."""

import schemathesis
from hypothesis import strategies as st

MISSING = {"message": "cannot find any agent by input params"}

# As often as not where the sample's agents are.
V4 = st.ip_addresses(v=4) | st.ip_addresses(network="10.0.0.0/20")
# Without those that are IPv4 addresses, which may not end a range of IPv6.
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
    """JSON Schema takes 7.0 for an integer; the service, and the words of the description, do not."""
    if isinstance(body, float) and body.is_integer():
        return int(body)
    if isinstance(body, list):
        return [map_body(context, it) for it in body]
    if isinstance(body, dict):
        return {key: map_body(context, it) for key, it in body.items()}
    return body


@schemathesis.check
def a_good_request_is_refused_only_where_the_contract_says_so(ctx, response, case):
    """By a 400 for rows, when all are on a call or chat, or by one for nobody; by a 404 for a job that is not there."""
    if case.meta is None or not case.meta.generation.mode.is_positive or response.status_code == 200:
        return
    body = response.json()
    nobody_out = response.status_code == 400 and (isinstance(body, list) or body == MISSING)
    no_job = response.status_code == 404 and case.method == "GET"
    refused_auth = response.status_code == 401
    assert nobody_out or no_job or refused_auth, f"{response.status_code}: {response.text}"

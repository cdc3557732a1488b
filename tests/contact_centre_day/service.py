"""The running program `local`, from outside: messages to its SQS, requests to its HTTP API, items of its DynamoDB."""

import base64
import contextlib
import http.client
import ipaddress
import json
import subprocess
import time

from local_service import ANY_PORT, COMMAND
from processes import running, wait_for_line

FORCE_LOGOUT = "/apps/api/v1/agent_statuses/force_logout"
PRESENCE, PRESENCE_DEAD = "presence", "presence-dead"
# An event that fails is tried again so soon, and after five tries it is a dead letter.
VISIBILITY_SECONDS = 2
BATCH = 10
POLL_SECONDS = 0.01
WAIT_SECONDS = 60


@contextlib.contextmanager
def running_service(tenant, roster, log, *flags):
    """The service with the agents of a roster, until the end of the block."""
    command = [*COMMAND, "--listen", "127.0.0.1:0", *ANY_PORT, "--agents", str(roster), *flags]
    with running(command, stdout=subprocess.PIPE, stderr=log, text=True) as process:
        addresses = [wait_for_line(process, prefix).split()[0] for prefix in ["ready: ", "DynamoDB: ", "SQS: "]]
        yield Service(tenant, *addresses)


def now_ms():
    """The clock of this machine, which is the service's clock too."""
    return time.time_ns() // 1_000_000


class Service:
    def __init__(self, tenant, http_url, dynamodb_url, sqs_url):
        self.tenant = tenant
        self.http_url, self.dynamodb, self.sqs = http_url, connection(dynamodb_url), connection(sqs_url)
        credentials = base64.b64encode(f"{tenant}:{tenant}.local".encode()).decode()
        self.headers = {"Authorization": f"Basic {credentials}", "Content-Type": "application/json"}
        self._sqs("SetQueueAttributes", PRESENCE, Attributes={"VisibilityTimeout": str(VISIBILITY_SECONDS)})

    def _sqs(self, action, queue, **parameters):
        # The embedded SQS looks at the name alone.
        url = f"http://127.0.0.1/123456789012/{queue}"
        return call_aws(self.sqs, f"AmazonSQS.{action}", {"QueueUrl": url, **parameters})

    def send(self, bodies):
        """Sends messages to the queue `presence`."""
        for start in range(0, len(bodies), BATCH):
            entries = [{"Id": str(n), "MessageBody": it} for n, it in enumerate(bodies[start : start + BATCH])]
            answer = self._sqs("SendMessageBatch", PRESENCE, Entries=entries)
            assert len(answer["Successful"]) == len(entries), answer

    def waiting(self, queue):
        """The number of messages in a queue, those that are being worked on included."""
        answer = self._sqs("GetQueueAttributes", queue, AttributeNames=["All"])["Attributes"]
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        return sum(int(answer[name]) for name in names)

    def drain(self):
        """Waits until every event is applied, or is a dead letter."""
        wait_until(lambda: self.waiting(PRESENCE) == 0, "the events are applied")

    def dead_letters(self):
        """The bodies of the dead letters."""
        bodies = []
        while True:
            answer = self._sqs("ReceiveMessage", PRESENCE_DEAD, MaxNumberOfMessages=BATCH, VisibilityTimeout=600)
            if not answer.get("Messages"):
                return bodies
            bodies += [message["Body"] for message in answer["Messages"]]

    def force_logout(self, selectors):
        """Posts a request. Returns its status and body; if it became a job, that of the job when it has ended."""
        status, answer = self._call("POST", FORCE_LOGOUT, selectors)
        if status == 200 and isinstance(answer, dict):
            path = answer["link"][answer["link"].index(FORCE_LOGOUT) :]
            wait_until(lambda: self._call("GET", path)[1].get("status") == "completed", f"{path} is completed")
            return self._call("GET", path)
        return status, answer

    def _call(self, method, path, body=None):
        with contextlib.closing(connection(self.http_url)) as api:
            api.request(method, path, None if body is None else json.dumps(body), self.headers)
            answer = api.getresponse()
            return answer.status, json.loads(answer.read())

    def agents(self):
        """The items of the tenant's agents, by id."""
        found, start = {}, {}
        while True:
            answer = call_aws(self.dynamodb, "DynamoDB_20120810.Scan", {"TableName": "agents", **start})
            items = (item for item in answer["Items"] if item["tenant"]["S"] == self.tenant)
            found |= {int(item["agent_id"]["N"]): item for item in items}
            if "LastEvaluatedKey" not in answer:
                return found
            start = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}


def connection(url):
    return http.client.HTTPConnection(url.removeprefix("http://"), timeout=WAIT_SECONDS)


def call_aws(to, target, parameters):
    """A call in AWS's JSON protocol. The signature is not checked on this machine, but something must stand there."""
    credential = "Credential=local/20260101/us-east-1/any/aws4_request, SignedHeaders=host, Signature=0"
    headers = {
        "X-Amz-Target": target,
        "Content-Type": "application/x-amz-json-1.0",
        "Authorization": f"AWS4-HMAC-SHA256 {credential}",
        "X-Amz-Date": "20260101T000000Z",
    }
    to.request("POST", "/", json.dumps(parameters), headers)
    answer = to.getresponse()
    body = json.loads(answer.read() or b"{}")
    assert answer.status == 200, (target, answer.status, body)
    return body


def wait_until(condition, what):
    end = time.monotonic() + WAIT_SECONDS
    while not condition():
        assert time.monotonic() < end, f"not within {WAIT_SECONDS} s: {what}"
        time.sleep(POLL_SECONDS)


def stored_address(address):
    """The attribute `ip` of an agent with this address, or with none."""
    if address is None:
        return base64.b64encode(b"\0").decode()
    address = ipaddress.ip_address(address)
    return base64.b64encode(bytes([address.version]) + address.packed).decode()

"""What clients, the contact centre and operators do, and the results that it must have."""

import datetime
import io
import json
import os
import random
import signal
import time
import zipfile

from deployment import BUCKET, ROOT, physical_ids
from emulator import STACK

FORCE_LOGOUT = "/apps/api/v1/agent_statuses/force_logout"
SAMPLE = ROOT / "infra" / "local" / "sample-agents.jsonl"
WAIT_SECONDS = 120
MAX_PACKAGE_BYTES = 4_500_000
WAITS = "will force logout as soon as the ongoing call/chat is completed"


def post(service, body, **options):
    return service.call("POST", FORCE_LOGOUT, body, **options)


def equal(found, expected):
    assert found == expected, f"{found!r} instead of {expected!r}"


def eventually(what, condition):
    end = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < end:
        if found := condition():
            return found
        time.sleep(0.2)
    raise AssertionError(f"{what} did not happen within {WAIT_SECONDS} s")


def sample(tenant):
    agents = map(json.loads, SAMPLE.read_text().splitlines())
    return [agent for agent in agents if agent["tenant"] == tenant]


def status(service, tenant, agent_id):
    return service.agent(tenant, agent_id)["agent_status"]["S"]


def send(service, queue, body):
    body = body if isinstance(body, str) else json.dumps(body)
    service.client("sqs").send_message(QueueUrl=queue, MessageBody=body)


def dead_letters(service, queue):
    """The URL of a queue's dead-letter queue."""
    sqs = service.client("sqs")
    attributes = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["All"])["Attributes"]
    arn = json.loads(attributes["RedrivePolicy"])["deadLetterTargetArn"]
    return sqs.get_queue_url(QueueName=arn.rsplit(":", 1)[1])["QueueUrl"]


def waiting(service, queue):
    names = ["ApproximateNumberOfMessages"]
    sqs = service.client("sqs")
    found = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=names)["Attributes"]
    return int(found[names[0]])


def now():
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds")


def event(tenant, agent_id, kind, **more):
    return {"v": 1, "tenant": tenant, "agent_id": agent_id, "at": now(), "event": kind, **more}


def answers_of_the_contract(service):
    service.load("acme", sample("acme"))
    code, headers, rows = post(service, {"agent_ids": [11]})
    equal(code, 200)
    equal(headers["content-type"], "application/json")
    equal(headers["cache-control"], "no-store")
    expected = json.loads((ROOT / "tests/fixtures/response-logged-out.json").read_text())[0]
    equal(rows, [expected])
    equal(post(service, {"agent_ids": [11]})[::2], (400, {"message": "cannot find any agent by input params"}))

    code, _, rows = post(service, {"team_ids": [2]})
    equal((code, [row["agent_id"] for row in rows]), (200, [15, 16, 17, 18]))
    equal([row["current_status"] for row in rows], ["Offline", "In-call", "In-chat", "Offline"])
    equal([row.get("message") for row in rows], [None, WAITS, WAITS, None])
    code, _, rows = post(service, {"agent_ids": [16, 17]})
    equal((code, {row["message"] for row in rows}), (400, {WAITS}))
    code, _, rows = post(service, {"ip_addrs": ["2001:db8::/64"]})
    equal((code, rows[0]["agent_id"]), (200, 13))

    for body, message in [
        ({}, "at least one of"),
        ({"agent_ids": ["11"]}, "agent_ids[0]"),
        ({"dryrnu": True, "agent_ids": [12]}, "dryrnu"),
        ({"ip_addrs": ["10.0.0.9-10.0.0.1"]}, "ends before it starts"),
        (b"{", "line 1"),
    ]:
        code, _, answer = post(service, body)
        assert code == 400 and message in answer["message"], (body, code, answer)
    equal(post(service, b"{}", Content_Type="text/plain")[0], 415)
    equal(status(service, "acme", 12), "Unavailable")


def wrong_credentials(service):
    answers = []
    for credentials in [None, "acme", "acme:acme.wrong", "nobody:nobody.local", "globex:acme.local"]:
        code, headers, body = post(service, {"agent_ids": [12]}, credentials=credentials)
        answers.append((code, headers["www-authenticate"], body))
    expected = (401, 'Basic realm="apps-api"', {"message": "Unauthorized"})
    equal(answers, [expected] * 5)
    equal(status(service, "acme", 12), "Unavailable")


def unknown_routes(service):
    for method, path in [("GET", "/nowhere"), ("GET", f"{FORCE_LOGOUT}/jobs/1"), ("GET", f"{FORCE_LOGOUT}/jobs/x")]:
        equal(service.call(method, path)[::2], (404, {"message": "Not Found"}))


def a_pending_logout_by_event_and_by_plain_write(service):
    post(service, {"agent_ids": [16, 17]})
    request = service.agent("acme", 16)["pending_logout"]["M"]["request"]
    send(service, service.outputs["PresenceQueueUrl"], event("acme", 16, "status_changed", status="Break"))
    service.client("dynamodb").update_item(
        TableName=service.outputs["AgentsTableName"],
        Key={"agent_key": {"S": "acme#17"}},
        UpdateExpression="SET agent_status = :status",
        ExpressionAttributeValues={":status": {"S": "Break"}},
    )
    for agent_id in [16, 17]:
        eventually(f"the logout of {agent_id}", lambda: status(service, "acme", agent_id) == "Offline")
        agent = service.agent("acme", agent_id)
        equal(agent["last_logout"]["M"]["request"], request)
        assert "pending_logout" not in agent
    back = event("acme", 16, "signed_in", ip="198.51.100.77", status="Available")
    send(service, service.outputs["PresenceQueueUrl"], back)
    eventually("the sign-in", lambda: status(service, "acme", 16) == "Available")
    equal(post(service, {"ip_addrs": ["198.51.100.77"]})[2][0]["agent_id"], 16)


def a_job_of_5000_agents_while_functions_are_killed(service):
    kinds = {0: "In-call", 1: "Offline"}
    agents = [
        {
            "agent_id": 10_000 + n,
            "name": f"Agent {n}",
            "email": f"{n}@example.com",
            "agent_number": str(n),
            "team_ids": [77],
            "status": kinds.get(n % 20, "lunch"),
            "ip": f"10.20.{n // 250}.{n % 250 + 1}",
            "online_since": "2026-01-05T08:00:00+00:00",
        }
        for n in range(5_000)
    ]
    service.load("acme", agents)
    # Messages of a killed worker come again after seconds, and not after the queue's own minute.
    sqs, queue = service.client("sqs"), service.outputs["JobsQueueUrl"]
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"VisibilityTimeout": "15"})
    code, headers, job = post(service, {"team_ids": [77]})
    equal((code, job["status"], job["team_ids"]), (200, "created", [77]))
    path = job["link"][job["link"].index("/apps/") :]
    equal(headers["location"], job["link"])

    killed = 0

    def completed():
        nonlocal killed
        workers = service.emulator.processes("LogoutWorkerFunction")
        # At most four times, so that no message fails five times.
        if workers and killed < 4:
            os.kill(random.choice(workers), signal.SIGKILL)
            killed += 1
        code, _, job = service.call("GET", path)
        return code == 200 and job["status"] == "completed" and job

    job = eventually("the end of the job", completed)
    assert killed > 0, "no worker was killed"
    equal(waiting(service, dead_letters(service, queue)), 0)
    counts = [job[name] for name in ["total", "logged_out", "deferred", "skipped"]]
    equal(counts, [5_000, 4_500, 250, 250])
    for agent in random.sample(agents, 50):
        before, after = agent["status"], status(service, "acme", agent["agent_id"])
        equal(after, "In-call" if before == "In-call" else "Offline")


def dead_letters_and_their_redrive(service):
    sqs = service.client("sqs")
    queue = service.outputs["PresenceQueueUrl"]
    dead = dead_letters(service, queue)
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"VisibilityTimeout": "1"})
    # This agent has not been imported yet.
    send(service, queue, event("globex", 4711, "status_changed", status="lunch"))

    eventually("the dead letter", lambda: waiting(service, dead) == 1)
    newcomer = dict(sample("globex")[0], agent_id=4711, status="Available", ip="10.9.9.9")
    newcomer["online_since"] = "2026-01-05T08:00:00+00:00"
    service.load("globex", [newcomer])
    # By hand, as the emulator has no StartMessageMoveTask.
    (message,) = sqs.receive_message(QueueUrl=dead)["Messages"]
    send(service, queue, message["Body"])
    sqs.delete_message(QueueUrl=dead, ReceiptHandle=message["ReceiptHandle"])
    eventually("the redriven event", lambda: status(service, "globex", 4711) == "lunch")
    equal(waiting(service, dead), 0)


def packages(service):
    s3, functions = service.client("s3"), service.client("lambda")
    objects = s3.list_objects_v2(Bucket=BUCKET)["Contents"]
    packages = [item["Key"] for item in objects if not item["Key"].endswith(".template")]
    equal(len(packages), 6)
    for key in packages:
        package = s3.get_object(Bucket=BUCKET, Key=key)["Body"].read()
        assert len(package) < MAX_PACKAGE_BYTES, f"{key} has {len(package)} bytes"
        equal(zipfile.ZipFile(io.BytesIO(package)).namelist(), ["bootstrap"])
    for function in functions.list_functions()["Functions"]:
        equal((function["MemorySize"], function["Runtime"]), (256, "provided.al2023"))


def alarms_and_dashboard(service):
    cloudwatch, cloudformation = service.client("cloudwatch"), service.client("cloudformation")
    deployed = physical_ids(cloudformation, STACK)
    nested = physical_ids(cloudformation, deployed["Monitoring"])
    alarms = cloudwatch.describe_alarms()["MetricAlarms"]
    expected = {name for logical, name in nested.items() if logical.endswith("Alarm")}
    equal({alarm["AlarmName"] for alarm in alarms}, expected)
    # The URL of a queue ends with its name.
    watchable = {name.rsplit("/", 1)[-1] for name in deployed.values()}
    for alarm in alarms:
        if not alarm["Namespace"].startswith("AWS/"):
            continue  # A count of log lines, for the whole stack.
        assert alarm["Dimensions"], alarm
        for dimension in alarm["Dimensions"]:
            is_index = dimension == {"Name": "GlobalSecondaryIndexName", "Value": "by-ip"}
            assert is_index or dimension["Value"] in watchable, alarm
    equal([entry["DashboardName"] for entry in cloudwatch.list_dashboards()["DashboardEntries"]], [STACK])
    body = cloudwatch.get_dashboard(DashboardName=STACK)["DashboardBody"]
    for widget in json.loads(body)["widgets"]:
        for metric in widget["properties"]["metrics"]:
            assert metric[3] in watchable, metric


ALL = {
    "packages": packages,
    "answers of the contract": answers_of_the_contract,
    "wrong credentials": wrong_credentials,
    "unknown routes": unknown_routes,
    "a pending logout, by event and by plain write": a_pending_logout_by_event_and_by_plain_write,
    "dead letters and their redrive": dead_letters_and_their_redrive,
    "a job of 5,000 agents while functions are killed": a_job_of_5000_agents_while_functions_are_killed,
    "alarms and dashboard": alarms_and_dashboard,
}

SKIPPED = {
    "a domain of one's own": "the emulator has no DNS and issues no certificates",
    "throttling of the API": "the emulator accepts the stage's settings and ignores them",
    "roles": "the emulator does not check permissions; tests/integration/template.rs compares roles with calls",
}

"""The templates, deployed with the functions that were built for them."""

import base64
import dataclasses
import datetime
import hashlib
import ipaddress
import json
import pathlib
import subprocess
import time
import urllib.error
import urllib.request

from emulator import STACK

ROOT = pathlib.Path(__file__).resolve().parents[2]
TEMPLATE = ROOT / "infra" / "template.yaml"
NESTED_TEMPLATE = ROOT / "infra" / "monitoring.yaml"
BUCKET = "artifacts"


def build():
    """Builds every function for this machine: the emulator runs them as local processes."""
    functions = sorted(folder.name for folder in (ROOT / "functions").iterdir())
    packages = [argument for function in functions for argument in ("-p", function)]
    subprocess.run(["cargo", "lambda", "build", "--release", *packages], cwd=ROOT, check=True)


def run(command, **options):
    done = subprocess.run(command, capture_output=True, text=True, **options)
    if done.returncode != 0:
        raise RuntimeError(f"{command}:\n{done.stdout}\n{done.stderr}")
    return done.stdout


@dataclasses.dataclass
class Deployment:
    emulator: object
    outputs: dict
    host: str

    @classmethod
    def of_template(cls, emulator, folder):
        built = folder / TEMPLATE.name
        built.write_text(with_built_functions(TEMPLATE.read_text()))
        nested = without_loops(emulator, NESTED_TEMPLATE.read_text())
        (folder / NESTED_TEMPLATE.name).write_text(json.dumps(nested))
        packaged = folder / "packaged.yaml"
        emulator.client("s3").create_bucket(Bucket=BUCKET)
        environment = emulator.environment
        package = ["aws", "cloudformation", "package", "--template-file", str(built)]
        package += ["--s3-bucket", BUCKET, "--output-template-file", str(packaged)]
        run(package, env=environment)
        deploy = ["aws", "cloudformation", "deploy", "--template-file", str(packaged)]
        deploy += ["--stack-name", STACK]
        deploy += ["--capabilities", "CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"]
        deploy += ["--parameter-overrides", "Architecture=x86_64", "SyncLimit=20"]
        run(deploy, env=environment)
        cloudformation = emulator.client("cloudformation")
        stack = cloudformation.describe_stacks(StackName=STACK)["Stacks"][0]
        outputs = {item["OutputKey"]: item["OutputValue"] for item in stack["Outputs"]}
        api_id = create_routes(emulator)
        make_concurrency_a_number(emulator)
        host = f"{api_id}.execute-api.localhost:{emulator.port}"
        return cls(emulator, outputs, host)

    def client(self, service):
        return self.emulator.client(service)

    def call(self, method, path, body=None, credentials="acme:acme.local", **headers):
        """Sends an HTTP request as a client does; returns status, headers and JSON."""
        request = urllib.request.Request(f"{self.emulator.url}{path}", method=method)
        request.add_header("Host", self.host)
        if credentials:
            token = base64.b64encode(credentials.encode()).decode()
            request.add_header("Authorization", f"Basic {token}")
        for name, value in headers.items():
            request.add_header(name.replace("_", "-"), value)
        if body is not None:
            request.data = body if isinstance(body, bytes) else json.dumps(body).encode()
            if not request.has_header("Content-type"):
                request.add_header("Content-Type", "application/json")
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, dict(answer.headers), json.load(answer)
        except urllib.error.HTTPError as answer:
            return answer.code, dict(answer.headers), json.loads(answer.read() or b"null")

    def load(self, tenant, agents):
        """Writes agents, given as in a roster, and the token {tenant}.local."""
        dynamodb = self.client("dynamodb")
        items = [agent_item(tenant, agent) for agent in agents]
        put_all(dynamodb, self.outputs["AgentsTableName"], items)
        memberships = [
            {"team_key": {"S": f"{tenant}#{team}"}, "agent_id": {"N": str(agent["agent_id"])}}
            for agent in agents
            for team in agent["team_ids"]
        ]
        put_all(dynamodb, self.outputs["TeamMembersTableName"], memberships)
        token = {
            "token_id": {"S": tenant},
            "tenant": {"S": tenant},
            "secret_sha256": {"B": hashlib.sha256(b"local").digest()},
            "created_at": {"N": str(int(time.time() * 1000))},
        }
        dynamodb.put_item(TableName=self.outputs["ApiTokensTableName"], Item=token)

    def agent(self, tenant, agent_id):
        key = {"agent_key": {"S": f"{tenant}#{agent_id}"}}
        table = self.outputs["AgentsTableName"]
        got = self.client("dynamodb").get_item(TableName=table, Key=key, ConsistentRead=True)
        return got["Item"]


def with_built_functions(template):
    """The template after `sam build`: each CodeUri is the folder of the built function."""
    lines, binary = [], None
    for line in template.splitlines():
        key, _, value = line.strip().partition(": ")
        if key == "Binary":
            binary = value
        if key == "CodeUri":
            line = line.replace(value, str(ROOT / "target" / "lambda" / binary))
        lines.append(line)
    return "\n".join(lines)


def without_loops(emulator, template):
    """The template with every Fn::ForEach expanded. The emulator expands none in a nested template, but it does in any
    other, so it gets the nested one as a stack of its own, in a change set that is never executed."""
    cloudformation = emulator.client("cloudformation")
    declared = cloudformation.validate_template(TemplateBody=template)["Parameters"]
    names = [parameter["ParameterKey"] for parameter in declared]
    parameters = [{"ParameterKey": name, "ParameterValue": "any"} for name in names]
    change_set = {"StackName": "expansion", "ChangeSetName": "expansion"}
    cloudformation.create_change_set(
        **change_set, ChangeSetType="CREATE", TemplateBody=template, Parameters=parameters
    )
    expanded = processed_template(cloudformation, **change_set)
    cloudformation.delete_stack(StackName="expansion")
    return expanded


def processed_template(cloudformation, **of):
    """A template after its transforms."""
    answer = cloudformation.get_template(**of, TemplateStage="Processed")["TemplateBody"]
    return json.loads(answer) if isinstance(answer, str) else answer


def create_routes(emulator):
    """Creates the routes of the API. SAM turns the functions' events into an OpenAPI document, from which the emulator
    creates no routes. They are created here from the same document, which is in the processed template."""
    cloudformation = emulator.client("cloudformation")
    template = processed_template(cloudformation, StackName=STACK)
    physical = physical_ids(cloudformation, STACK)
    gateway, functions = emulator.client("apigatewayv2"), emulator.client("lambda")
    api_id = physical["Api"]
    for path, methods in template["Resources"]["Api"]["Properties"]["Body"]["paths"].items():
        for method, operation in methods.items():
            integration = operation["x-amazon-apigateway-integration"]
            name = function_of(json.dumps(integration["uri"]), physical)
            arn = functions.get_function(FunctionName=physical[name])["Configuration"]["FunctionArn"]
            made = gateway.create_integration(
                ApiId=api_id,
                IntegrationType="AWS_PROXY",
                IntegrationUri=arn,
                PayloadFormatVersion=integration["payloadFormatVersion"],
            )
            target = f"integrations/{made['IntegrationId']}"
            key = f"{method.upper()} {path}"
            gateway.create_route(ApiId=api_id, RouteKey=key, Target=target)
    return api_id


def physical_ids(cloudformation, stack):
    """The names that the resources of a stack have in AWS, by their names in the template."""
    resources = cloudformation.describe_stack_resources(StackName=stack)["StackResources"]
    return {item["LogicalResourceId"]: item["PhysicalResourceId"] for item in resources}


def make_concurrency_a_number(emulator):
    """The emulator keeps the value of a template's parameter as text, and fails where it needs a number."""
    functions = emulator.client("lambda")
    for source in functions.list_event_source_mappings()["EventSourceMappings"]:
        scaling = source.get("ScalingConfig")
        if scaling:
            scaling = {"MaximumConcurrency": int(scaling["MaximumConcurrency"])}
            functions.update_event_source_mapping(UUID=source["UUID"], ScalingConfig=scaling)


def function_of(uri, physical):
    names = [name for name in physical if name.endswith("Function") and name in uri]
    assert len(names) == 1, (uri, names)
    return names[0]


def agent_item(tenant, agent):
    item = {
        "agent_key": {"S": f"{tenant}#{agent['agent_id']}"},
        "tenant": {"S": tenant},
        "agent_id": {"N": str(agent["agent_id"])},
        "agent_name": {"S": agent["name"]},
        "email": {"S": agent["email"]},
        "agent_number": {"S": agent["agent_number"]},
        "agent_status": {"S": agent["status"]},
    }
    if agent["team_ids"]:
        item["team_ids"] = {"NS": [str(team) for team in agent["team_ids"]]}
    if agent.get("ip"):
        address = ipaddress.ip_address(agent["ip"])
        item["ip"] = {"B": bytes([address.version]) + address.packed}
        item["online_since"] = {"N": str(epoch_ms(agent["online_since"]))}
    return item


def epoch_ms(text):
    return int(datetime.datetime.fromisoformat(text).timestamp() * 1000)


def put_all(dynamodb, table, items):
    for start in range(0, len(items), 25):
        writes = [{"PutRequest": {"Item": item}} for item in items[start : start + 25]]
        while writes:
            answer = dynamodb.batch_write_item(RequestItems={table: writes})
            writes = answer.get("UnprocessedItems", {}).get(table, [])

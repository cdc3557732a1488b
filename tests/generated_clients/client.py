"""What a person writes with the generated client: client.py URL sends both operations."""

import base64
import sys
import time

from force_agent_logout.api.forced_logout import force_logout, get_force_logout_job
from force_agent_logout.client import AuthenticatedClient
from force_agent_logout.models import AcceptedJob, DeferredAgent, Job, JobStatus, LoggedOutAgent, Message, Selectors

POLLS = 100
POLL_SECONDS = 0.1


def caller(url: str) -> AuthenticatedClient:
    token = base64.b64encode(b"acme:acme.local").decode()
    return AuthenticatedClient(base_url=url, token=token, prefix="Basic", raise_on_unexpected_status=True)


def log_out_agents_and_a_team(client: AuthenticatedClient) -> None:
    answer = force_logout.sync(client=client, body=Selectors(agent_ids=[11, 16], team_ids=[1]))
    assert isinstance(answer, list), answer
    logged_out = [row.agent_id for row in answer if isinstance(row, LoggedOutAgent)]
    deferred = [row.agent_id for row in answer if isinstance(row, DeferredAgent)]
    assert (logged_out, deferred) == ([11, 13, 15], [16]), answer


def mistake_is_explained(client: AuthenticatedClient) -> None:
    answer = force_logout.sync(client=client, body=Selectors(ip_addrs=["10.0.0.0/33"]))
    assert isinstance(answer, Message) and "10.0.0.0/33" in answer.message, answer


def run_a_job(client: AuthenticatedClient) -> None:
    # Needs more look-ups than a request waits for, so it becomes a job.
    accepted = force_logout.sync(client=client, body=Selectors(team_ids=list(range(1, 18))))
    assert isinstance(accepted, AcceptedJob), accepted
    job = finished_job(client, accepted.id)
    assert job.finished_at and job.finished_at >= job.created_at, job
    assert job.total == job.logged_out + job.deferred + job.skipped == 9, job


def finished_job(client: AuthenticatedClient, number: int) -> Job:
    for _ in range(POLLS):
        job = get_force_logout_job.sync(number, client=client)
        assert isinstance(job, Job), job
        if job.status == JobStatus.COMPLETED:
            return job
        time.sleep(POLL_SECONDS)
    raise AssertionError("the job is not completed")


def main() -> None:
    client = caller(sys.argv[1])
    log_out_agents_and_a_team(client)
    mistake_is_explained(client)
    run_a_job(client)


main()

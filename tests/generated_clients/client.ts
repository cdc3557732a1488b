// What a person writes with the generated client: client.ts URL sends both operations.
import assert from "node:assert/strict";
import { setTimeout } from "node:timers/promises";

import createClient from "openapi-fetch";

import type { components, paths } from "./schema.d.ts";

type Row = components["schemas"]["LoggedOutRows"][number];

const POLLS = 100;
const POLL_MILLISECONDS = 100;
const FORCE_LOGOUT = "/apps/api/v1/agent_statuses/force_logout";

function caller(url: string) {
  const token = Buffer.from("acme:acme.local").toString("base64");
  return createClient<paths>({ baseUrl: url, headers: { Authorization: `Basic ${token}` } });
}

type Caller = ReturnType<typeof caller>;

function isLoggedOut(row: Row): row is components["schemas"]["LoggedOutAgent"] {
  return row.current_status === "Offline";
}

async function logOutAgentsAndATeam(client: Caller) {
  const { data } = await client.POST(FORCE_LOGOUT, { body: { agent_ids: [11, 16], team_ids: [1] } });
  assert(Array.isArray(data));
  assert.deepEqual(data.filter(isLoggedOut).map((row) => row.agent_id), [11, 13, 15]);
  const deferred = data.filter((row) => !isLoggedOut(row));
  assert.deepEqual(deferred.map((row) => row.agent_id), [16]);
}

async function mistakeIsExplained(client: Caller) {
  const { error } = await client.POST(FORCE_LOGOUT, { body: { ip_addrs: ["10.0.0.0/33"] } });
  assert(error && "message" in error && error.message.includes("10.0.0.0/33"));
}

async function runAJob(client: Caller) {
  // Needs more look-ups than a request waits for, so it becomes a job.
  const team_ids = Array.from({ length: 17 }, (_, index) => index + 1);
  const { data: accepted } = await client.POST(FORCE_LOGOUT, { body: { team_ids } });
  assert(accepted && "link" in accepted);
  const params = { path: { id: accepted.id } };
  let job: components["schemas"]["Job"] | undefined;
  for (let poll = 0; poll < POLLS && job?.status !== "completed"; poll++) {
    await setTimeout(POLL_MILLISECONDS);
    job = (await client.GET(`${FORCE_LOGOUT}/jobs/{id}`, { params })).data;
  }
  assert(job?.finished_at && job.finished_at >= job.created_at);
  assert.equal(job.logged_out + job.deferred + job.skipped, 9);
  assert.equal(job.total, 9);
}

const url = process.argv[2];
assert(url);
const client = caller(url);
await logOutAgentsAndATeam(client);
await mistakeIsExplained(client);
await runAJob(client);

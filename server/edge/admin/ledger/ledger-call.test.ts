import assert from "node:assert/strict";
import { test } from "node:test";
import {
  memoryLedger,
  rowOf,
  startMs,
  subject,
} from "@sekisho/gateway/ledger/memory-ledger-fixture.ts";
import { findCall } from "@sekisho/gateway/ledger/find-call.ts";
import type { IntentRow } from "@sekisho/gateway/ledger/ledger.ts";
import { SqliteLedger } from "@sekisho/gateway/ledger/store/sqlite.ts";
import { IdSource } from "@sekisho/lib/ids/id-source.ts";
import { SeededRandom } from "@sekisho/lib/random/seeded-random.ts";
import { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import type { KeyWithSecret } from "@sekisho/wire/admin/keys.ts";
import type { LedgerCallView } from "@sekisho/wire/admin/ledger-call.ts";
import type { RunTimeConfig } from "../../../settings/run-time-config.ts";
import { assertProblem, makeApi, noCalls, type Answer } from "../admin-api-harness.ts";

const ids = new IdSource(new VirtualClock(), new SeededRandom(7));
const ours = ids.newBody();
const theirs = ids.newBody();
const open = ids.newBody();
const missing = ids.newBody();

const intent: IntentRow = {
  id: open,
  timeMs: startMs,
  subject,
  reserved: { nanoUsd: 50, inputTokens: 20, outputTokens: 10 },
  priceVersion: "book/line",
  accounts: [],
};

/** An API over books with a call of each of two tenants, and one under way. */
const makeBooks = (keepDays: number | null = null) => {
  const { reader, add, run } = memoryLedger();
  run([new SqliteLedger(reader).intent(intent)]);
  add(
    [rowOf(ours, { attempt: 1, costNanoUsd: 9 }), rowOf(ours)],
    [rowOf(theirs, { subject: { ...subject, tenant: "demo" } })],
  );
  const tenants = { acme: { teams: {}, budgets: [] }, demo: { teams: {}, budgets: [] } };
  const api = makeApi({
    // As much of it as these endpoints ask for.
    config: { config: { tenants, ledger: { keepDays } } } as unknown as RunTimeConfig,
    ledger: { ...noCalls, find: async (id) => findCall(reader, id) },
  });
  const keyOf = async (role: string, tenant?: string): Promise<string> => {
    const made = await api.ask("POST", "/admin/keys", { body: { role, tenant } });
    // The server's own answer.
    return (JSON.parse(made.text) as KeyWithSecret).secret;
  };
  return { ...api, keyOf };
};

const viewOf = ({ status, text }: Answer): LedgerCallView => {
  assert.equal(status, 200, text);
  // The server's own answer.
  return JSON.parse(text) as LedgerCallView;
};

test("MON-14 a call is found by each id that its client was shown", async () => {
  const { ask } = makeBooks();
  const whole = viewOf(await ask("GET", `/admin/ledger/req_${ours}`));
  assert.deepEqual(
    [whole.id, whole.state, whole.startedAt],
    [`req_${ours}`, "ended", "2026-01-01T00:00:00.000Z"],
  );
  assert.deepEqual(
    whole.rows.map(({ id, attempt, tenant, costNanoUsd }) => [id, attempt, tenant, costNanoUsd]),
    [
      [`req_${ours}`, 0, "acme", 7],
      [`req_${ours}`, 1, "acme", 9],
    ],
  );
  for (const id of [ours, `rsp_${ours}`, `chatcmpl-${ours}`, `msg_${ours}`, `rsp_${ours}:1:4`]) {
    assert.deepEqual(viewOf(await ask("GET", `/admin/ledger/${encodeURIComponent(id)}`)), whole);
  }
});

test("MON-10 a call under way says so, with what is set aside for it", async () => {
  const { ask } = makeBooks();
  assert.deepEqual(viewOf(await ask("GET", `/admin/ledger/req_${open}`)), {
    id: `req_${open}`,
    startedAt: "2026-01-01T00:00:00.000Z",
    state: "running",
    rows: [],
    tenant: "acme",
    team: null,
    key: "k1",
    user: "anna",
    session: null,
    agent: null,
    surface: "openai.chat",
    alias: "fast",
    choice: null,
    leftOutMessages: 0,
    tags: [],
    model: "haiku",
    provider: "p1",
    region: "r1",
    reservedNanoUsd: 50,
    reservedInputTokens: 20,
    reservedOutputTokens: 10,
    priceVersion: "book/line",
  });
});

test("SEC-8 who is bound to a tenant sees its calls without attempts, and no other's", async () => {
  const { ask, keyOf } = makeBooks();
  for (const role of ["owner", "viewer"]) {
    const key = await keyOf(role, "acme");
    const own = viewOf(await ask("GET", `/admin/ledger/req_${ours}`, { key }));
    assert.deepEqual(
      own.rows.map(({ attempt }) => attempt),
      [0],
    );
    const nothing = assertProblem(
      await ask("GET", `/admin/ledger/req_${missing}`, { key }),
      404,
      "not_found",
    );
    const foreign = assertProblem(
      await ask("GET", `/admin/ledger/req_${theirs}`, { key }),
      404,
      "not_found",
    );
    assert.equal(foreign.detail.replace(theirs, missing), nothing.detail);
    const other = await keyOf(role, "demo");
    const running = await ask("GET", `/admin/ledger/req_${open}`, { key: other });
    assertProblem(running, 404, "not_found");
  }
});

test("SEC-17 every role may look, keys of clients may not", async () => {
  const { ask, keyOf, demoKey } = makeBooks();
  for (const role of ["admin", "developer", "viewer"]) {
    const key = await keyOf(role);
    assert.equal(viewOf(await ask("GET", `/admin/ledger/${ours}`, { key })).rows.length, 2);
  }
  const answer = await ask("GET", `/admin/ledger/${ours}`, { key: demoKey });
  assertProblem(answer, 403, "forbidden");
});

test("MON-14 a call that is not there is 404 by name, with where else to look", async () => {
  const { ask } = makeBooks();
  const answer = await ask("GET", `/admin/ledger/rsp_${missing}`);
  const { detail } = assertProblem(answer, 404, "not_found");
  const why = "what was refused before anything was sent has no row, and an answer that was given";
  assert.ok(detail.startsWith(`Cannot find call req_${missing}: there is none; ${why}`), detail);
  assert.ok(detail.endsWith("x-sekisho-first-request-id"), detail);
});

test("MON-14 of a call of a day that was dropped it is said how long calls are kept", async () => {
  const { ask, clock } = makeBooks(30);
  clock.advanceBy(31 * 86_400_000);
  const answer = await ask("GET", `/admin/ledger/req_${missing}`);
  const { detail } = assertProblem(answer, 404, "not_found");
  assert.ok(
    detail.endsWith(
      "it is of 2026-01-01T00:00:00.000Z, and calls are kept for 30 days (ledger.keepDays)",
    ),
    detail,
  );
  // What is older and still there is shown.
  viewOf(await ask("GET", `/admin/ledger/req_${ours}`));
});

test("MON-14 what is no id of ours is 400, and says where ids stand", async () => {
  const { ask } = makeBooks();
  const strange = ["some", "chatcmpl-BhzjTzVvVfQ2Yd4m4mVnQ0b3n8K2L", `${ours}x`, "x".repeat(5_000)];
  for (const id of [...strange, "%00", "..%2Fverify", "constructor", "%F0%9F%98%80"]) {
    const answer = await ask("GET", `/admin/ledger/${id}`);
    const { detail, param } = assertProblem(answer, 400, "invalid_value");
    assert.equal(param, "id");
    assert.match(detail, /^Cannot look up the call "[^]{1,64}": that is no id of ours; /);
  }
});

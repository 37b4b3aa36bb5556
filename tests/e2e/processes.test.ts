import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { ClientBudgetView } from "@sekisho/wire/admin/budgets.ts";
import type { HealthReport, ProcessHealth } from "@sekisho/wire/admin/health.ts";
import { askFresh, type Asking, type FreshAnswer } from "../harness/ask-fresh.ts";
import { assertOnce } from "../harness/assert-once.ts";
import { OperatedGateway } from "../harness/operated-gateway.ts";
import { runProgram } from "../harness/run-program.ts";
import { steeredConfig } from "../harness/steered-config.ts";
import { until } from "../harness/until.ts";

const secret = "a-key-that-two-processes-know";
const slowSecret = "a-key-that-asks-once-a-second";

let operated: OperatedGateway;
before(async () => {
  operated = await OperatedGateway.start({
    config: (simulatorUrl) => ({
      ...steeredConfig(simulatorUrl),
      processes: 2,
      tenants: {
        ...steeredConfig(simulatorUrl).tenants,
        acme: {
          keys: [{ id: "shared", secret }],
          budgets: [{ scope: "key", window: "month", usd: 10 }],
          rates: [{ scope: "key", requestsPerSecond: 100_000, burst: 100_000 }],
        },
        slow: {
          keys: [{ id: "slow", secret: slowSecret }],
          rates: [{ scope: "key", requestsPerSecond: 1, burst: 10 }],
        },
      },
    }),
  });
});
after(() => operated[Symbol.asyncDispose]());

const fresh = (path: string, asking?: Asking): Promise<FreshAnswer> =>
  askFresh(new URL(path, operated.gateway.url), asking);

/** What the command line prints. */
interface MadeKey {
  readonly key: { readonly id: string };
  readonly secret: string;
}

const chat = (key: string, content: string): Promise<FreshAnswer> =>
  fresh("/v1/chat/completions", {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: JSON.stringify({
      model: "sole",
      messages: [{ role: "user", content }],
      max_tokens: 10,
    }),
  });

/** So many in a row meet each process. */
const several = 8;

const statuses = async (ask: () => Promise<FreshAnswer>): Promise<number[]> => {
  const found: number[] = [];
  for (let n = 0; n < several; n += 1) found.push((await ask()).status);
  return [...new Set(found)];
};

async function processes(): Promise<readonly ProcessHealth[]> {
  // The server's own report.
  return (JSON.parse((await fresh("/health")).text) as HealthReport).processes ?? [];
}

const served = (text: string): number =>
  [...text.matchAll(/^sekisho_requests_total\{[^}]*code="ok"[^}]*\} (\d+)$/gm)].reduce(
    (sum, [, count]) => sum + Number(count),
    0,
  );

test("OPS-9 two processes serve one port, and each figure is of both", async () => {
  const all = await processes();
  assert.deepEqual(
    all.map(({ slot, state, restarts }) => [slot, state, restarts]),
    [
      [1, "serving", 0],
      [2, "serving", 0],
    ],
  );
  assert.notEqual(all[0]?.pid, all[1]?.pid);
  assert.deepEqual(await statuses(() => chat(secret, "Hello")), [200]);
  await operated.gateway.settled();
  for (let n = 0; n < 4; n += 1) {
    const { text } = await fresh("/metrics");
    assert.match(text, /^sekisho_responses_running 0$/m);
    assert.equal(served(text), several);
  }
});

test("OPS-9 a key that one process revokes, the other refuses within a second", async () => {
  const revoked = async (): Promise<number> => {
    const made = await operated.sekisho("keys", "create", "--tenant", "acme", "--json");
    const { key: record, secret: key } = JSON.parse(made) as MadeKey;
    await until("both know the key", async () =>
      (await statuses(() => chat(key, "Hello"))).join() === "200" ? true : null,
    );
    await operated.sekisho("keys", "revoke", record.id);
    const revokedMs = performance.now();
    await until("both refuse the key", async () =>
      (await statuses(() => chat(key, "Hello"))).join() === "401" ? true : null,
    );
    return performance.now() - revokedMs;
  };
  await assertOnce(revoked, { limitMs: 2_000, most: 5 });
});

test("OPS-9 what one process is told to change, both do", async () => {
  const path = "/admin/config/models.sole.defaults.maxTokens";
  const set = await operated.admin("PUT", path, { value: 7 });
  assert.equal(set.status, 200, await set.text());
  const { adminKey } = operated.gateway.server.ready;
  const headers = { authorization: `Bearer ${adminKey}` };
  await until("both show it", async () => {
    const shown: boolean[] = [];
    for (let n = 0; n < several; n += 1) {
      const { text } = await fresh("/admin/config", { headers });
      const { values } = JSON.parse(text) as { values: { path: string; value: unknown }[] }; // ours
      shown.push(
        values.some((each) => each.path.endsWith("sole.defaults.maxTokens") && each.value === 7),
      );
    }
    return shown.every(Boolean) ? true : null;
  });
});

test("OPS-9 changes made in both processes at once are all made", async () => {
  const { adminKey } = operated.gateway.server.ready;
  const headers = { authorization: `Bearer ${adminKey}`, "content-type": "application/json" };
  const names = ["near", "far", "us-west-2", "us-east-1"];
  const drained = await Promise.all(
    names.map((name) =>
      fresh("/admin/drains", { method: "POST", headers, body: JSON.stringify({ name }) }),
    ),
  );
  assert.deepEqual([...new Set(drained.map(({ status }) => status))], [200]);
  await until("both have drained all", async () => {
    const lists = await Promise.all(names.map(() => fresh("/admin/drains", { headers })));
    return lists.every(({ text }) => names.every((name) => text.includes(`"${name}"`)))
      ? true
      : null;
  });
  for (const name of names) {
    const { status } = await fresh(`/admin/drains/${name}`, { method: "DELETE", headers });
    assert.equal(status, 200);
  }
  await until("both serve again", async () =>
    (await statuses(() => chat(secret, "Hello"))).join() === "200" ? true : null,
  );
});

test("SEC-11 who signs in to one process is signed in to both, and out of both", async () => {
  const { adminKey } = operated.gateway.server.ready;
  const json = { "content-type": "application/json" };
  const opened = await fresh("/admin/session", {
    method: "POST",
    headers: json,
    body: JSON.stringify({ key: adminKey }),
  });
  assert.equal(opened.status, 201, opened.text);
  const [cookie = ""] = String(opened.headers["set-cookie"]).split(";");
  const { csrf } = JSON.parse(opened.text) as { csrf: string }; // ours
  const who = () => fresh("/admin/whoami", { headers: { cookie } });
  await until("both know it", async () => ((await statuses(who)).join() === "200" ? true : null));
  const headers = { cookie, "x-sekisho-csrf": csrf };
  const closed = await fresh("/admin/session", { method: "DELETE", headers });
  assert.equal(closed.status, 200, closed.text);
  await until("both forget it", async () => ((await statuses(who)).join() === "401" ? true : null));
});

test("RTE-19 a circuit that one process is told to open is open in both", async () => {
  const { adminKey } = operated.gateway.server.ready;
  const headers = { authorization: `Bearer ${adminKey}`, "content-type": "application/json" };
  const command = (name: string) =>
    fresh("/admin/circuits/*", {
      method: "POST",
      headers,
      body: JSON.stringify({ command: name }),
    });
  assert.equal((await command("force-open")).status, 200);
  await until("both refuse", async () =>
    (await statuses(() => chat(secret, "Hello"))).join() === "503" ? true : null,
  );
  assert.equal((await command("reset")).status, 200);
  await until("both serve", async () =>
    (await statuses(() => chat(secret, "Hello"))).join() === "200" ? true : null,
  );
});

test("MON-13 what a key has asked for in one process counts in the other", async () => {
  const ask = () => chat(slowSecret, "Hello");
  const passed = async (): Promise<number> => {
    const answers = await Promise.all(Array.from({ length: 40 }, ask));
    return answers.filter(({ status }) => status === 200).length;
  };
  // Each process has its burst of 10 at first, and then they know of each other.
  const askedMs = performance.now();
  const first = await passed();
  const askedS = (performance.now() - askedMs) / 1_000;
  assert.ok(first >= 10 && first <= 22 + 2 * askedS, `${first} passed in ${askedS} s`);
  await until("both have told", async () => ((await ask()).status === 429 ? true : null));
  const startedMs = performance.now();
  let more = 0;
  while (performance.now() - startedMs < 1_500) more += await passed();
  // One a second, and a tenth of a second in which both grant it.
  const seconds = (performance.now() - startedMs) / 1_000;
  assert.ok(more <= 4.5 + seconds, `${more} passed in ${seconds} s`);
});

test("MON-10 a process that is killed in mid-load loses nothing acknowledged", async () => {
  const { gateway } = operated;
  await gateway.settled();
  const before = new Set(gateway.ledger.rows.map(({ id }) => id));
  const heldCalls = 40;
  const held = Array.from({ length: heldCalls }, () =>
    chat(secret, "Go on [[sim: hold tokens=10]]").then(
      ({ status }) => status,
      () => "cut" as const,
    ),
  );
  await gateway.simulator.whenHeld(heldCalls);
  const [victim, witness] = await processes();
  assert.ok(typeof victim?.pid === "number" && witness !== undefined);
  process.kill(victim.pid, "SIGKILL");
  // A connection may still be given to the one that dies, which is cut; the other one goes on.
  await until("whoever asks again is served", () =>
    chat(secret, "Hello").then(
      ({ status }) => (status === 200 ? true : null),
      () => null,
    ),
  );
  const back = await until("the process is back", async () => {
    const now = await processes().catch(() => []);
    const isBack = now[0]?.restarts === 1 && now.every(({ state }) => state === "serving");
    return isBack ? now : null;
  });
  assert.notEqual(back[0]?.pid, victim.pid);
  assert.equal(back[1]?.pid, witness.pid);
  gateway.simulator.release();
  const ends = await Promise.all(held);
  const answered = ends.filter((end) => end === 200).length;
  assert.equal(answered + ends.filter((end) => end === "cut").length, heldCalls);
  assert.ok(answered > 0 && answered < heldCalls, `${answered} answered`);
  const { rows } = await gateway.settled();
  const own = rows.filter(({ id, attempt }) => attempt === 0 && !before.has(id));
  assert.equal(own.filter(({ outcome }) => outcome === "ok").length, answered + 1);
  assert.equal(own.filter(({ outcome }) => outcome === "unknown").length, heldCalls - answered);
  // What is spent is the sum of all rows, and nothing is held, in the books of both.
  const spent = rows
    .filter(({ attempt }) => attempt === 0)
    .reduce((sum, { costNanoUsd }) => sum + costNanoUsd, 0);
  await until("nothing is held", async () => {
    const headers = { authorization: `Bearer ${secret}` };
    const views = await Promise.all([1, 2, 3, 4].map(() => fresh("/v1/budget", { headers })));
    return views.every(({ text }) => {
      const [budget] = (JSON.parse(text) as ClientBudgetView).budgets; // ours
      return budget?.cost?.reserved === 0 && Number(budget.cost.used) <= spent;
    })
      ? true
      : null;
  });
});

test("OPS-9 another server on the same port is refused, of one process or several", async () => {
  const { port } = new URL(operated.gateway.url);
  for (const processCount of ["1", "2"]) {
    const args = ["start", "--port", port, "--data", ":memory:", "--processes", processCount];
    const { code, stderr } = await runProgram(args);
    assert.equal(code, 1);
    assert.match(stderr, /Cannot listen on port \d+ .*EADDRINUSE/);
  }
});

test("OPS-8 SIGTERM ends all processes, and the answers under way before", async () => {
  const { gateway } = operated;
  const asked = chat(secret, "Go on [[sim: hold tokens=10]]");
  await gateway.simulator.whenHeld(1);
  const pids = (await processes()).map(({ pid }) => pid ?? 0);
  const stopped = gateway.server.kill("SIGTERM");
  await until("nobody is let in", () =>
    chat(secret, "Hello").then(
      ({ status }) => (status === 503 ? true : null),
      () => true,
    ),
  );
  gateway.simulator.release();
  assert.equal((await asked).status, 200);
  assert.equal(await stopped, 0, gateway.server.log);
  for (const pid of pids) assert.throws(() => process.kill(pid, 0), /ESRCH/);
  const { openIntents } = gateway.ledger;
  assert.equal(openIntents, 0);
});

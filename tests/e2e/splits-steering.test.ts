import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { AuditPage } from "@sekisho/wire/admin/audit.ts";
import type { SplitView } from "@sekisho/wire/admin/splits.ts";
import type { ConfigInput } from "@sekisho/server/config/schema.ts";
import { OperatedGateway } from "../harness/operated-gateway.ts";
import { soleModel, steeredConfig } from "../harness/steered-config.ts";
import { until } from "../harness/until.ts";

const minRequests = 20;

const config = (url: string): ConfigInput => ({
  ...steeredConfig(url),
  processes: 2,
  models: {
    old: soleModel("near", "gpt-4-turbo"),
    fresh: soleModel("near", "gpt-3.5-turbo"),
    ab: {
      split: { old: 1, fresh: 0 },
      rollback: { errorRate: 0.05, minRequests, windowMs: 60_000 },
      canary: { steps: [50, 100], minRequests, minMs: 1 },
    },
  },
});

let data: string;
let operated: OperatedGateway;
before(async () => {
  data = await mkdtemp(join(tmpdir(), "sekisho-splits-"));
  operated = await OperatedGateway.start({ config, data });
});
after(async () => {
  await operated[Symbol.asyncDispose]();
  await rm(data, { recursive: true, force: true });
});

const view = async (range = "total"): Promise<SplitView> => {
  const answer = await operated.admin("GET", `/admin/splits/ab?range=${range}`);
  // The server's own answer.
  return (await answer.json()) as SplitView;
};

const weights = async (): Promise<Record<string, number>> =>
  Object.fromEntries((await view()).arms.map(({ arm, weight }) => [arm, weight]));

/** Calls of so many sessions, over connections to both processes: which arms they fell to. */
async function serve(count: number, prefix: string): Promise<readonly string[]> {
  const arms = await Promise.all(
    Array.from({ length: count }, async (_, n) => {
      const headers = { "x-sekisho-session": `${prefix}-${n}`, connection: "close" };
      const response = await operated.gateway.chat("Hello", { model: "ab" }, headers);
      await response.arrayBuffer();
      return response.headers.get("x-sekisho-arm") ?? "";
    }),
  );
  await operated.gateway.settled();
  return arms;
}

/** Each process looks for changes of the other within the time of some calls. */
const bothDivide = (): Promise<unknown> =>
  until("both processes divide", async () => {
    const one = await serve(16, "l");
    const others = [await serve(16, "l"), await serve(16, "l")];
    const isAlike = others.every((each) => each.join() === one.join());
    return isAlike && one.includes("fresh") ? true : null;
  });

const countOf = (arms: readonly string[], arm: string): number =>
  arms.filter((each) => each === arm).length;

const rollbacks = async (): Promise<AuditPage["rows"]> => {
  const answer = await operated.admin("GET", "/admin/audit?event=admin.split.rolled_back");
  // The server's own answer.
  return ((await answer.json()) as AuditPage).rows;
};

test("RTE-4 weights set at the command line hold in each process, and are audited", async () => {
  const told = await operated.sekisho("splits", "set", "ab", "old=1,fresh=1", "--json");
  // The command's own document.
  const { phase, arms } = JSON.parse(told) as SplitView;
  assert.equal(phase, 1);
  assert.deepEqual(
    arms.map(({ arm, weight, share, configuredWeight }) => [arm, weight, share, configuredWeight]),
    [
      ["old", 1, 0.5, 1],
      ["fresh", 1, 0.5, 0],
    ],
  );
  await bothDivide();
  const [first, again] = [await serve(30, "s"), await serve(30, "s")];
  assert.deepEqual(first, again, "whichever process serves a session");
  const audit = await operated.admin("GET", "/admin/audit?event=admin.split.weighted");
  // The server's own answer.
  const [row] = ((await audit.json()) as AuditPage).rows;
  assert.equal(row?.object, "ab");
  const stale = await operated.run(["splits", "set", "ab", "fresh=2", "--phase", "0"]);
  assert.equal(stale.code, 4);
  assert.match(stale.stderr, /changed since phase 0, and is in phase 1 now/);
  const table = await operated.sekisho("splits", "show", "ab");
  assert.match(table, /^SPLIT +ARM +WEIGHT +SHARE/);
  assert.match(table, /old 50 %, fresh 50 %/);
});

test("RTE-4 figures of arms are those of their rows, of both processes", async () => {
  const { arms } = await view();
  const rows = operated.gateway.ledger.rows.filter(({ attempt }) => attempt === 0);
  for (const { arm, figures } of arms) {
    const own = rows.filter(({ choice }) => choice?.startsWith(`${arm}: `) === true);
    assert.equal(figures.requests, own.length, arm);
    assert.equal(
      Number(figures.costNanoUsd),
      own.reduce((sum, { costNanoUsd }) => sum + costNanoUsd, 0),
    );
    assert.equal(figures.latency.count, own.length);
    assert.equal(figures.outcomes.answered, own.length);
  }
  const metrics = await (await operated.admin("GET", "/metrics")).text();
  assert.match(metrics, /^sekisho_split_share\{split="ab",arm="fresh"\} 0\.5$/m);
});

test("RTE-4 an arm that fails is rolled back by itself, once, and stays so", async () => {
  await operated.sekisho("splits", "set", "ab", "old=1,fresh=2");
  operated.gateway.simulator.setScenarios([
    { name: "broken", match: { model: "gpt-3.5-turbo" }, fault: "500" },
  ]);
  // Those of a process that has not seen the change yet are counted under the weights of before.
  const { arms, changes } = await until("it is rolled back", async () => {
    await serve(minRequests, "t");
    const found = await view();
    return found.arms.some(({ isRolledBack }) => isRolledBack) ? found : null;
  });
  assert.deepEqual(
    arms.map(({ arm, weight }) => [arm, weight]),
    [
      ["old", 1],
      ["fresh", 0],
    ],
  );
  assert.match(
    changes[0]?.words ?? "",
    /^fresh is rolled back: \d+ of \d+ calls in 60 s failed \(100 %, over 5 %/,
  );
  const [row, ...others] = await rollbacks();
  assert.deepEqual(
    [row?.object, row?.by, row?.requestId, others],
    ["ab/fresh", "automatic", changes[0]?.requestId, []],
  );
  await until("no process sends it anything more", async () =>
    countOf(await serve(8, "u"), "fresh") === 0 ? true : null,
  );
  assert.equal(countOf(await serve(40, "v"), "fresh"), 0);
  assert.equal((await rollbacks()).length, 1);
  assert.ok(operated.gateway.server.log.includes('"split.rolled_back"'));
});

test("RTE-4 a canary goes on after kill -9 in its midst, and reaches all calls", async () => {
  operated.gateway.simulator.setScenarios([]);
  await operated.sekisho("splits", "canary", "ab", "fresh");
  assert.deepEqual(await weights(), { old: 50, fresh: 50 });
  await operated.gateway.server.kill("SIGKILL");
  await operated[Symbol.asyncDispose]();
  operated = await OperatedGateway.start({ config, data });
  const { canary } = await view();
  assert.deepEqual([canary?.arm, canary?.at, canary?.state], ["fresh", 0, "running"]);
  for (let n = 0; n < 20; n++) {
    await serve(minRequests * 2, `w-${n}`);
    if ((await view()).canary === null) break;
  }
  const { arms, changes } = await until("the canary is over", async () => {
    const found = await view();
    return found.canary === null ? found : null;
  });
  assert.deepEqual(
    arms.map(({ arm, share }) => [arm, share]),
    [
      ["old", 0],
      ["fresh", 1],
    ],
  );
  const events = changes.map(({ event, by }) => `${event} ${by === "automatic"}`);
  assert.deepEqual(events.slice(0, 2), ["completed true", "stepped true"]);
});

test("RTE-4 what nobody has is said so, and commands ask for the permission", async () => {
  const missing = await operated.run(["splits", "show", "abc"]);
  assert.match(missing.stderr, /no alias of that name is one; the nearest is "ab"/);
  const wrong = await operated.admin("POST", "/admin/splits/ab", { command: "melt" });
  assert.equal(wrong.status, 400);
  const args = ["keys", "create", "--role", "viewer", "--json"];
  // The command's own document.
  const made = JSON.parse(await operated.sekisho(...args)) as { readonly secret: string };
  const ask = (method: string) =>
    fetch(`${operated.gateway.server.ready.urls["admin"]}/admin/splits/ab`, {
      method,
      headers: { authorization: `Bearer ${made.secret}`, "content-type": "application/json" },
      ...(method === "GET" ? {} : { body: JSON.stringify({ command: "reset" }) }),
    });
  assert.equal((await ask("GET")).status, 200);
  assert.equal((await ask("POST")).status, 403);
});

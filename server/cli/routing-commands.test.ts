import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { circuit } from "@sekisho/wire/admin/circuit-fixture.ts";
import type { CircuitList } from "@sekisho/wire/admin/circuits.ts";
import type { DrainList } from "@sekisho/wire/admin/drains.ts";
import type { ExplainView } from "@sekisho/wire/admin/explain.ts";
import { serveAnswer } from "./answer-fixture.ts";

const list: CircuitList = {
  circuits: [
    circuit({ level: "region", id: "east/us-east-1", state: "open", retryInMs: 12_345 }),
    circuit({ id: "east/main/m", recentFailures: 3, share: 0.25 }),
    circuit({ id: "west/main/m", state: "open", forced: "open", isDrained: true }),
  ],
  services: [],
  drained: ["us-west-2"],
  changes: [],
};

test("RTE-19 circuits are listed as a table, or as JSON", async (t) => {
  const { asked, run } = await serveAnswer(t, list);
  const { exit, out, err } = await run("circuits");
  assert.deepEqual([exit, err], ["ok", "drained: us-west-2\n"]);
  assert.equal(
    out,
    [
      "LEVEL   ID              STATE   FORCED  FAILURES  RETRY IN MS  SHARE  DRAINED",
      "region  east/us-east-1  open    -            0/5       12,345      -  -",
      "target  east/main/m     closed  -            3/5            -   25 %  -",
      "target  west/main/m     open    open         0/5            -      -  yes",
      "",
    ].join("\n"),
  );
  assert.deepEqual(JSON.parse((await run("circuits", "--json")).out), list);
  assert.deepEqual(
    asked.map(([line]) => line),
    Array(2).fill("GET /admin/circuits"),
  );
});

test("RTE-13 circuits of one target say for which models they are", async (t) => {
  const circuits = [circuit({ aliases: ["fast", "chat"] }), circuit({ aliases: ["strict"] })];
  const { run } = await serveAnswer(t, { ...list, circuits });
  const [head, ...rows] = (await run("circuits")).out.split("\n");
  assert.match(head ?? "", / FOR MODELS$/);
  assert.match(rows[0] ?? "", / fast, chat$/);
  assert.match(rows[1] ?? "", / strict$/);
});

const commands = [
  ["force-open", /^Circuit west\/main\/m is held open: /],
  ["force-close", /^Circuit west\/main\/m is held closed: /],
  ["reset", /^Circuit west\/main\/m is closed, /],
] as const;

for (const [command, says] of commands) {
  test(`RTE-19 circuits ${command} names a circuit by its id and shows it`, async (t) => {
    const { asked, run } = await serveAnswer(t, list);
    const { exit, out, err } = await run("circuits", command, "west/main/m");
    assert.equal(exit, "ok");
    assert.match(err, says);
    assert.equal(out.split("\n").length, 3);
    assert.deepEqual(asked, [["POST /admin/circuits/west%2Fmain%2Fm", { command }]]);
    const all = await run("circuits", command, "*", "--json");
    assert.deepEqual(JSON.parse(all.out), { circuits: list.circuits });
    assert.equal(asked[1]?.[0], "POST /admin/circuits/*");
    assert.equal((await run("circuits", command)).exit, "usage");
  });
}

const drains = (running: number): DrainList => ({
  drained: [
    { name: "far", targets: 1, running: 0 },
    { name: "us-east-1", targets: 7, running },
  ],
  unserved: ["sole"],
});

test("RTE-19 drain says from when on, what still runs, and who is left without", async (t) => {
  const { asked, run } = await serveAnswer(t, drains(3));
  const { exit, out, err } = await run("drain", "us-east-1");
  assert.deepEqual([exit, out], ["ok", ""]);
  assert.equal(
    err,
    [
      "us-east-1 is drained from now on, also after a restart: " +
        "no new attempt goes to its 7 targets.",
      "3 attempts run there to the end.",
      "Drained: far, us-east-1.",
      "Models without a target now: sole.",
      "",
    ].join("\n"),
  );
  assert.deepEqual(asked, [["POST /admin/drains", { name: "us-east-1" }]]);
  assert.match((await run("drain", "far")).err, /its target\.\nNothing runs there any more\./);
  assert.deepEqual(JSON.parse((await run("drain", "far", "--json")).out), drains(3));
});

test("RTE-19 undrain says that it is in use again", async (t) => {
  const { asked, run } = await serveAnswer(t, { drained: [], unserved: [] });
  const { exit, err } = await run("undrain", "a/b");
  assert.deepEqual([exit, err], ["ok", "a/b is in use again from now on.\n"]);
  assert.deepEqual(asked, [["DELETE /admin/drains/a%2Fb", null]]);
});

const view = (over: Partial<ExplainView>): ExplainView => ({
  model: "fast",
  surface: "openai.chat",
  key: null,
  tenant: null,
  choice: null,
  pools: [{ name: "fast", balance: "failover" }],
  attempts: [
    {
      target: "east/main/m",
      provider: "east",
      region: "us-east-1",
      credential: "main",
      upstreamModel: "m",
      pool: "fast",
      api: "openai.chat",
      priority: 0,
      weight: 1,
      maxTokens: 4_096,
      dearestNanoUsd: 12_000_000,
      dearestUsd: 0.012,
      timeouts: {
        connectMs: 3_000,
        firstTokenMs: 10_000,
        betweenTokensMs: 30_000,
        attemptMs: null,
      },
      circuits: [circuit({}), circuit({ level: "region", state: "half_open" })],
      rest: null,
      share: 0.5,
      inFlight: 2,
      load: 0,
      retriesLeft: 100,
    },
  ],
  maxAttempts: 3,
  leftOutMessages: 0,
  summary: null,
  leftOut: [],
  deadlineMs: 600_000,
  retrySpendLeftNanoUsd: null,
  refusal: null,
  sentences: ['"fast" is a pool'],
  ...over,
});

test("RTE-2 explain shows the attempts, then why", async (t) => {
  const { asked, run } = await serveAnswer(t, view({}));
  const { exit, out, err } = await run("explain", "fast");
  assert.deepEqual([exit, err], ["ok", ""]);
  const [head = "", row = "", ...rest] = out.split("\n");
  assert.match(head, /^# +PROVIDER +REGION +CREDENTIAL +MODEL +INTERFACE +MAX TOKENS/);
  assert.match(row, /^1 +east +us-east-1 +main +m +openai\.chat +4,096 +0\.012 +10,000 /);
  assert.match(row, /region half_open +50 % +2 +100$/);
  assert.deepEqual(rest, [
    "",
    '- "fast" is a pool',
    "- the call has 600,000 ms with all its attempts",
    "",
  ]);
  assert.deepEqual(asked, [["POST /admin/explain", { model: "fast" }]]);
  assert.deepEqual(JSON.parse((await run("explain", "fast", "--json")).out), view({}));
});

test("RTE-2 explain leaves out columns that say nothing, and shows pools of a chain", async (t) => {
  const [attempt = assert.fail()] = view({}).attempts;
  const plain = { ...attempt, credential: null, share: 1, circuits: [circuit({})] };
  const pools = [...view({}).pools, { name: "slow", balance: "failover" }];
  const { run } = await serveAnswer(t, view({ attempts: [plain], pools }));
  const [head = "", row = ""] = (await run("explain", "fast")).out.split("\n");
  const titles = head.split(/ {2,}/);
  assert.deepEqual(titles.slice(0, 4), ["#", "POOL", "PROVIDER", "REGION"]);
  for (const title of ["CREDENTIAL", "ATTEMPT MS", "SHARE"]) assert.ok(!titles.includes(title));
  assert.match(row, / closed +2 +100$/);
});

test("RTE-2 explain shows of each attempt why it may not be tried", async (t) => {
  const [attempt = assert.fail()] = view({}).attempts;
  const open = circuit({ level: "region", state: "open", retryInMs: 60_000 });
  const attempts = [
    { ...attempt, circuits: [open], rest: { cause: "region", forMs: 60_000 }, share: 0 },
    { ...attempt, rest: { cause: "drained", forMs: null }, share: 0 },
    { ...attempt, rest: { cause: "cooling", forMs: 1_500 }, share: 0 },
  ];
  const { run } = await serveAnswer(t, { ...view({}), attempts });
  const [, ...rows] = (await run("explain", "fast")).out.split("\n");
  assert.match(rows[0] ?? "", / region open for 60,000 ms +- +2 +100$/);
  assert.match(rows[1] ?? "", / drained +- +2 +100$/);
  assert.match(rows[2] ?? "", / paused for 1,500 ms +- +2 +100$/);
});

test("RTE-2 explain sends the client's own body and head, and who asks", async (t) => {
  const { asked, run } = await serveAnswer(t, view({}));
  const folder = mkdtempSync(join(tmpdir(), "sekisho-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "request.json");
  const body = { max_tokens: 5, messages: [] };
  writeFileSync(file, JSON.stringify(body));
  const surface = ["--surface", "anthropic.messages"];
  const header = ["--header", "Anthropic-Beta: a, b"];
  await run("explain", "漫画", ...surface, "--file", file, "--key", "key_1", ...header);
  assert.deepEqual(asked[0]?.[1], {
    model: "漫画",
    surface: "anthropic.messages",
    key: "key_1",
    headers: { "anthropic-beta": "a, b" },
    body,
  });
  writeFileSync(file, '{"canary');
  const broken = await run("explain", "m", "--file", file);
  assert.equal(broken.exit, "usage");
  assert.ok(broken.err.includes("it is not valid JSON") && !broken.err.includes("canary"));
  assert.match((await run("explain", "m", "--file", `${file}x`)).err, /ENOENT/);
  assert.equal((await run("explain", "m", "--header", "beta")).exit, "usage");
  const near = await run("explain", "m", "--surface", "anthropic.message");
  assert.match(near.err, /did you mean anthropic\.messages\?/);
  assert.equal(asked.length, 1);
});

test("RTE-2 explain ends with 1 when the client would be refused", async (t) => {
  const message = "Cannot find it";
  const refusal = {
    code: "model_not_found",
    status: 404,
    message,
    param: null,
    retryAfterMs: null,
  };
  const sentences = [`the client would get 404 model_not_found: ${message}`];
  const refused = view({ attempts: [], deadlineMs: null, refusal, sentences });
  const { run } = await serveAnswer(t, refused);
  assert.deepEqual(await run("explain", "fats"), {
    exit: "failed",
    out: "- the client would get 404 model_not_found: Cannot find it\n",
    err: "",
  });
});

test("RTE-4 weights that cannot be meant are refused before anybody is asked", async (t) => {
  const { asked, run } = await serveAnswer(t, {});
  const wrong: readonly (readonly [text: string, says: string])[] = [
    ["fast=1,fast=2", 'arm "fast" stands twice'],
    ["fast=80,quality=20, fast =80", 'arm "fast" stands twice'],
    ["a=b=1,c=2,a=b=1", 'arm "a=b" stands twice'],
    [",", "write arm=weight,arm=weight"],
    ["fast", "write arm=weight,arm=weight"],
    ["fast=1,", "write arm=weight,arm=weight"],
    ["fast=1,slow=-5", 'the weight of "slow" must be 0 to 10000'],
    ["fast=123456", 'the weight of "fast" must be 0 to 10000'],
  ];
  for (const [text, says] of wrong) {
    const { exit, err } = await run("splits", "set", "ab", text);
    assert.deepEqual([exit, err], ["usage", `sekisho: Cannot read weights ${text}: ${says}\n`]);
  }
  assert.deepEqual(asked, []);
});

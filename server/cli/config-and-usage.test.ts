import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import type { ConfigView } from "@sekisho/wire/admin/config.ts";
import type { UsageFiguresView, UsageView } from "@sekisho/wire/admin/usage.ts";
import { runCommandLine } from "./sekisho.ts";
import { usageTable } from "./usage.ts";

/** A server that gives every request the same answer, and the environment that names it. */
const serve = (t: TestContext, reply: unknown, end: string = "") =>
  serveText(t, JSON.stringify(reply) + end);

const serveText = async (t: TestContext, text: string) => {
  const lines: string[] = [];
  const bodies: string[] = [];
  const server = createServer((request, response) => {
    lines.push(`${request.method} ${decodeURIComponent(request.url ?? "")}`);
    let body = "";
    request.on("data", (chunk) => void (body += String(chunk)));
    request.on("end", () => {
      bodies.push(body);
      response.end(text);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => server.close());
  const address = server.address();
  assert.ok(address !== null && typeof address === "object");
  const url = `http://127.0.0.1:${address.port}`;
  return { lines, bodies, env: { SEKISHO_URL: url, SEKISHO_ADMIN_KEY: "k" } };
};

const run = async (argv: readonly string[], env: Readonly<Record<string, string>> = {}) => {
  const said = { out: "", err: "" };
  const exit = await runCommandLine(argv, {
    out: (text) => void (said.out += text),
    err: (text) => void (said.err += text),
    env,
    clock: new VirtualClock(),
  });
  return { exit, ...said };
};

const view: ConfigView = {
  file: "sekisho.yaml",
  overlay: "conf/sekisho.prod.yaml",
  values: [
    { path: "listen.port", value: 8080, origin: "default", line: null },
    { path: "models.fast.attempts.max", value: 5, origin: "admin", line: null },
    { path: "tenants.acme.keys[0].id", value: "web", origin: "file", line: 12 },
    { path: "models.fast.timeouts.attemptMs", value: 25_000, origin: "overlay", line: 3 },
  ],
  restart: ["listen.port"],
  warnings: ['key key_1 of tenant acme: "old" is no model; the nearest is "fast"'],
};

test("CFG-3 config show prints paths and values, with --origin where they come from", async (t) => {
  const { lines, env } = await serve(t, view);
  const plain = await run(["config", "show", "models"], env);
  assert.deepEqual(
    [plain.exit, plain.out],
    [
      "ok",
      "PATH                            VALUE\nmodels.fast.attempts.max        5\n" +
        "models.fast.timeouts.attemptMs  25000\n",
    ],
  );
  assert.match(plain.err, /Takes effect at the next start: listen\.port/);
  const full = await run(["config", "show", "--origin"], env);
  assert.match(full.out, /^tenants\.acme\.keys\[0\]\.id +"web" +file:12$/m);
  assert.match(full.out, /^models\.fast\.timeouts\.attemptMs +25000 +sekisho\.prod\.yaml:3$/m);
  assert.match(full.err, /file: sekisho\.yaml\noverlay: conf\/sekisho\.prod\.yaml/);
  const json = await run(["config", "show", "tenants.acme.keys", "--json"], env);
  assert.deepEqual(JSON.parse(json.out), { ...view, values: [view.values[2]] });
  assert.equal((await run(["config", "show", "mod"], env)).exit, "refused");
  assert.ok(lines.every((line) => line === "GET /admin/config"));
});

test("REF-7 config check tries the modules that a file names", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "sekisho-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "sekisho.json");
  const balance = join(folder, "balance.js");
  const models = { m: { targets: [{ provider: "p", model: "x" }], balance } };
  const provider = { kind: "openai-compatible", baseUrl: "http://127.0.0.1:9" };
  writeFileSync(file, JSON.stringify({ providers: { p: provider }, models }));
  writeFileSync(balance, "export const order = 1;\n");
  const wrong = await run(["config", "check", file]);
  assert.equal(wrong.exit, "failed");
  assert.match(wrong.err, /sekisho\.json:1: models\.m\.balance: .* default export is no function/);
  writeFileSync(balance, "export default (candidates) => candidates.map((_, at) => at);\n");
  assert.equal((await run(["config", "check", file])).exit, "ok");
});

test("CFG-3 config set takes JSON, and text where it is none", async (t) => {
  const { lines, bodies, env } = await serve(t, view);
  const path = 'models["mock.*"].attempts';
  for (const value of ["5", '{"max":2}', "us-east-1", '"5"', "null"]) {
    assert.equal((await run(["config", "set", path, value], env)).exit, "ok");
  }
  const values = bodies.map((body) => JSON.parse(body).value);
  assert.deepEqual(values, [5, { max: 2 }, "us-east-1", "5", null]);
  assert.ok(lines.every((line) => line === `PUT /admin/config/${path}`));
  const unset = await run(["config", "unset", path], env);
  assert.match(unset.err, /is no longer set at run time/);
  assert.match(unset.err, /^warning: key key_1 of tenant acme: "old" is no model; the nearest/m);
  const reload = await run(["config", "reload"], env);
  assert.match(reload.err, /^warning: key key_1 of tenant acme: "old" is no model; the nearest/m);
  assert.deepEqual(lines.slice(-2), [`DELETE /admin/config/${path}`, "POST /admin/config/reload"]);
});

const write = (t: TestContext, text: string): string => {
  const folder = mkdtempSync(join(tmpdir(), "sekisho-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "sekisho.yaml");
  writeFileSync(path, text);
  return path;
};

test("OPS-3 config check says what is wrong and where, or that all is well", async (t) => {
  const good = write(t, "listen: { port: 9090 }\n");
  const fine = await run(["config", "check", good]);
  assert.deepEqual(fine, { exit: "ok", out: "", err: `${good} is valid.\n` });
  const bad = write(t, "log: {}\nlisten: { prot: 9090 }\n");
  const wrong = await run(["config", "check", "--config", bad]);
  assert.deepEqual([wrong.exit, wrong.out], ["failed", ""]);
  assert.match(wrong.err, /sekisho\.yaml:2: .*prot.*port/);
  const json = await run(["config", "check", bad, "--json"]);
  assert.equal(json.exit, "failed");
  assert.equal(JSON.parse(json.out).ok, false);
  assert.equal((await run(["config", "check", good, "--config", bad])).exit, "usage");
  const missing = await run(["config", "check", `${good}.gone`]);
  assert.deepEqual([missing.exit, missing.out], ["failed", ""]);
});

test("the printed example is valid, and the printed schema is JSON", async (t) => {
  const example = await run(["config", "example"]);
  const checked = await run(["config", "check", write(t, example.out)]);
  assert.equal(checked.exit, "ok", checked.err);
  const schema = JSON.parse((await run(["config", "schema"])).out);
  assert.equal(typeof schema.properties.listen, "object");
});

const figures: UsageFiguresView = {
  requests: 1234,
  errors: 1,
  inputTokens: 10,
  outputTokens: 20,
  wastedTokens: 9,
  cachedTokens: 0,
  reasoningTokens: 0,
  costNanoUsd: 6_000_000,
  cacheHitRate: 0.25,
  givenAnswers: 300,
  savedNanoUsd: 2_000_000,
  averageLatencyMs: 12.5,
  p50LatencyMs: 12,
  p95LatencyMs: 40,
  p99LatencyMs: 1410,
  averageFirstTokenMs: 3,
  p95FirstTokenMs: 4,
  successRate: 0.9999,
};

const usage: UsageView = {
  from: "2025-12-31T00:00:00.000Z",
  to: "2026-01-01T00:00:00.000Z",
  group: "agent",
  without: null,
  totals: figures,
  groups: [{ name: "漫画", figures }],
  unpriced: null,
};

test("MON-14 usage is a table with a line per group and a total", () => {
  assert.equal(
    usageTable(usage),
    "AGENT  REQUESTS  ERRORS  SUCCESS  COST USD  INPUT  OUTPUT  WASTED  CACHED  " +
      "P50 MS  P95 MS  P99 MS  FIRST P95 MS\n" +
      "漫画      1,234       1   99.9 %     0.006     10      20       9       0    " +
      "12.0    40.0   1,410          4.00\n" +
      "total     1,234       1   99.9 %     0.006     10      20       9       0    " +
      "12.0    40.0   1,410          4.00\n",
  );
});

const unmeasured: UsageFiguresView = {
  ...figures,
  p50LatencyMs: 0,
  p95LatencyMs: 0,
  p99LatencyMs: 0,
  p95FirstTokenMs: 0,
};

test("MON-10 calls of which nobody knows the time have no percentile", () => {
  const table = usageTable({ ...usage, groups: [{ name: "unknown", figures: unmeasured }] });
  assert.match(table, /^unknown +1,234 .* - +- +- +-$/m);
});

test("MON-14 usage says that probes are left out", async (t) => {
  const { env } = await serve(t, { ...usage, without: "sekisho" });
  const { err } = await run(["usage"], env);
  assert.match(err, /\nwithout probes, which are booked under --tenant sekisho\n$/);
});

test("MON-14 usage of no call has no percentiles, and says where calls are", async (t) => {
  const none = { ...unmeasured, requests: 0, errors: 0, costNanoUsd: 0, successRate: 1 };
  const { env } = await serve(t, { ...usage, group: null, groups: [], totals: none });
  const { err, out } = await run(["usage", "--tenant", "amce"], env);
  assert.match(out, /^total +0 +0 +- +0\.00 .* - +- +- +-$/m);
  assert.match(err, /no call is booked: "sekisho usage --group tenant" names every tenant/);
  assert.match((await run(["usage"], env)).err, /--range 30d/);
  assert.match((await run(["usage", "--range", "2026-10"], env)).err, /export --range all"/);
});

test("MON-14 usage asks for what the options say", async (t) => {
  const { lines, env } = await serve(t, usage);
  const words = [
    "usage",
    "--tenant",
    "acme",
    "--agent",
    "漫画",
    "--range",
    "7d",
    "--group",
    "agent",
  ];
  const { exit, out, err } = await run(words, env);
  assert.deepEqual([exit, out], ["ok", usageTable(usage)]);
  assert.equal(err, "2025-12-31T00:00:00.000Z to 2026-01-01T00:00:00.000Z\n");
  const json = await run(["usage", "--json"], env);
  assert.deepEqual(JSON.parse(json.out), usage);
  const query = "tenant=acme&agent=漫画&range=7d&group=agent";
  assert.deepEqual(lines, [`GET /admin/usage?${query}`, "GET /admin/usage"]);
  assert.equal((await run(["usage", "--range", "2h"], env)).exit, "usage");
});

test("MON-14 usage by source tells reservations and calls without a price", async (t) => {
  const unknown = { ...figures, requests: 2, costNanoUsd: 350_000_000 };
  const groups = [{ name: "unknown", figures: unknown }];
  const split = await serve(t, { ...usage, group: "source", groups, unpriced: 1 });
  const { exit, out } = await run(["usage", "--group", "source"], split.env);
  assert.equal(exit, "ok");
  assert.match(out, /^SOURCE .*\nunknown .*\ntotal /);
  assert.match(
    out,
    /\nbooked at reservation \(unknown\): 2 calls, 0\.35 USD; without a price: 1 call\n$/,
  );
  const none = await serve(t, { ...usage, group: "source", groups: [], unpriced: 0 });
  const empty = (await run(["usage", "--group", "source"], none.env)).out;
  assert.match(empty, /unknown\): 0 calls, 0\.00 USD; without a price: 0 calls\n$/);
});

test("MON-14 usage has no totals of users and says where their calls are", async (t) => {
  const { env, lines } = await serve(t, usage);
  const { exit, err } = await run(["usage", "--group", "user"], env);
  assert.deepEqual([exit, lines.length], ["usage", 0]);
  assert.match(err, /one of tenant, team, .*, source; totals have no users, "sekisho usage export/);
});

test("MON-14 usage export of no call says where calls are, and one row is one", async (t) => {
  const argv = ["usage", "export", "--format", "jsonl"];
  const { env, lines } = await serve(t, { id: "req_1" }, "\n");
  assert.equal((await run(argv, env)).err, "");
  const csv = await run(["usage", "export", "--tenant", "amce"], env);
  assert.deepEqual([csv.exit, csv.out], ["ok", '{"id":"req_1"}\n']);
  assert.match(csv.err, /^no call is booked: "sekisho usage --group tenant" names every tenant/);
  assert.match((await run(["usage", "export"], env)).err, /"sekisho usage export --range all"/);
  const ever = await run(["usage", "export", "--range", "all"], env);
  assert.equal(ever.err, "no call is booked\n");
  assert.equal(lines[1], "GET /admin/ledger?format=csv&tenant=amce");
});

const booked = (attempt: number) => ({ time: "2026-01-01T00:00:00.000Z", id: "req_1", attempt });
const rows: readonly (readonly [of: string, format: string, text: string, isTold: boolean])[] = [
  ["calls and attempts", "jsonl", JSON.stringify(booked(1)), true],
  ["calls alone", "jsonl", JSON.stringify({ ...booked(0), user: '"attempt":1' }), false],
  ["calls and attempts", "csv", "time,id,attempt\nt,req_1,0,a\nt,req_1,1,a", true],
  ["calls alone", "csv", "time,id,attempt\nt,req_1,0,1", false],
];

for (const [of, format, text, isTold] of rows) {
  test(`MON-15 usage export of ${of} as ${format}: what is not to be added up`, async (t) => {
    const { env } = await serveText(t, `${text}\n`);
    const { exit, out, err } = await run(["usage", "export", "--format", format], env);
    assert.deepEqual([exit, out], ["ok", `${text}\n`]);
    if (isTold) assert.match(err, /^rows of calls .*; --view tenant has the calls alone\n$/);
    else assert.equal(err, "");
  });
}

test("SEC-16 erase of a name without calls says where calls are", async (t) => {
  const argv = ["erase", "--tenant", "amce", "--user", "anna"];
  const none = await serve(t, { pseudonym: "erased_1", calls: 0, sessions: 0 });
  const said = await run(argv, none.env);
  assert.deepEqual([said.exit, said.out], ["ok", "0 calls are of erased_1 now\n"]);
  const json = await run([...argv, "--json"], none.env);
  assert.deepEqual([json.exit, json.err, JSON.parse(json.out).calls], ["ok", "", 0]);
  assert.match(
    said.err,
    /^no call of that name is booked: "sekisho usage export --range all" has those/,
  );
  const one = await serve(t, { pseudonym: "erased_1", calls: 1, sessions: 1 });
  assert.equal((await run(argv, one.env)).out, "1 call is of erased_1 now, 1 session with it\n");
  const some = await serve(t, { pseudonym: "erased_1", calls: 2, sessions: 0 });
  assert.equal((await run(argv, some.env)).err, "");
});

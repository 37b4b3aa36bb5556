import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import type { KeyView } from "@sekisho/wire/admin/keys.ts";
import { problemOf } from "@sekisho/wire/admin/problem.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import { runCommandLine } from "./sekisho.ts";

const adminId = "0".repeat(26);
const adminKey = `ska_dev_${adminId}_${"s".repeat(49)}`;

const makeKey = (changes: Partial<KeyView> = {}): KeyView => ({
  id: "key_1",
  tenant: "acme",
  team: null,
  role: "client",
  name: "レジ",
  models: ["*"],
  surfaces: ["*"],
  criticality: "critical",
  requestBudget: null,
  streamGraceMs: null,
  budgetStatus: 402,
  tags: [],
  origin: "admin",
  createdAt: "2026-01-01T00:00:00.000Z",
  rotatedAt: null,
  previousUntil: null,
  revokedAt: null,
  addresses: [],
  expiresAt: null,
  lastUsedAt: null,
  origins: [],
  accessKeyId: null,
  ...changes,
});

interface Asked {
  readonly line: string;
  readonly authorization: string | undefined;
  readonly body: unknown;
}

type Reply = readonly [status: number, body: unknown];

const refusal = (code: Code, detail: string): Reply => {
  const problem = problemOf(code, { detail, requestId: "req_1" });
  return [problem.status, problem];
};

const readBody = async (request: IncomingMessage): Promise<unknown> => {
  let text = "";
  for await (const chunk of request) text += String(chunk);
  return text === "" ? null : JSON.parse(text);
};

/** An admin API over a real socket that answers as the test says, and a folder that names it. */
const serve = async (t: TestContext, answer: (asked: Asked) => Reply) => {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    void readBody(request).then((body) => {
      const line = `${request.method} ${request.url}`;
      const entry = { line, authorization: request.headers.authorization, body };
      asked.push(entry);
      const [status, reply] = answer(entry);
      response.writeHead(status, { "content-type": "application/json" });
      response.end(typeof reply === "string" ? reply : JSON.stringify(reply));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => server.close());
  const address = server.address();
  assert.ok(address !== null && typeof address === "object");
  const url = `http://127.0.0.1:${address.port}`;
  const data = makeFolder(t);
  writeFileSync(join(data, "server.json"), JSON.stringify({ pid: 1, urls: [url], adminUrl: url }));
  writeFileSync(join(data, "first-run.json"), JSON.stringify({ demoKey: null, adminKey }));
  return { asked, data, url };
};

const makeFolder = (t: TestContext): string => {
  const folder = mkdtempSync(join(tmpdir(), "sekisho-"));
  t.after(() => rmSync(folder, { recursive: true }));
  return folder;
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

test("the server is found by the data folder, with the admin key of the first start", async (t) => {
  const { asked, data } = await serve(t, () => [200, { keys: [makeKey()], next: null }]);
  const { exit, out } = await run(["keys", "list", "--data", data]);
  assert.equal(exit, "ok");
  assert.equal(
    out,
    "ID     TENANT  TEAM  ROLE    NAME  MODELS  ADDRESSES  CRITICALITY  ORIGIN  ACCESS KEY  " +
      "LAST USED  STATE\n" +
      "key_1  acme    -     client  レジ  *       -          critical     admin   -           " +
      "never      made 2026-01-01T00:00:00.000Z\n",
  );
  assert.equal(asked[0]?.authorization, `Bearer ${adminKey}`);
  assert.equal((await run(["keys", "list"], { SEKISHO_DATA: data })).out, out);
});

test("a list of keys shows where each is good, and which have ended by themselves", async (t) => {
  const keys = [
    makeKey({ addresses: ["10.1.0.0/16", "2001:db8::7"] }),
    makeKey({ id: "key_2", expiresAt: "1999-12-31T23:59:59.000Z" }),
    makeKey({ id: "key_3", expiresAt: "2999-12-31T23:59:59.000Z" }),
  ];
  const { data } = await serve(t, () => [200, { keys, next: null }]);
  const { out } = await run(["keys", "list", "--data", data]);
  const [, limited, ended, good] = out.split("\n");
  assert.match(limited ?? "", / 10\.1\.0\.0\/16,2001:db8::7 /);
  assert.match(ended ?? "", /expired 1999-12-31T23:59:59\.000Z$/);
  assert.match(good ?? "", /until 2999-12-31T23:59:59\.000Z$/);
});

test("options win over the environment, the environment over the data folder", async (t) => {
  const { asked, data, url } = await serve(t, () => [200, { keys: [], next: null }]);
  const env = { SEKISHO_URL: "http://127.0.0.1:9", SEKISHO_ADMIN_KEY: "from-env" };
  await run(["keys", "list", "--data", data, "--url", url], env);
  await run(["keys", "list", "--url", url, "--admin-key", "from-option"], env);
  const sent = asked.map(({ authorization }) => authorization);
  assert.deepEqual(sent, ["Bearer from-env", "Bearer from-option"]);
  assert.equal((await run(["keys", "list", "--data", data], env)).exit, "unreachable");
});

test("a list is followed page after page, with its filter", async (t) => {
  const pages = [
    { keys: [makeKey()], next: "key_1" },
    { keys: [makeKey({ id: "key_2" })], next: null },
  ];
  const { asked, data } = await serve(t, ({ line }) => [
    200,
    pages[line.includes("after") ? 1 : 0],
  ]);
  const words = ["keys", "list", "--tenant", "a&b", "--revoked", "--json", "--data", data];
  const { out } = await run(words);
  assert.deepEqual(
    asked.map(({ line }) => line),
    [
      "GET /admin/keys?tenant=a%26b&revoked=true",
      "GET /admin/keys?tenant=a%26b&revoked=true&after=key_1",
    ],
  );
  assert.deepEqual(JSON.parse(out), { keys: [makeKey(), makeKey({ id: "key_2" })] });
});

test("a new key alone is on standard output, so that a script can keep it", async (t) => {
  const { asked, data } = await serve(t, () => [
    201,
    { key: makeKey(), secret: "sk_dev_x", aws: null },
  ]);
  const words = ["keys", "create", "--tenant", "acme", "--models", "fast, quality"];
  words.push("--stream-grace", "30s", "--budget-status", "429", "--data", data);
  words.push("--tag", "search", "--tag", "prod");
  const { exit, out, err } = await run(words);
  assert.deepEqual([exit, out], ["ok", "sk_dev_x\n"]);
  assert.match(err, /^Made client key key_1 for acme\. It is shown this once:\n$/);
  const body = {
    role: "client",
    tenant: "acme",
    models: ["fast", "quality"],
    streamGraceMs: 30_000,
    budgetStatus: 429,
    tags: ["search", "prod"],
  };
  assert.deepEqual(asked[0], { ...asked[0], line: "POST /admin/keys", body });
  const json = await run([...words, "--json"]);
  assert.deepEqual(JSON.parse(json.out), { key: makeKey(), secret: "sk_dev_x", aws: null });
  assert.equal((await run(["keys", "create", "--data", data])).exit, "usage");
});

test("SEC-1 a pair is shown below its key as a shell takes it, made and rotated", async (t) => {
  const aws = { accessKeyId: `SKIA${"A".repeat(16)}`, secretAccessKey: "s+/".padEnd(40, "x") };
  const answer = { key: makeKey({ accessKeyId: aws.accessKeyId }), secret: "sk_dev_x", aws };
  const { asked, data } = await serve(t, () => [201, answer]);
  const words = ["keys", "create", "--tenant", "acme", "--aws", "--data", data];
  const lines =
    "sk_dev_x\n" +
    `export AWS_ACCESS_KEY_ID=${aws.accessKeyId}\n` +
    `export AWS_SECRET_ACCESS_KEY=${aws.secretAccessKey}\n`;
  assert.equal((await run(words)).out, lines);
  assert.deepEqual(asked[0]?.body, { role: "client", tenant: "acme", aws: true });
  assert.deepEqual(JSON.parse((await run([...words, "--json"])).out), answer);
  assert.equal((await run(["keys", "rotate", "key_1", "--data", data])).out, lines);
});

test("a key is rotated with a grace, and revoked", async (t) => {
  const { asked, data } = await serve(t, ({ line }) =>
    line.startsWith("POST")
      ? [200, { key: makeKey(), secret: "sk_dev_y", aws: null }]
      : [200, makeKey()],
  );
  const rotated = await run(["keys", "rotate", "key/1", "--grace", "10m", "--data", data]);
  assert.deepEqual([rotated.exit, rotated.out], ["ok", "sk_dev_y\n"]);
  assert.match(rotated.err, /Grace: 600000 ms/);
  const revoked = await run(["keys", "revoke", "key_1", "--data", data]);
  assert.deepEqual([revoked.exit, revoked.out], ["ok", ""]);
  assert.deepEqual(
    asked.map(({ line, body }) => [line, body]),
    [
      ["POST /admin/keys/key%2F1/rotate", { graceMs: 600_000 }],
      ["DELETE /admin/keys/key_1", null],
    ],
  );
});

test("SEC-11 keys rotate without an id does the first keys, its own admin key last", async (t) => {
  const first = { origin: "first-run" } as const;
  const keys = [
    makeKey({ ...first, id: `key_${adminId}`, role: "admin" }),
    makeKey({ ...first, id: "key_other", role: "admin" }),
    makeKey({ ...first, id: "key_demo" }),
    makeKey({ id: "key_mine" }),
  ];
  const { asked, data } = await serve(t, ({ line }) => {
    if (line.startsWith("GET")) return [200, { keys, next: null }];
    const key = keys.find(({ id }) => line.includes(id));
    return [200, { key, secret: `new-${key?.role}`, aws: null }];
  });
  const { exit, out, err } = await run(["keys", "rotate", "--data", data]);
  assert.equal(exit, "ok");
  assert.deepEqual(
    asked.slice(1).map(({ line }) => line.split("/")[3]),
    ["key_demo", "key_other", `key_${adminId}`],
  );
  assert.equal(out, "demo key   new-client\nadmin key  new-admin\nadmin key  new-admin\n");
  assert.match(err, /Rotated 3 keys\. The old ones ended at once/);
});

test("MON-18 a refused plan names the option, and no body that nobody has sent", async (t) => {
  const { data } = await serve(t, () =>
    refusal("invalid_value", "Cannot read the body: messagesPerDay must be 1 or more"),
  );
  const { exit, err } = await run(["plan", "--messages-per-day", "0", "--data", data]);
  const said = "sekisho: --messages-per-day must be 1 or more (invalid_value, req_1)\n";
  assert.deepEqual([exit, err], ["refused", said]);
});

test("a rotation that fails half-way has shown what it had made", async (t) => {
  const keys = [
    makeKey({ origin: "first-run", id: "key_demo" }),
    makeKey({ origin: "first-run", id: "key_admin", role: "admin" }),
  ];
  const { data } = await serve(t, ({ line }) => {
    if (line.startsWith("GET")) return [200, { keys, next: null }];
    if (line.includes("key_admin")) return refusal("storage_unavailable", "Cannot commit");
    return [200, { key: keys[0], secret: "new-demo", aws: null }];
  });
  const { exit, out, err } = await run(["keys", "rotate", "--data", data]);
  assert.deepEqual([exit, out], ["failed", "demo key   new-demo\n"]);
  assert.equal(err, "sekisho: Cannot commit (storage_unavailable, req_1)\n");
});

const none = { keys: [], next: null };
const outcomes: readonly (readonly [name: string, reply: Reply, exit: string, err: RegExp])[] = [
  [
    "a wrong key",
    refusal("invalid_credential", "unknown"),
    "refused",
    /\(invalid_credential, req_1\)/,
  ],
  ["a client key", refusal("forbidden", "no admin key"), "refused", /\(forbidden/],
  ["an unknown id", refusal("not_found", "there is none"), "refused", /\(not_found/],
  ["an error inside", refusal("internal", "Something went wrong"), "failed", /\(internal/],
  ["another program", [200, "<html>hello"], "failed", /status 200 without a body that Sekisho/],
  ["another program's error", [404, "<html>"], "failed", /status 404/],
  ["another program's JSON error", [401, { error: "no" }], "failed", /status 401/],
  [
    "no first keys left",
    [200, none],
    "refused",
    /no key of the first start is left, or none that this admin key may see; name/,
  ],
  ["terminal codes", refusal("conflict", "a\u001b[31mb"), "refused", /a\ufffd\[31mb/],
];

for (const [name, reply, exit, err] of outcomes) {
  test(`an answer with ${name} ends the command as ${exit}`, async (t) => {
    const { data } = await serve(t, () => reply);
    const result = await run(["keys", "rotate", "--data", data]);
    assert.deepEqual([result.exit, result.out], [exit, ""]);
    assert.match(result.err, err);
  });
}

test("CFG-3 each fault of a value has its line; control characters do not pass", async (t) => {
  const { data } = await serve(t, () => refusal("invalid_value", "a: 1\nb: \u001b[31m2"));
  const set = await run(["config", "set", "log", "1", "--data", data]);
  assert.equal(set.exit, "refused");
  assert.equal(set.err, "sekisho: a: 1\nb: \ufffd[31m2 (invalid_value, req_1)\n");
  const revoked = await run(["keys", "revoke", "key_1", "--data", data]);
  assert.match(revoked.err, /^sekisho: a: 1\ufffdb: \ufffd\[31m2 /);
});

test("no server, a stale address and no key are told apart", async (t) => {
  const data = makeFolder(t);
  const nobody = await run(["keys", "list", "--data", data]);
  assert.equal(nobody.exit, "unreachable");
  assert.match(nobody.err, /No server runs on .*: start it with "sekisho start"/);
  const closed = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => closed.once("listening", resolve));
  const address = closed.address();
  assert.ok(address !== null && typeof address === "object");
  await new Promise((resolve) => closed.close(resolve));
  const adminUrl = `http://127.0.0.1:${address.port}`;
  writeFileSync(join(data, "server.json"), JSON.stringify({ adminUrl }));
  assert.equal((await run(["keys", "list", "--data", data])).exit, "refused");
  const stale = await run(["keys", "list", "--data", data, "--admin-key", adminKey]);
  assert.equal(stale.exit, "unreachable");
  assert.match(stale.err, /Cannot reach http:\/\/127\.0\.0\.1:\d+ \(ECONNREFUSED\)/);
  assert.equal((await run(["keys", "list", "--url", "ftp://x"])).exit, "usage");
});

test("SEC-9 a broken first-run file is named and not quoted", async (t) => {
  const { data } = await serve(t, () => [200, none]);
  writeFileSync(join(data, "first-run.json"), '{"adminKey": "canary');
  const { exit, err } = await run(["keys", "list", "--data", data]);
  assert.equal(exit, "failed");
  assert.ok(err.includes("first-run.json: it is not valid JSON") && !err.includes("canary"));
});

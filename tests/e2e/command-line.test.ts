import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import type { UsageView } from "@sekisho/wire/admin/usage.ts";
import { GatewayUnderTest } from "../harness/gateway-under-test.ts";
import { runProgram } from "../harness/run-program.ts";

let gateway: GatewayUnderTest;
before(async () => {
  gateway = await GatewayUnderTest.start();
});
after(() => gateway[Symbol.asyncDispose]());

/** A command against the running server, found by its data folder. */
const sekisho = async (...args: string[]): Promise<string> => {
  const { code, stdout, stderr } = await runProgram([...args, "--data", gateway.server.data]);
  assert.equal(code, 0, stderr);
  return stdout.trim();
};

const statusWith = async (key: string, rest: object = {}): Promise<number> => {
  const response = await gateway.chat("Hello", rest, { authorization: `Bearer ${key}` });
  await response.arrayBuffer();
  return response.status;
};

interface MadeKey {
  readonly key: { readonly id: string };
  readonly secret: string;
}

/** Makes a key for the demo tenant. */
const makeKey = async (...args: string[]): Promise<MadeKey> =>
  // The command line prints what the admin API answered.
  JSON.parse(await sekisho("keys", "create", "--tenant", "demo", ...args, "--json")) as MadeKey;

/** What `usage --json` says. */
const usage = async (...args: string[]): Promise<UsageView> =>
  JSON.parse(await sekisho("usage", ...args, "--json")) as UsageView;

test("SEC-1 a key is made, used, rotated and revoked, each effective at once", async () => {
  const made = await makeKey("--name", "till");
  const { id } = made.key;
  assert.match(made.secret, /^sk_dev_/);
  assert.equal(await statusWith(made.secret), 200);
  const rotated = await sekisho("keys", "rotate", id);
  assert.notEqual(rotated, made.secret);
  assert.deepEqual([await statusWith(made.secret), await statusWith(rotated)], [401, 200]);
  const graced = await sekisho("keys", "rotate", id, "--grace", "1h");
  assert.deepEqual([await statusWith(rotated), await statusWith(graced)], [200, 200]);
  assert.match(await sekisho("keys", "list"), new RegExp(id));
  await sekisho("keys", "revoke", id);
  assert.deepEqual([await statusWith(rotated), await statusWith(graced)], [401, 401]);
  assert.doesNotMatch(await sekisho("keys", "list"), new RegExp(id));
  assert.match(await sekisho("keys", "list", "--revoked"), new RegExp(id));
});

test("SEC-1 a running answer outlives its key, the next request does not", async () => {
  const { key, secret } = await makeKey();
  const running = await gateway.chat(
    "Go on [[sim: tokens=40 pause=20]]",
    { stream: true },
    { authorization: `Bearer ${secret}` },
  );
  await sekisho("keys", "revoke", key.id);
  assert.equal(await statusWith(secret), 401);
  await gateway.letGo();
  assert.ok((await running.text()).endsWith("data: [DONE]\n\n"));
});

test("a key made for one model and one surface may do nothing else", async () => {
  const narrow = ["--models", "pair", "--surfaces", "openai.chat"];
  const key = await sekisho("keys", "create", "--tenant", "demo", ...narrow);
  assert.equal(await statusWith(key, { model: "pair" }), 200);
  assert.equal(await statusWith(key), 403);
  const headers = { authorization: `Bearer ${key}` };
  const legacy = await gateway.post("/v1/completions", { model: "pair", prompt: "Hi" }, headers);
  assert.equal(legacy.status, 403);
  assert.match(await legacy.text(), /"code":"forbidden"/);
});

test("SEC-18 a key whose model has left is named, and holds up nothing", async () => {
  await sekisho("config", "set", "models.brief", '{"chain":["pair","sole"]}');
  const { key, secret } = await makeKey("--models", "brief");
  assert.equal(await statusWith(secret, { model: "brief" }), 200);
  const warning = `key ${key.id} of tenant demo: "brief" is no model`;
  for (const words of [["unset", "models.brief"], ["reload"]]) {
    const { code, stderr } = await runProgram(["config", ...words, "--data", gateway.server.data]);
    assert.deepEqual([code, stderr.includes(`warning: ${warning}`)], [0, true], stderr);
  }
  const quoted = JSON.stringify(warning).slice(1, -1);
  assert.ok(gateway.server.log.includes(`"message":"configuration","reason":"${quoted}`));
  assert.equal(await statusWith(secret, { model: "brief" }), 404);
  await sekisho("config", "set", "models.pair.attempts.max", "2");
  await sekisho("config", "unset", "models.pair.attempts.max");
  await makeKey("--models", "pair");
  await sekisho("keys", "limit", key.id, "--expires-in", "1h");
  await sekisho("keys", "revoke", key.id);
  const { stderr } = await runProgram(["config", "reload", "--data", gateway.server.data]);
  assert.ok(!stderr.includes(key.id));
});

test("a client's key opens no admin API, an admin's key no model", async () => {
  const { urls, adminKey } = gateway.server.ready;
  const headers = { authorization: `Bearer ${gateway.key}` };
  const refused = await fetch(`${urls["admin"]}/admin/keys`, { headers });
  assert.equal(refused.status, 403);
  assert.equal(refused.headers.get("content-type"), "application/problem+json");
  assert.equal(await statusWith(adminKey ?? ""), 403);
});

test("OPS-3 config show says what is in force and whence; set and unset change it", async () => {
  const shown = await sekisho("config", "show", "--origin");
  assert.match(shown, /models\.sole\.attempts\.max.*file:\d+|max.*file:\d+/s);
  assert.doesNotMatch(shown, new RegExp(gateway.key));
  await sekisho("config", "set", "models.pair.defaults.maxTokens", "7");
  const response = await gateway.chat("Tell me more [[sim: tokens=50]]", { model: "pair" });
  assert.match(await response.text(), /"completion_tokens":7\b/);
  assert.match(await sekisho("config", "show", "models.pair.defaults", "--origin"), /admin/);
  await sekisho("config", "unset", "models.pair.defaults.maxTokens");
  const after = await gateway.chat("Tell me more [[sim: tokens=50]]", { model: "pair" });
  assert.match(await after.text(), /"completion_tokens":50\b/);
});

test("OPS-3 a change that does not hold is refused with 4 and changes nothing", async () => {
  const args = ["config", "set", "models.pair.attempts.max", "many"];
  const { code, stderr } = await runProgram([...args, "--data", gateway.server.data]);
  assert.equal(code, 4);
  assert.match(stderr, /models\.pair\.attempts\.max/);
  assert.equal(await statusWith(gateway.key, { model: "pair" }), 200);
});

test("OPS-3 config check names every fault of a file with its line, without a server", async () => {
  const folder = dirname(gateway.server.data);
  const file = join(folder, "wrong.yaml");
  writeFileSync(file, "listne: {}\nstreams:\n  heartbeatMs: often\n");
  const wrong = await runProgram(["config", "check", file]);
  assert.equal(wrong.code, 1);
  assert.match(wrong.stdout + wrong.stderr, /wrong\.yaml:1: .*listen/);
  assert.match(wrong.stdout + wrong.stderr, /wrong\.yaml:3: .*heartbeatMs/);
  const right = join(folder, "right.yaml");
  writeFileSync(right, (await runProgram(["config", "example"])).stdout);
  assert.equal((await runProgram(["config", "check", right])).code, 0);
});

test("MON-14 usage counts what was called", async () => {
  await gateway.settled();
  const already = await usage();
  for (const content of ["one", "two", "[[sim: fault=400]]"]) {
    await (await gateway.chat(content, {}, { "x-sekisho-agent": "teller" })).arrayBuffer();
  }
  await gateway.settled();
  const now = await usage();
  assert.equal(now.totals.requests - already.totals.requests, 3);
  const own = await usage("--agent", "teller", "--group", "outcome");
  assert.deepEqual([own.totals.requests, own.totals.errors], [3, 1]);
  assert.deepEqual(
    own.groups.map(({ name, figures }) => [name, figures.requests]),
    [
      ["ok", 2],
      ["error", 1],
    ],
  );
  assert.match(await sekisho("usage"), /requests/i);
});

test("doctor finds nothing wrong with a running server's folder", async () => {
  const { code, stdout } = await runProgram(["doctor", "--data", gateway.server.data, "--json"]);
  assert.equal(code, 0, stdout);
});

test("exit codes: a wrong command 2, no server 3, a refusal 4", async () => {
  const none = join(dirname(gateway.server.data), "none");
  const codes = await Promise.all([
    runProgram(["kesy", "list"]),
    runProgram(["keys", "list", "--data", none]),
    runProgram(["keys", "revoke", "key_nobody", "--data", gateway.server.data]),
  ]);
  assert.deepEqual(
    codes.map(({ code }) => code),
    [2, 3, 4],
  );
  assert.match(codes[0]?.stderr ?? "", /keys/);
  for (const { stderr } of codes) assert.doesNotMatch(stderr, /\n {4}at /);
});

test("SEC-11 keys rotate replaces the first keys and removes their file", async () => {
  const { demoKey, adminKey } = gateway.server.ready;
  const printed = await sekisho("keys", "rotate");
  const keys = printed.match(/ska?_dev_\S+/g) ?? [];
  assert.equal(keys.length, 2);
  assert.equal(await statusWith(demoKey ?? ""), 401);
  assert.equal(await statusWith(keys.find((key) => key.startsWith("sk_")) ?? ""), 200);
  const args = ["keys", "list", "--data", gateway.server.data];
  const old = await runProgram(args, { env: { SEKISHO_ADMIN_KEY: adminKey ?? "" } });
  assert.equal(old.code, 4);
  const env = { SEKISHO_ADMIN_KEY: keys.find((key) => key.startsWith("ska_")) ?? "" };
  assert.equal((await runProgram(args, { env })).code, 0);
});

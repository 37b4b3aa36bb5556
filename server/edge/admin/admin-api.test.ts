import assert from "node:assert/strict";
import { test } from "node:test";
import type { KeyPage, KeyWithSecret } from "@sekisho/wire/admin/keys.ts";
import {
  assertProblem,
  makeApi,
  makeExchange,
  onlyCircuit,
  readProblem,
  type Answer,
  type Question,
} from "./admin-api-harness.ts";

const readPage = ({ text }: Answer) => JSON.parse(text) as KeyPage;
const readSecret = ({ text }: Answer) => JSON.parse(text) as KeyWithSecret;

test("SEC-11 no key, another scheme, a wrong key or a client key opens nothing", async () => {
  const { ask, demoKey, adminKey, api } = makeApi();
  const missing = await ask("GET", "/admin/keys", { key: null });
  assertProblem(missing, 401, "missing_credential");
  assert.equal(missing.headers.get("www-authenticate"), "Bearer");
  const wrong = await ask("GET", "/admin/keys", { key: `${adminKey.slice(0, -1)}!` });
  assertProblem(wrong, 401, "invalid_credential");
  assertProblem(await ask("GET", "/admin/keys", { key: demoKey }), 403, "forbidden");
  const { exchange, state } = makeExchange("GET", "/admin/keys", { authorization: "Basic YTpi" });
  await api.serve(exchange);
  assert.equal(state.answer?.status, 401);
});

test("SEC-3 a body is read only after route and credential", async () => {
  const { api, demoKey } = makeApi();
  for (const url of ["/admin/keys", "/admin/nothing"]) {
    const headers = { authorization: `Bearer ${demoKey}` };
    const { exchange, state } = makeExchange("POST", url, headers);
    await api.serve(exchange);
    assert.equal(state.bodyReads, 0);
  }
});

test("an unknown path is 404, an unknown method 405 with what is allowed", async () => {
  const { ask } = makeApi();
  for (const path of ["/admin", "/admin/", "/admin/key", "/admin/keys/a/b/c", "/admin/keys/%zz"]) {
    assertProblem(await ask("GET", path), 404, "not_found");
  }
  const answer = await ask("PATCH", "/admin/keys");
  assertProblem(answer, 405, "method_not_allowed");
  assert.equal(answer.headers.get("allow"), "GET, POST");
  assertProblem(await ask("PUT", "/admin/config/reload"), 405, "method_not_allowed");
});

test("SEC-1 a key is made, listed without its secret, rotated and revoked", async () => {
  const { ask, keyring, audited } = makeApi();
  const body = { tenant: "acme", team: "shop", name: "web", models: ["fast"] };
  const created = await ask("POST", "/admin/keys", { body });
  assert.equal(created.status, 201);
  assert.equal(created.headers.get("cache-control"), "no-store");
  const { key, secret } = readSecret(created);
  assert.equal(keyring.authenticate(secret, null).team, "shop");
  assert.equal(key.createdAt, "2026-01-01T00:00:00.000Z");
  const list = await ask("GET", "/admin/keys?tenant=acme");
  assert.deepEqual(readPage(list), { keys: [key], next: null });
  const rotated = await ask("POST", `/admin/keys/${key.id}/rotate`, { body: { graceMs: 60_000 } });
  const next = readSecret(rotated);
  assert.equal(next.key.previousUntil, "2026-01-01T00:01:00.000Z");
  assert.equal(keyring.authenticate(secret, null), keyring.authenticate(next.secret, null));
  const revoked = await ask("DELETE", `/admin/keys/${key.id}`);
  assert.equal(revoked.status, 200);
  assert.throws(() => keyring.authenticate(secret, null));
  assert.throws(() => keyring.authenticate(next.secret, null));
  assertProblem(await ask("DELETE", `/admin/keys/${key.id}`), 409, "conflict");
  assertProblem(await ask("POST", `/admin/keys/${key.id}/rotate`), 409, "conflict");
  const events = ["admin.key.created", "admin.key.rotated", "admin.key.revoked"];
  assert.deepEqual(
    audited.map(({ event, object }) => [event, object]),
    events.map((e) => [e, key.id]),
  );
});

test("SEC-1 a pair is made on request, shown once, renewed with its key and ended", async () => {
  const { ask } = makeApi();
  const bare = readSecret(await ask("POST", "/admin/keys", { body: { tenant: "acme" } }));
  assert.deepEqual([bare.aws, bare.key.accessKeyId], [null, null]);
  const made = await ask("POST", "/admin/keys", { body: { tenant: "acme", aws: true } });
  const { key, aws } = readSecret(made);
  assert.ok(aws !== null);
  assert.equal(key.accessKeyId, aws.accessKeyId);
  const list = await ask("GET", "/admin/keys?tenant=acme");
  assert.equal(readPage(list).keys[1]?.accessKeyId, aws.accessKeyId);
  assert.ok(!list.text.includes(aws.secretAccessKey));
  const rotated = readSecret(await ask("POST", `/admin/keys/${key.id}/rotate`));
  assert.notEqual(rotated.aws?.accessKeyId, aws.accessKeyId);
  assert.notEqual(rotated.aws?.secretAccessKey, aws.secretAccessKey);
  const revoked = await ask("DELETE", `/admin/keys/${key.id}`);
  assert.ok(!revoked.text.includes(rotated.aws?.secretAccessKey ?? "?"));
});

test("an admin key can make another, which then works", async () => {
  const { ask } = makeApi();
  const created = await ask("POST", "/admin/keys", { body: { role: "admin", name: "ops" } });
  const { secret } = readSecret(created);
  assert.match(secret, /^ska_dev_/);
  assert.equal((await ask("GET", "/admin/keys", { key: secret })).status, 200);
});

test("SEC-11 rotating the first keys takes them out of the file, then removes it", async () => {
  const { ask, machine, adminKey } = makeApi();
  const { keys } = readPage(await ask("GET", "/admin/keys"));
  const [admin, demo] = ["owner", "client"].map(
    (role) => keys.find((key) => key.role === role)?.id,
  );
  await ask("POST", `/admin/keys/${demo}/rotate`);
  assert.deepEqual(machine.file, { demoKey: null, adminKey });
  assert.equal((await ask("POST", `/admin/keys/${admin}/rotate`)).status, 200);
  assert.equal(machine.file, null);
  assertProblem(await ask("GET", "/admin/keys"), 401, "invalid_credential");
});

test("lists come in pages that miss and double nothing", async () => {
  const { ask } = makeApi();
  for (let n = 0; n < 5; n++) await ask("POST", "/admin/keys", { body: { tenant: "acme" } });
  const whole = readPage(await ask("GET", "/admin/keys")).keys.map(({ id }) => id);
  const paged: string[] = [];
  for (let after: string | null = ""; after !== null;) {
    const page: KeyPage = readPage(
      await ask("GET", `/admin/keys?limit=2${after && `&after=${after}`}`),
    );
    paged.push(...page.keys.map(({ id }) => id));
    after = page.next;
  }
  assert.deepEqual(paged, whole);
  assertProblem(await ask("GET", "/admin/keys?after=nobody"), 400, "invalid_value");
});

const badBodies: readonly (readonly [name: string, question: Question, code: string])[] = [
  ["no body", {}, "invalid_value"],
  ["broken JSON", { bytes: Buffer.from('{"tenant": "canary') }, "invalid_json"],
  ["invalid UTF-8", { bytes: Buffer.from([0x7b, 0xff, 0x7d]) }, "invalid_json"],
  ["a list", { body: [] }, "invalid_json"],
  ["a field twice", { bytes: Buffer.from('{"role":"client","role":"admin"}') }, "duplicate_field"],
  ["deep nesting", { bytes: Buffer.from(`{"a":${"[".repeat(100_000)}`) }, "too_complex"],
  ["more than 1 MiB", { bytes: Buffer.alloc(1024 * 1024 + 1, " ") }, "payload_too_large"],
  ["no tenant", { body: {} }, "missing_field"],
  ["an unknown tenant", { body: { tenant: "nobody" } }, "invalid_value"],
  ["a tenant of the prototype", { body: { tenant: "constructor" } }, "invalid_value"],
  ["a pair for an admin key", { body: { role: "admin", aws: true } }, "invalid_value"],
  [
    "the pair asked for twice",
    { bytes: Buffer.from('{"aws":true,"aws":false}') },
    "duplicate_field",
  ],
  ["an unknown team", { body: { tenant: "acme", team: "nobody" } }, "invalid_value"],
];

for (const [name, question, code] of badBodies) {
  test(`POST /admin/keys with ${name} is ${code} and makes no key`, async () => {
    const { ask, keyring, audited } = makeApi();
    const before = keyring.records().length;
    const answer = await ask("POST", "/admin/keys", question);
    assert.equal(readProblem(answer).code, code);
    assert.ok(!answer.text.includes("canary"));
    assert.equal(keyring.records().length, before);
    assert.deepEqual(audited, []);
  });
}

test("a key is not made, and an old one not ended, when the store cannot take it", async () => {
  const { ask, machine, keyring, failures, demoKey } = makeApi();
  const demo = keyring.authenticate(demoKey, null).keyId;
  machine.isDiskFull = true;
  const requests = [
    await ask("POST", "/admin/keys", { body: { tenant: "acme" } }),
    await ask("POST", `/admin/keys/${demo}/rotate`),
    await ask("DELETE", `/admin/keys/${demo}`),
  ];
  for (const answer of requests) assertProblem(answer, 503, "storage_unavailable");
  assert.equal(keyring.authenticate(demoKey, null).keyId, demo);
  assert.equal(failures.length, 3);
});

test("an error that is no Failure is a 500 that tells nothing, and is reported", async () => {
  const { ask, machine, failures } = makeApi();
  Object.defineProperty(machine, "isDiskFull", {
    get: () => {
      throw new TypeError("canary: a bug");
    },
  });
  const answer = await ask("POST", "/admin/keys", { body: { tenant: "acme" } });
  assertProblem(answer, 500, "internal");
  assert.ok(!answer.text.includes("canary"));
  assert.equal(failures.length, 1);
});

test("a client that left gets no answer, and its change stands", async () => {
  const { api, adminKey, keyring } = makeApi();
  const headers = { authorization: `Bearer ${adminKey}` };
  const { exchange, state } = makeExchange("POST", "/admin/keys", headers);
  state.body = Buffer.from('{"tenant": "acme"}');
  state.isClosed = true;
  const before = keyring.records().length;
  await api.serve(exchange);
  assert.equal(state.answer, null);
  assert.equal(keyring.records().length, before + 1);
});

test("RTE-19 a circuit is commanded, audited and shown; an unknown one is not found", async () => {
  const { ask, commands, audited } = makeApi();
  const status = { state: "open", recentFailures: 5, failureThreshold: 5, recoveryTimeoutS: 30 };
  assert.deepEqual(JSON.parse((await ask("GET", "/admin/circuits")).text), {
    circuits: [onlyCircuit],
    services: [{ service: "p", ...status }],
    drained: ["us-east-1"],
    changes: [],
  });
  const path = `/admin/circuits/${encodeURIComponent("p/c/gpt-4")}`;
  assert.equal((await ask("POST", path, { body: { command: "force-open" } })).status, 200);
  assert.deepEqual(commands, ["force-open p/c/gpt-4"]);
  assert.deepEqual(
    audited.map(({ event, object }) => [event, object]),
    [["admin.circuit.force-open", "p/c/gpt-4"]],
  );
  const nobody = await ask("POST", "/admin/circuits/nobody", { body: { command: "reset" } });
  const { detail } = assertProblem(nobody, 404, "not_found");
  assert.match(detail, /"nobody": no circuit has this id; the nearest is "p\/c\/gpt-4"/);
  const unknown = await ask("POST", path, { body: { command: "explode" } });
  assertProblem(unknown, 400, "invalid_value");
  assertProblem(await ask("POST", path, { body: {} }), 400, "missing_field");
});

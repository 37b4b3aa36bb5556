import assert from "node:assert/strict";
import { test } from "node:test";
import type { ConfigView } from "@sekisho/wire/admin/config.ts";
import { clientSurfaces } from "@sekisho/wire/admin/keys.ts";
import type { AuditEntry } from "../../audit/audit-entry.ts";
import { rememberingTrail } from "../../audit/trail-fixture.ts";
import type { AdminContext } from "./admin-context.ts";
import type { AdminAnswer, AdminRequest } from "./admin-request.ts";
import { getConfig } from "./config.ts";
import { deleteSetting, putSetting } from "./config/[path].ts";
import { reloadConfig } from "./config/reload.ts";
import { runTimeOf } from "./run-time-fixture.ts";

const configFile = {
  tenants: { acme: { keys: [{ id: "web", secret: "env:WEB_KEY" }] }, demo: {} },
};

const makeContext = () => {
  const config = runTimeOf(configFile, { WEB_KEY: "canary-of-the-web-key" });
  const audited: AuditEntry[] = [];
  const audit = rememberingTrail(audited);
  const grant = { tenant: "acme", models: ["fast", "gone"] };
  const keyring = { records: () => [{ id: "key_1", origin: "admin", revokedMs: null, grant }] };
  // The endpoints look at no more of it.
  return { audited, context: { config, keyring, audit } as unknown as AdminContext };
};

const requestFor = (path: string, body?: unknown): AdminRequest => {
  const bytes = Buffer.from(body === undefined ? "" : JSON.stringify(body));
  const exchange = { body: () => Promise.resolve(bytes) };
  const request = { exchange, parameters: { path }, requestId: "req_1", by: "key_1" };
  return request as unknown as AdminRequest;
};

const valueAt = ({ body }: AdminAnswer, path: string) =>
  (body as ConfigView).values.find((each) => each.path === path);

const attempts = "models.fast.attempts.max";

test("CFG-3 the configuration is shown with origins, secrets as fingerprints", async () => {
  const { context } = makeContext();
  const answer = await getConfig(requestFor(""), context);
  assert.equal((answer.body as ConfigView).file, "sekisho.yaml");
  const port = { path: "listen.port", value: 8080, origin: "default", line: null };
  assert.deepEqual(valueAt(answer, "listen.port"), port);
  assert.equal(valueAt(answer, "tenants.acme.keys[0].id")?.origin, "file");
  assert.match(String(valueAt(answer, "tenants.acme.keys[0].secret")?.value), /^secret:sha256:/);
  assert.ok(!JSON.stringify(answer).includes("canary"));
});

test("SEC-18 the configuration comes with what its owner should know", async () => {
  const { context } = makeContext();
  const warned = async (answer: Promise<AdminAnswer>) =>
    ((await answer).body as ConfigView).warnings;
  const stale = /^key key_1 of tenant acme: "gone" is no model; the nearest is /;
  for (const answer of [getConfig, reloadConfig]) {
    const [first, ...others] = await warned(answer(requestFor(""), context));
    assert.match(first ?? "", stale);
    assert.deepEqual(others, []);
  }
});

test("CFG-3 a value is set and shown with its origin, then unset", async () => {
  const { context } = makeContext();
  const before = valueAt(await getConfig(requestFor(""), context), attempts);
  const set = await putSetting(requestFor(attempts, { value: 5 }), context);
  assert.deepEqual(valueAt(set, attempts), { ...before, value: 5, origin: "admin" });
  const unset = await deleteSetting(requestFor(attempts), context);
  assert.deepEqual(valueAt(unset, attempts), before);
  await assert.rejects(deleteSetting(requestFor(attempts), context), { code: "not_found" });
});

test("CFG-3 changes that were made are audited, refused ones are not", async () => {
  const { context, audited } = makeContext();
  const refused = putSetting(requestFor(attempts, { value: "many" }), context);
  await assert.rejects(refused, { code: "invalid_value" });
  await assert.rejects(putSetting(requestFor(attempts, []), context), { code: "invalid_json" });
  await assert.rejects(putSetting(requestFor(attempts), context), { code: "invalid_value" });
  assert.deepEqual(audited, []);
  await putSetting(requestFor(attempts, { value: 5 }), context);
  await reloadConfig(requestFor(""), context);
  await deleteSetting(requestFor(attempts), context);
  const who = { by: "key_1", requestId: "req_1" };
  assert.deepEqual(audited, [
    { event: "admin.config.set", object: attempts, ...who },
    { event: "admin.config.reloaded", object: "sekisho.yaml", ...who },
    { event: "admin.config.unset", object: attempts, ...who },
  ]);
});

test("SEC-11 the row of a change has old and new value, and never a secret", async () => {
  const { context } = makeContext();
  const rows: AuditEntry[] = [];
  const row = (each: AuditEntry) => {
    rows.push(each);
    return { sql: "", params: [] };
  };
  const recording = { ...context, audit: { ...rememberingTrail([]), row } };
  await putSetting(requestFor(attempts, { value: 5 }), recording);
  await deleteSetting(requestFor(attempts), recording);
  const keys = [{ id: "web", secret: "env:WEB_KEY", models: ["fast"] }];
  await putSetting(requestFor("tenants.acme.keys", { value: keys }), recording);
  assert.deepEqual(
    rows.slice(0, 2).map(({ details }) => details),
    [
      { before: "3", after: "5" },
      { before: "5", after: "3" },
    ],
  );
  assert.match(String(rows[2]?.details?.after), /"models":\["fast"\]/);
  assert.match(String(rows[2]?.details?.after), /"secret":"\(secret\)"/);
  assert.doesNotMatch(JSON.stringify(rows), /canary|sha256|WEB_KEY/);
});

test("every surface that a key can be made for is one that the configuration knows", async () => {
  const { context } = makeContext();
  const keys = [{ id: "k", secret: "env:WEB_KEY", surfaces: clientSurfaces }];
  const answer = await putSetting(requestFor("tenants.acme", { value: { keys } }), context);
  assert.equal(valueAt(answer, "tenants.acme.keys[0].surfaces[0]")?.origin, "admin");
});

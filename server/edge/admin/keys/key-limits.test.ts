import assert from "node:assert/strict";
import { test } from "node:test";
import type { KeyView, KeyWithSecret } from "@sekisho/wire/admin/keys.ts";
import { assertProblem, makeApi, type Answer } from "../admin-api-harness.ts";

const readMade = ({ text }: Answer) => JSON.parse(text) as KeyWithSecret;
const readKey = ({ text }: Answer) => JSON.parse(text) as KeyView;

test("SEC-18 a key is made with addresses and an end, and limited otherwise later", async () => {
  const { ask, audited } = makeApi();
  const asked = { tenant: "acme", addresses: ["10.1.0.0/16"], expiresInMs: 60_000 };
  const { key } = readMade(await ask("POST", "/admin/keys", { body: asked }));
  assert.deepEqual([key.addresses, key.expiresAt], [["10.1.0.0/16"], "2026-01-01T00:01:00.000Z"]);
  const limit = async (body: object) =>
    readKey(await ask("PATCH", `/admin/keys/${key.id}`, { body }));
  const later = await limit({ expiresInMs: 120_000 });
  const second = [["10.1.0.0/16"], "2026-01-01T00:02:00.000Z"];
  assert.deepEqual([later.addresses, later.expiresAt], second);
  const free = await limit({ addresses: [], expiresInMs: null });
  assert.deepEqual([free.addresses, free.expiresAt], [[], null]);
  assert.deepEqual(
    audited.map(({ event, object }) => [event, object]),
    ["created", "limited", "limited"].map((what) => [`admin.key.${what}`, key.id]),
  );
});

test("SEC-18 what is no address is refused, and nothing is changed", async () => {
  const { ask, keyring, audited } = makeApi();
  const { key } = readMade(await ask("POST", "/admin/keys", { body: { tenant: "acme" } }));
  const before = keyring.find(key.id);
  for (const addresses of [["10.0.0.0/33"], ["::/0"], ["1.2.3"], ["10.0.0.1", "fe80::/200"]]) {
    const patched = await ask("PATCH", `/admin/keys/${key.id}`, { body: { addresses } });
    assert.equal(assertProblem(patched, 400, "invalid_value").param, "addresses");
    const made = await ask("POST", "/admin/keys", { body: { tenant: "acme", addresses } });
    assertProblem(made, 400, "invalid_value");
  }
  assert.equal(keyring.find(key.id), before);
  assert.equal(audited.length, 1);
});

test("SEC-18 an admin key with addresses opens nothing from elsewhere", async () => {
  const { ask, keys } = makeApi();
  const made = await ask("POST", "/admin/keys", { body: { role: "viewer" } });
  const { key, secret } = readMade(made);
  const signIn = await ask("POST", "/admin/session", { key: null, body: { key: secret } });
  const cookie = (signIn.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
  keys.limit(key.id, { addresses: ["::1"] }).apply();
  const here = await ask("GET", "/admin/whoami", { key: secret });
  assert.equal(here.status, 200);
  keys.limit(key.id, { addresses: ["10.0.0.0/8"] }).apply();
  assertProblem(await ask("GET", "/admin/whoami", { key: secret }), 403, "forbidden");
  const paged = await ask("GET", "/admin/whoami", { key: null, headers: { cookie } });
  assert.ok([401, 403].includes(paged.status), paged.text);
});

test("SEC-18 limiting the first keys leaves them in their file", async () => {
  const { ask, keyring, machine, demoKey, adminKey } = makeApi();
  const demo = keyring.authenticate(demoKey, null).keyId;
  const body = { addresses: ["10.0.0.0/8"] };
  assert.equal((await ask("PATCH", `/admin/keys/${demo}`, { body })).status, 200);
  assert.deepEqual(machine.file, { demoKey, adminKey });
});

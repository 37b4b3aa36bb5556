import assert from "node:assert/strict";
import { test } from "node:test";
import { serveAnswer } from "./answer-fixture.ts";

const refused: readonly (readonly [words: readonly string[], why: string])[] = [
  [["--models", "fast"], "--models is for client keys"],
  [["--team", "shop", "--aws"], "--team, --aws are for client keys"],
  [["--origins", "none", "--tenant", "acme"], "--origins is for client keys"],
];

for (const [words, why] of refused) {
  test(`SEC-17 an admin key is not made with ${words.join(" ")}`, async (t) => {
    const { asked, run } = await serveAnswer(t, {});
    const { exit, err } = await run("keys", "create", "--role", "developer", ...words);
    assert.equal(exit, "usage");
    assert.ok(err.includes(`Cannot make a key of the role developer: ${why}; this one`), err);
    assert.deepEqual(asked, []);
  });
}

test("SEC-17 for whom an admin key was made is said, also where its maker is bound", async (t) => {
  const toldOf = async (tenant: string): Promise<string> => {
    const key = { id: "key_1", role: "viewer", tenant };
    const { run } = await serveAnswer(t, { key, secret: "s", aws: null });
    return (await run("keys", "create", "--role", "viewer")).err;
  };
  assert.equal(await toldOf("acme"), "Made viewer key key_1 for acme. It is shown this once:\n");
  assert.match(await toldOf("operator"), /^Made viewer key key_1 for all tenants\. /);
});

test("SEC-17 an admin key may have a name, a tenant, addresses and an end", async (t) => {
  const key = { id: "key_1", role: "developer", tenant: "acme" };
  const { asked, run } = await serveAnswer(t, { key, secret: "s", aws: null });
  const limits = ["--addresses", "10.0.0.0/8", "--expires-in", "1h"];
  const words = ["--role", "developer", "--tenant", "acme", "--name", "ci", ...limits];
  assert.equal((await run("keys", "create", ...words)).exit, "ok");
  const limited = { addresses: ["10.0.0.0/8"], expiresInMs: 3_600_000 };
  const body = { role: "developer", tenant: "acme", name: "ci", ...limited };
  assert.deepEqual(asked, [["POST /admin/keys", body]]);
});

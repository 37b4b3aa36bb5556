import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, before, describe, test } from "node:test";
import type { AuditPage, ChainVerdict } from "@sekisho/wire/admin/audit.ts";
import type { KeyWithSecret } from "@sekisho/wire/admin/keys.ts";
import { OperatedGateway } from "../harness/operated-gateway.ts";

let operated: OperatedGateway;
before(async () => (operated = await OperatedGateway.start({})));
after(() => operated[Symbol.asyncDispose]());

const read = async (...args: string[]): Promise<AuditPage> =>
  // The server's own answer, as the command passes it on.
  JSON.parse(await operated.sekisho("audit", "--json", ...args)) as AuditPage;

const verify = async (): Promise<{ code: number | null; verdict: ChainVerdict; text: string }> => {
  const { code, stdout } = await operated.run(["audit", "verify", "--json"]);
  const { stdout: text } = await operated.run(["audit", "verify"]);
  // As above.
  return { code, verdict: JSON.parse(stdout) as ChainVerdict, text };
};

describe("SEC-11 the audit log", () => {
  test("has a row for each change, by whom, and nothing secret", async () => {
    const created = await operated.admin("POST", "/admin/keys", { tenant: "demo", name: "canary" });
    // As above.
    const { key, secret } = (await created.json()) as KeyWithSecret;
    await operated.sekisho("keys", "rotate", key.id);
    await operated.sekisho("keys", "revoke", key.id);
    await operated.sekisho("config", "set", "log.level", "debug");
    await operated.sekisho("config", "unset", "log.level");
    await operated.sekisho("config", "reload");
    await operated.sekisho("circuits", "force-open", "*");
    await operated.sekisho("circuits", "reset", "*");
    const refused = await operated.run(["config", "set", "log.level", "loud"]);
    assert.equal(refused.code, 4);
    const { rows } = await read();
    const events = rows.map(({ event }) => event.slice("admin.".length)).toReversed();
    assert.deepEqual(events, [
      "key.created",
      "key.created",
      "key.created",
      "key.rotated",
      "key.revoked",
      "config.set",
      "config.unset",
      "config.reloaded",
      "circuit.force-open",
      "circuit.reset",
    ]);
    const [admin, demo, ...changes] = rows.toReversed();
    assert.deepEqual([admin?.by, demo?.by], ["first start", "first start"]);
    assert.ok(operated.gateway.server.ready.adminKey?.includes(admin?.object.slice(4) ?? "?"));
    assert.ok(operated.gateway.key.includes(demo?.object.slice(4) ?? "?"));
    assert.ok(changes.every(({ by }) => by.startsWith("key_")));
    const text = JSON.stringify(rows);
    for (const canary of [secret, "canary", operated.gateway.server.ready.adminKey ?? "?"]) {
      assert.ok(!text.includes(canary), "a row tells a secret");
    }
  });

  test("is filtered, paged and shown as a table", async () => {
    const all = await read();
    const first = await read("--limit", "3");
    const second = await read("--limit", "3", "--after", first.next ?? "");
    assert.deepEqual([...first.rows, ...second.rows], all.rows.slice(0, 6));
    const { rows } = await read("--event", "admin.config.set", "--range", "1h");
    assert.deepEqual(
      rows.map(({ object, before, after }) => [object, before !== after]),
      [["log.level", true]],
    );
    const table = await operated.sekisho("audit", "--object", "log.level");
    assert.match(table, /^TIME +ROW +EVENT +OBJECT +BY +REQUEST +BEFORE +AFTER\n/);
    assert.match(table, /main\/6 +admin\.config\.set +log\.level/);
    assert.equal((await operated.run(["audit", "--range", "2h"])).code, 2);
    assert.equal((await operated.run(["audit", "--limit", "0"])).code, 2);
  });

  test("verifies, and after somebody changed the file names the row and ends with 1", async () => {
    const good = await verify();
    assert.equal(good.code, 0);
    assert.match(good.text, /^main: 10 rows are as written, the last has [0-9a-f]{64}\n$/);
    const { hash } = good.verdict.chains[0] ?? {};
    assert.ok(operated.gateway.server.log.includes(`"auditRow":"main/10","auditHash":"${hash}"`));
    using database = new DatabaseSync(join(operated.gateway.server.data, "sekisho.db"));
    database.exec("UPDATE audit SET object = 'nothing' WHERE seq = 6");
    const bad = await verify();
    assert.equal(bad.code, 1);
    assert.deepEqual(bad.verdict.chains[0]?.fault, { kind: "changed", seq: 6 });
    assert.match(bad.text, /^main: row 6 was changed; before it 5 rows are as written\n$/);
  });

  test("is for administrators alone", async () => {
    for (const path of ["/admin/audit", "/admin/audit/verify"]) {
      const url = `${operated.gateway.server.ready.urls["admin"]}${path}`;
      const headers = { authorization: `Bearer ${operated.gateway.key}` };
      assert.equal((await fetch(url, { headers })).status, 403);
      assert.equal((await fetch(url)).status, 401);
    }
  });
});

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { KeyPage, KeyWithSecret } from "@sekisho/wire/admin/keys.ts";
import type { LedgerCallView } from "@sekisho/wire/admin/ledger-call.ts";
import type { LedgerPage } from "@sekisho/wire/admin/ledger.ts";
import { OperatedGateway } from "../harness/operated-gateway.ts";
import { steeredConfig } from "../harness/steered-config.ts";

const secrets = { tagged: "key-of-the-file-with-tags", plain: "key-of-the-file-without" };

let operated: OperatedGateway;
before(async () => {
  operated = await OperatedGateway.start({
    config: (url) => {
      const config = steeredConfig(url);
      const keys = [
        { id: "tagged", secret: secrets.tagged, tags: ["search", "prod", "search"] },
        { id: "plain", secret: secrets.plain },
      ];
      return { ...config, tenants: { ...config.tenants, shop: { keys } } };
    },
  });
});
after(() => operated[Symbol.asyncDispose]());

/** The answer's id. */
const call = async (secret: string): Promise<string> => {
  const response = await operated.gateway.chat("Hello", {}, { authorization: `Bearer ${secret}` });
  await response.arrayBuffer();
  assert.equal(response.status, 200);
  return response.headers.get("x-sekisho-request-id") ?? "";
};

const read = async (path: string): Promise<unknown> => (await operated.admin("GET", path)).json();

test("MON-14 calls have the tags of their key in pages, exports and one by one", async () => {
  const words = ["keys", "create", "--tenant", "shop", "--tag", "team:eu", "--tag", "prod"];
  const made = await operated.sekisho(...words, "--json");
  const { key, secret } = JSON.parse(made) as KeyWithSecret; // the server's own answer
  assert.deepEqual(key.tags, ["prod", "team:eu"]);
  const { keys } = (await read("/admin/keys?tenant=shop")) as KeyPage; // as above
  assert.deepEqual(Object.fromEntries(keys.map(({ id, tags }) => [id, tags])), {
    tagged: ["prod", "search"],
    plain: [],
    [key.id]: ["prod", "team:eu"],
  });

  const [ofFile, ofNone, ofMade] = [
    await call(secrets.tagged),
    await call(secrets.plain),
    await call(secret),
  ];
  await operated.gateway.settled();
  const page = async (query: string) => {
    const { rows } = (await read(`/admin/ledger?tenant=shop&${query}`)) as LedgerPage; // as above
    return rows.map(({ id, attempt, tags }) => [id, attempt, tags]);
  };
  const made2 = ["prod", "team:eu"];
  const file2 = ["prod", "search"];
  assert.deepEqual(await page(""), [
    [ofMade, 0, made2],
    [ofMade, 1, made2],
    [ofNone, 0, []],
    [ofNone, 1, []],
    [ofFile, 0, file2],
    [ofFile, 1, file2],
  ]);
  assert.deepEqual(await page("tag=search&view=tenant"), [[ofFile, 0, file2]]);
  assert.deepEqual(
    (await page("tag=prod&view=tenant")).map(([id]) => id),
    [ofMade, ofFile],
  );
  assert.deepEqual(await page("tag=pro"), []);

  const csv = await operated.sekisho("usage", "export", "--tag", "team:eu", "--view", "tenant");
  const [head = "", line = "", ...rest] = csv.split("\r\n");
  assert.deepEqual([head.split(",").at(-1), line.split(",").at(-1)], ["tags", "prod;team:eu"]);
  assert.deepEqual(rest, [""]);
  const shown = await read(`/admin/ledger/${ofFile}`);
  assert.deepEqual((shown as LedgerCallView).rows[0]?.tags, file2); // as above
  assert.match(await operated.sekisho("ledger", "show", ofFile), /^tags: +prod, search$/m);
  assert.doesNotMatch(await operated.sekisho("ledger", "show", ofNone), /^tags:/m);
  assert.match(
    await operated.sekisho("audit", "verify", "--ledger"),
    /open: 3 rows are as written/,
  );
});

test("MON-14 tags that no key may have are refused, and admin keys have none", async () => {
  for (const body of [
    { tenant: "shop", tags: ["a b"] },
    { tenant: "shop", tags: Array.from({ length: 9 }, (_, n) => `t${n}`) },
    { role: "viewer", tags: ["prod"] },
  ]) {
    assert.equal((await operated.admin("POST", "/admin/keys", body)).status, 400);
  }
  const { code, stderr } = await operated.run(["keys", "create", "--role", "viewer", "--tag", "a"]);
  assert.equal(code, 2, stderr);
  assert.match(stderr, /--tag is for client keys/);
});

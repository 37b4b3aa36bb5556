import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, before, test } from "node:test";
import type { ConfigInput } from "@sekisho/server/config/schema.ts";
import type { CachePurgeView, CacheView } from "@sekisho/wire/admin/cache.ts";
import { TemporaryFolder } from "@sekisho/lib/storage/testing/temporary-folder.ts";
import { GatewayUnderTest } from "../harness/gateway-under-test.ts";
import { OperatedGateway } from "../harness/operated-gateway.ts";
import { steeredConfig } from "../harness/steered-config.ts";
import { until } from "../harness/until.ts";

const config = (url: string): ConfigInput => {
  const usual = steeredConfig(url);
  return { ...usual, cache: { use: "always" }, tenants: { ...usual.tenants, other: {} } };
};

let operated: OperatedGateway;
before(async () => {
  operated = await OperatedGateway.start({ config });
});
after(() => operated[Symbol.asyncDispose]());

const markOf = ({ headers }: Response): string | null => headers.get("x-sekisho-cache");

async function ask(text: string, headers: Record<string, string> = {}): Promise<Response> {
  const answer = await operated.gateway.chat(text, { max_tokens: 500 }, headers);
  await answer.text();
  return answer;
}

async function status(query = ""): Promise<CacheView> {
  const answer = await operated.admin("GET", `/admin/cache${query}`);
  assert.equal(answer.status, 200, await answer.clone().text());
  // The server's own answer, of the shape that it shares with the command line.
  return (await answer.json()) as CacheView;
}

const purge = async (order: object): Promise<number> => {
  const answer = await operated.admin("POST", "/admin/cache/purge", order);
  assert.equal(answer.status, 200, await answer.clone().text());
  return ((await answer.json()) as CachePurgeView).purged; // as above
};

test("STR-14 figures say what was asked, given and saved, by tenant and alias", async () => {
  const miss = await ask("Figures [[sim: tokens=9]]");
  for (let n = 0; n < 3; n += 1) {
    assert.equal(markOf(await ask("Figures [[sim: tokens=9]]")), "hit");
  }
  const [paid] = await operated.gateway.rowsOf(miss);
  const view = await until("all of them are in the books", async () => {
    const now = await status();
    return now.totals.hits === 3 ? now : null;
  });
  const { totals, groups, memory } = view;
  assert.deepEqual([totals.requests, totals.shared, totals.hitRate], [4, 0, 0.75]);
  assert.equal(totals.savedNanoUsd, 3 * (paid?.costNanoUsd ?? NaN));
  assert.equal(totals.savedOutputTokens, 3 * (paid?.output ?? NaN));
  assert.deepEqual(
    groups.map(({ tenant, alias, figures }) => [tenant, alias, figures.hits, figures.requests]),
    [["demo", "sole", 3, 4]],
  );
  assert.equal(memory?.answers, 1);
  await until("it is on disk", async () => ((await status()).disk?.bytes ?? 0) > 0 || null);
  assert.match(await operated.sekisho("cache", "status"), /demo +sole +4 +3 +0 +0 +75/);
});

test("STR-14 a purge is audited, takes what it names, and nothing without a name", async () => {
  const text = "Purged [[sim: tokens=9]]";
  const first = await ask(text);
  const key = first.headers.get("x-sekisho-cache-key") ?? "";
  assert.equal(markOf(await ask(text)), "hit");
  assert.equal(await purge({ tenant: "other" }), 0);
  assert.equal(markOf(await ask(text)), "hit");
  assert.equal(await purge({ key }), 1);
  assert.equal(markOf(await ask(text)), "miss");
  assert.equal(markOf(await ask(text)), "hit");
  const printed = await operated.sekisho("cache", "purge", "--alias", "sole");
  assert.match(printed, /^\d+ answers? purged/);
  assert.equal(markOf(await ask(text)), "miss");
  assert.ok(operated.audited.includes(`admin.cache.purged key=${key}`));
  assert.ok(operated.audited.includes("admin.cache.purged alias=sole"));
  for (const wrong of [{}, { key: "abc" }, { all: "no" }, { all: "yes", tenant: "demo" }]) {
    assert.equal((await operated.admin("POST", "/admin/cache/purge", wrong)).status, 400);
  }
  assert.ok((await purge({ all: "yes" })) >= 1);
});

test("STR-14 a purge of a name that nobody has is refused, one of nothing kept is 0", async () => {
  const cannot = "Cannot purge kept answers";
  const wrong: readonly (readonly [option: string, name: string, says: string])[] = [
    ["--tenant", "dmeo", 'Cannot find tenant "dmeo": there is none; the nearest is "demo"'],
    ["--alias", "sloe", `${cannot}: there is no alias "sloe"; the nearest is "sole"`],
    [
      "--key",
      "key_0",
      `${cannot}: there is no key "key_0"; "sekisho keys list" has those that there are`,
    ],
  ];
  await ask("Stays [[sim: tokens=9]]");
  const before = operated.audited.length;
  for (const [option, name, says] of wrong) {
    const { code, stderr } = await operated.run(["cache", "purge", option, name]);
    assert.equal(code, 4);
    assert.ok(stderr.startsWith(`sekisho: ${says} (not_found, req_`), stderr);
  }
  const both = await operated.run(["cache", "purge", "--tenant", "demo", "--alias", "sloe"]);
  assert.match(both.stderr, /there is no alias "sloe"/);
  assert.equal(operated.audited.length, before, "nothing was purged");
  assert.equal(markOf(await ask("Stays [[sim: tokens=9]]")), "hit");
  const none = await operated.run(["cache", "purge", "--tenant", "other"]);
  assert.deepEqual([none.code, none.stdout], [0, "0 answers purged\n"]);
  for (const which of [{ tenant: "other" }, { key: "0".repeat(64) }]) {
    assert.equal(await purge(which), 0);
  }
});

/** What requests take in memory that were answered without a model. */
async function knownBytes(): Promise<number> {
  const text = await (await operated.admin("GET", "/metrics")).text();
  return Number(/^sekisho_known_requests_bytes (\d+)$/m.exec(text)?.[1]);
}

test("SEC-16 what was asked is in no memory behind a purge or an erasure", async () => {
  const text = "Asked again [[sim: tokens=9]]";
  const user = { "x-sekisho-user": "jiro" };
  const again = async (): Promise<readonly (string | null)[]> => {
    const marks: (string | null)[] = [];
    for (let n = 0; n < 4; n += 1) marks.push(markOf(await ask(text, user)));
    return marks;
  };
  assert.deepEqual(await again(), ["miss", "hit", "hit", "hit"]);
  assert.ok((await knownBytes()) > 0);
  assert.ok((await purge({ all: "yes" })) >= 1);
  assert.equal(await knownBytes(), 0);
  assert.deepEqual(await again(), ["miss", "hit", "hit", "hit"]);
  assert.ok((await knownBytes()) > 0);
  await operated.admin("POST", "/admin/erase", { tenant: "demo", user: "jiro" });
  assert.equal(await knownBytes(), 0);
  assert.equal(markOf(await ask(text, user)), "miss");
});

test("SEC-16 whoever is erased has no answer that is given again", async () => {
  const text = "Erased [[sim: tokens=9]]";
  const user = { "x-sekisho-user": "taro" };
  await ask(text, user);
  assert.equal(markOf(await ask(text)), "hit");
  const erased = await operated.admin("POST", "/admin/erase", { tenant: "demo", user: "taro" });
  assert.equal(erased.status, 200);
  assert.equal(markOf(await ask(text)), "miss");
});

/** Of kept answers, every byte on disk. */
const cacheFiles = (folder: string): string =>
  readdirSync(folder)
    .filter((name) => name.startsWith("cache.db"))
    .map((name) => readFileSync(join(folder, name)).toString("latin1"))
    .join("\n");

test("SEC-16 of what a person was answered no byte is left, nor of their sessions", async () => {
  const { data } = operated.gateway.server;
  const texts = ["By name", "By session"].map((text) => `${text} [[sim: tokens=40]]`);
  const [byName = "", bySession = ""] = texts;
  const session = { "x-sekisho-session": "s-hanako" };
  const named = await operated.gateway.chat(
    byName,
    { max_tokens: 500 },
    { ...session, "x-sekisho-user": "hanako" },
  );
  const unnamed = await operated.gateway.chat(bySession, { max_tokens: 500 }, session);
  // Its key stands in the record of each: where that is gone, so are its words beside it.
  const keys = [named, unnamed].map(({ headers }) => headers.get("x-sekisho-cache-key") ?? "");
  for (const answer of [named, unnamed]) await answer.text();
  const left = (): number => {
    const bytes = cacheFiles(data);
    return keys.filter((key) => bytes.includes(key)).length;
  };
  await until("both are on disk", () => left() === 2 || null);
  const order = { tenant: "demo", user: "hanako" };
  assert.equal((await operated.admin("POST", "/admin/erase", order)).status, 200);
  assert.equal(left(), 0);
  for (const text of texts) assert.equal(markOf(await ask(text)), "miss");
});

/** Is there an answer in the file? */
function isKept(data: string): boolean {
  using database = new DatabaseSync(join(data, "cache.db"), { readOnly: true });
  return database.prepare("SELECT key FROM answers").get() !== undefined;
}

test("STR-14 kept answers outlive the process, and are nobody else's", async () => {
  using folder = new TemporaryFolder();
  const data = folder.path;
  const text = "Kept [[sim: tokens=9]]";
  const kept = async (): Promise<string | null> => {
    await using gateway = await GatewayUnderTest.start({ config, data });
    const answer = await gateway.chat(text, { max_tokens: 500 });
    await answer.text();
    await until("it is on disk", () => isKept(data) || null);
    return markOf(answer);
  };
  assert.equal(await kept(), "miss");
  assert.equal(await kept(), "hit");
  const renamed = (url: string): ConfigInput => {
    const { models = {}, ...rest } = config(url);
    return { ...rest, models: { other: models["sole"] ?? assert.fail("no model") } };
  };
  await using later = await OperatedGateway.start({ config: renamed, data });
  assert.equal(await later.sekisho("cache", "purge", "--alias", "sole"), "1 answer purged\n");
  const again = await later.run(["cache", "purge", "--alias", "sole"]);
  assert.match(again.stderr, /there is no alias "sole"; the nearest is "other"/);
});

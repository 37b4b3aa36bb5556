import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { AuditPage } from "@sekisho/wire/admin/audit.ts";
import type { ClaimPage, ClaimView } from "@sekisho/wire/admin/idempotency.ts";
import type { KeyWithSecret } from "@sekisho/wire/admin/keys.ts";
import type { TokenView } from "@sekisho/wire/admin/tokens.ts";
import { OperatedGateway } from "../harness/operated-gateway.ts";
import { SseReader } from "../harness/sse-reader.ts";
import { steeredConfig } from "../harness/steered-config.ts";
import { until } from "../harness/until.ts";

const keys = { one: "secret-of-one-key", other: "secret-of-other", acme: "secret-of-acme" };

let operated: OperatedGateway;
before(async () => {
  operated = await OperatedGateway.start({
    config: (url) => {
      const steered = steeredConfig(url);
      const shop = [
        { id: "one", secret: keys.one },
        { id: "other", secret: keys.other },
      ];
      const acme = { keys: [{ id: "acme", secret: keys.acme }] };
      return {
        ...steered,
        streams: { graceMs: 400, keptBytes: 65_536 },
        idempotency: { awsRetries: true },
        tenants: { ...steered.tenants, shop: { keys: shop }, acme },
      };
    },
  });
});
after(() => operated[Symbol.asyncDispose]());

const calls = (): number => operated.gateway.simulator.calls().length;

const ask = (key: string, name: string, text: string, rest: object = {}): Promise<Response> =>
  operated.gateway.chat(
    text,
    { max_tokens: 100_000, ...rest },
    { authorization: `Bearer ${key}`, "idempotency-key": name },
  );

const isReplayed = ({ headers }: Response): boolean => headers.get("x-sekisho-replayed") === "true";

const readPage = async (answer: Response): Promise<ClaimPage> =>
  // The server's own answer.
  (await answer.json()) as ClaimPage;

const claimsOf = async (name: string): Promise<readonly ClaimView[]> =>
  (await readPage(await operated.admin("GET", `/admin/idempotency?name=${name}`))).claims;

test("STR-13 SEC-8 another tenant's key with the same name is a call of its own", async () => {
  const text = "Hello [[sim: tokens=3]]";
  const before = calls();
  const first = await ask(keys.one, "shared", text);
  // Keys of one tenant are changed while requests are under way.
  const same = await ask(keys.other, "shared", text);
  assert.equal(await same.text(), await first.text());
  assert.equal(calls() - before, 1);
  const foreign = await ask(keys.acme, "shared", `${text} there`);
  assert.equal(foreign.status, 200, await foreign.text());
  assert.ok(!isReplayed(foreign));
  assert.equal(calls() - before, 2);
});

test("STR-13 SEC-19 a token of a browser repeats what its own user asked", async () => {
  const text = "Hello [[sim: tokens=3]]";
  const tokenFor = async (user: string): Promise<string> => {
    const authorization = { authorization: `Bearer ${keys.one}` };
    const answer = await operated.gateway.post("/v1/tokens", { user }, authorization);
    // The server's own answer.
    return ((await answer.json()) as TokenView).token;
  };
  const [u1, u2] = [await tokenFor("u1"), await tokenFor("u2")];
  const first = await ask(u1, "browser", text);
  const body = await first.text();
  const again = await ask(await tokenFor("u1"), "browser", text);
  assert.ok(isReplayed(again));
  assert.equal(await again.text(), body);
  for (const key of [u2, keys.one]) {
    const answer = await ask(key, "browser", text);
    assert.equal(answer.status, 200, await answer.text());
    assert.ok(!isReplayed(answer));
  }
});

test("STR-13 tries of one operation of an AWS SDK are one call, where that is set", async () => {
  const before = calls();
  const converse = (id: string): Promise<Response> =>
    operated.gateway.post(
      "/model/sole/converse",
      { messages: [{ role: "user", content: [{ text: "Hello [[sim: tokens=3]]" }] }] },
      { "amz-sdk-invocation-id": id },
    );
  const answers = await Promise.all([converse("one"), converse("one")]);
  const [one, two] = await Promise.all(answers.map((each) => each.text()));
  assert.equal(two, one);
  assert.equal(answers.filter(isReplayed).length, 1);
  assert.ok(!isReplayed(await converse("two")));
  assert.equal(calls() - before, 2);
  // Elsewhere the header says nothing.
  const chat = () =>
    operated.gateway.chat("Hello [[sim: tokens=1]]", {}, { "amz-sdk-invocation-id": "one" });
  for (const each of [await chat(), await chat()]) assert.ok(!isReplayed(each));
});

test("STR-13 a revoked key is given nothing, whatever it asked before", async () => {
  const made = await operated.admin("POST", "/admin/keys", { tenant: "shop", name: "soon gone" });
  // The server's own answer.
  const { key, secret } = (await made.json()) as KeyWithSecret;
  const text = "Hello [[sim: tokens=3]]";
  assert.equal((await ask(secret, "gone", text)).status, 200);
  assert.equal((await operated.admin("DELETE", `/admin/keys/${key.id}`)).status, 200);
  assert.equal((await ask(secret, "gone", text)).status, 401);
});

test("STR-13 what stands for what is listed, shown and forgotten", async () => {
  const text = "Go on [[sim: tokens=30 pause=10]]";
  const reader = new SseReader(await ask(keys.one, "listed", text, { stream: true }));
  await reader.next();
  const [running] = await claimsOf("listed");
  assert.ok(running !== undefined);
  assert.deepEqual(
    [running.tenant, running.surface, running.source, running.keyId, running.state],
    ["shop", "openai.chat", "key", "one", "running"],
  );
  const path = `/admin/idempotency/${running.request}`;
  assert.equal((await operated.admin("DELETE", path)).status, 409);
  await operated.gateway.letGo();
  await reader.rest();
  assert.match(await operated.sekisho("idempotency", "--tenant", "shop"), / listed +shop .* kept /);
  const shown = await operated.sekisho("idempotency", "show", running.request, "--json");
  assert.equal(JSON.parse(shown).state, "kept");
  await operated.sekisho("idempotency", "forget", running.request);
  assert.deepEqual(await claimsOf("listed"), []);
  assert.equal((await operated.admin("GET", path)).status, 404);
  const page = await operated.admin("GET", "/admin/audit?event=admin.idempotency.forgotten");
  // The server's own answer.
  const [row] = ((await page.json()) as AuditPage).rows;
  assert.equal(row?.object, running.request);
  const again = await ask(keys.one, "listed", "Hello [[sim: tokens=1]]");
  assert.equal(again.status, 200, await again.text());
});

test("STR-13 SEC-17 who is bound to a tenant sees the names of that tenant alone", async () => {
  await ask(keys.acme, "of-acme", "Hello [[sim: tokens=1]]");
  const [claim] = await claimsOf("of-acme");
  const made = await operated.admin("POST", "/admin/keys", { role: "developer", tenant: "shop" });
  // The server's own answer.
  const { secret } = (await made.json()) as KeyWithSecret;
  const as = (method: string, path: string): Promise<Response> =>
    fetch(`${operated.gateway.server.ready.urls["admin"]}${path}`, {
      method,
      headers: { authorization: `Bearer ${secret}` },
    });
  const seen = await readPage(await as("GET", "/admin/idempotency"));
  assert.ok(seen.claims.length > 0);
  assert.deepEqual(new Set(seen.claims.map(({ tenant }) => tenant)), new Set(["shop"]));
  assert.equal((await as("GET", "/admin/idempotency?tenant=acme")).status, 404);
  for (const method of ["GET", "DELETE"]) {
    assert.equal((await as(method, `/admin/idempotency/${claim?.request}`)).status, 404);
  }
  assert.equal((await claimsOf("of-acme")).length, 1);
});

test("STR-13 pages of names follow one another without a gap", async () => {
  const all = (await readPage(await operated.admin("GET", "/admin/idempotency"))).claims;
  const walked: ClaimView[] = [];
  for (let next: string | null = ""; next !== null;) {
    const after = next === "" ? "" : `&after=${next}`;
    const page = await readPage(await operated.admin("GET", `/admin/idempotency?limit=2${after}`));
    walked.push(...page.claims);
    ({ next } = page);
  }
  assert.deepEqual(walked, all);
  assert.equal((await operated.admin("GET", "/admin/idempotency?limit=0")).status, 400);
});

test("STR-13 an answer beyond what is kept reaches its first reader, then it is 409", async () => {
  const text = "Go on [[sim: tokens=40000]]";
  const first = await ask(keys.one, "long", text);
  const body = await first.text();
  assert.equal(first.status, 200, body);
  assert.ok(body.length > 65_536);
  assert.match(body.slice(-300), /"total_tokens"/);
  const before = calls();
  const again = await until("the answer is gone", async () => {
    const answer = await ask(keys.one, "long", text);
    return answer.headers.get("x-sekisho-cause") === "outcome_unknown" ? answer : null;
  });
  assert.equal(again.status, 409);
  assert.equal(calls(), before);
  const [claim] = await claimsOf("long");
  assert.equal(claim?.state, "unknown");
});

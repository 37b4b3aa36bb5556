import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Problem } from "@sekisho/wire/admin/problem.ts";
import type { KeyPage, KeyWithSecret } from "@sekisho/wire/admin/keys.ts";
import type { LedgerPage } from "@sekisho/wire/admin/ledger.ts";
import type { ClientWhoamiView, TokenView } from "@sekisho/wire/admin/tokens.ts";
import { GatewayUnderTest } from "../harness/gateway-under-test.ts";
import { steeredConfig } from "../harness/steered-config.ts";

const shop = "https://shop.example";
const secret = "secret-of-the-shop";
const short = "Hello [[sim: tokens=1]]";

let gateway: GatewayUnderTest;

before(async () => {
  gateway = await GatewayUnderTest.start({
    config: (url) => {
      const steered = steeredConfig(url);
      const keys = [{ id: "shop", secret, models: ["sole"], origins: [shop] }];
      const budgets = [{ scope: "user" as const, window: "day" as const, outputTokens: 5 }];
      return { ...steered, tenants: { ...steered.tenants, acme: { keys, budgets } } };
    },
  });
});
after(() => gateway[Symbol.asyncDispose]());

const askFor = (body: object, key: string = secret): Promise<Response> =>
  gateway.post("/v1/tokens", body, { authorization: `Bearer ${key}` });

const tokenFor = async (body: object): Promise<TokenView> => {
  const answer = await askFor(body);
  assert.equal(answer.status, 201);
  assert.equal(answer.headers.get("cache-control"), "no-store");
  // The server's own answer.
  return (await answer.json()) as TokenView;
};

const call = (token: string, headers: Record<string, string> = {}, content = short) =>
  gateway.chat(content, {}, { authorization: `Bearer ${token}`, ...headers });

const problemOf = async (answer: Response): Promise<Problem> => (await answer.json()) as Problem;

const ledger = async (): Promise<LedgerPage["rows"]> => {
  const headers = { authorization: `Bearer ${gateway.server.ready.adminKey}` };
  const path = "/admin/ledger?tenant=acme&view=tenant";
  const answer = await fetch(`${gateway.server.ready.urls["admin"]}${path}`, { headers });
  // The server's own answer.
  return ((await answer.json()) as LedgerPage).rows;
};

describe("POST /v1/tokens", () => {
  test("SEC-19 a token calls for its user alone, and the books say so", async () => {
    const { token, models } = await tokenFor({ user: "u1", session: "s1" });
    assert.deepEqual(models, ["sole"]);
    const answer = await call(token);
    assert.equal(answer.status, 200);
    await gateway.rowsOf(answer);
    const [row] = await ledger();
    assert.deepEqual([row?.key, row?.user, row?.session], ["shop", "u1", "s1"]);
    const lie = await call(token, { "x-sekisho-user": "u2" });
    assert.equal(lie.status, 403);
    const spent = await call(token, {}, "Go on [[sim: tokens=50]]");
    await spent.arrayBuffer();
    const refused = await call(token);
    assert.equal(refused.status, 402);
    const other = await tokenFor({ user: "u2" });
    assert.equal((await call(other.token)).status, 200);
  });

  test("SEC-19 it tells nothing of its tenant, and makes no other token", async () => {
    const { token } = await tokenFor({ user: "u3" });
    const headers = { authorization: `Bearer ${token}` };
    for (const path of ["/v1/usage", "/v1/usage?tenant=acme"]) {
      assert.equal((await fetch(`${gateway.url}${path}`, { headers })).status, 403);
    }
    assert.equal((await fetch(`${gateway.url}/v1/budget`, { headers })).status, 200);
    assert.equal((await askFor({ user: "u4" }, token)).status, 403);
    const admin = gateway.server.ready.urls["admin"] ?? "";
    assert.equal((await fetch(`${admin}/admin/whoami`, { headers })).status, 403);
  });

  test("SEC-19 one user's answer is not there for another's token of the key", async () => {
    const [mine, yours] = [await tokenFor({ user: "u5" }), await tokenFor({ user: "u6" })];
    const answer = await gateway.chat(
      short,
      { stream: true },
      { authorization: `Bearer ${mine.token}`, "x-sekisho-resumable": "true" },
    );
    await answer.arrayBuffer();
    const id = answer.headers.get("x-sekisho-stream");
    const read = async ({ token }: TokenView) => {
      const headers = { authorization: `Bearer ${token}` };
      const again = await fetch(`${gateway.url}/v1/streams/${id}`, { headers });
      await again.arrayBuffer();
      return again.status;
    };
    assert.equal(await read(mine), 200);
    assert.equal(await read(yours), 404);
  });

  test("SEC-1 a key and a token are told what they are, and the key's use is known", async () => {
    const { token } = await tokenFor({ user: "u9", session: "s9" });
    const who = async (key: string): Promise<ClientWhoamiView> => {
      const headers = { authorization: `Bearer ${key}` };
      const answer = await fetch(`${gateway.url}/v1/whoami`, { headers });
      assert.equal(answer.status, 200);
      // The server's own answer.
      return (await answer.json()) as ClientWhoamiView;
    };
    const [own, bound] = [await who(secret), await who(token)];
    assert.deepEqual([own.key, own.user, own.expiresAt], ["shop", null, null]);
    assert.deepEqual([bound.key, bound.user, bound.session], ["shop", "u9", "s9"]);
    assert.match(bound.expiresAt ?? "", /^20\d\d-/);
    const headers = { authorization: `Bearer ${gateway.server.ready.adminKey}` };
    const list = await fetch(`${gateway.server.ready.urls["admin"]}/admin/keys`, { headers });
    const { keys } = (await list.json()) as KeyPage;
    assert.notEqual(keys.find(({ id }) => id === "shop")?.lastUsedAt, null);
    assert.equal(keys.find(({ tenant }) => tenant === "demo")?.lastUsedAt, null);
  });

  test("SEC-19 what is no order is refused by name", async () => {
    const wrong: readonly (readonly [body: object, status: number, param: string])[] = [
      [{}, 400, "user"],
      [{ user: "a b" }, 400, "user"],
      [{ user: "u", expiresInMs: 86_400_001 }, 400, "expiresInMs"],
      [{ user: "u", expiresInMs: 0 }, 400, "expiresInMs"],
      [{ user: "u", models: ["*"] }, 403, "models"],
      [{ user: "u", tenant: "demo" }, 400, "tenant"],
    ];
    for (const [body, status, param] of wrong) {
      const answer = await askFor(body);
      assert.equal(answer.status, status, JSON.stringify(body));
      assert.equal((await problemOf(answer)).param, param);
    }
    assert.equal((await askFor({ user: "u" }, "sk_nobody")).status, 401);
    assert.equal((await askFor({ user: "u" }, gateway.server.ready.adminKey ?? "")).status, 403);
    const twice = await gateway.post("/v1/tokens", '{"user":"a","user":"b"}', {
      authorization: `Bearer ${secret}`,
    });
    assert.equal(twice.status, 400);
  });

  test("SEC-19 a revoked key's tokens are refused from the next request on", async () => {
    const admin = gateway.server.ready.urls["admin"] ?? "";
    const headers = { authorization: `Bearer ${gateway.server.ready.adminKey}` };
    const body = JSON.stringify({ tenant: "acme", models: ["sole"] });
    const made = await fetch(`${admin}/admin/keys`, { method: "POST", headers, body });
    // The server's own answer.
    const { key, secret: own } = (await made.json()) as KeyWithSecret;
    const answer = await askFor({ user: "u7" }, own);
    const { token } = (await answer.json()) as TokenView;
    assert.equal((await call(token)).status, 200);
    await fetch(`${admin}/admin/keys/${key.id}`, { method: "DELETE", headers });
    assert.equal((await call(token)).status, 401);
  });
});

const preflight = (origin: string, path = "/v1/chat/completions", asked = "authorization") =>
  fetch(`${gateway.url}${path}`, {
    method: "OPTIONS",
    headers: {
      origin,
      "access-control-request-method": "POST",
      "access-control-request-headers": asked,
    },
  });

describe("pages of other origins", () => {
  test("SEC-19 a browser is let through for the origins of keys, and for no others", async () => {
    const asked = "Authorization, content-type, x-stainless-lang, x-evil, cookie";
    const answer = await preflight(shop, undefined, asked);
    assert.equal(answer.status, 204);
    const { headers } = answer;
    assert.equal(headers.get("access-control-allow-origin"), shop);
    assert.equal(headers.get("vary"), "origin");
    assert.equal(
      headers.get("access-control-allow-headers"),
      "authorization, content-type, x-stainless-lang",
    );
    assert.equal(headers.get("access-control-allow-credentials"), null);
    for (const origin of ["https://evil.example", "null", `${shop}.evil`, "http://shop.example"]) {
      const refused = await preflight(origin);
      assert.equal(refused.status, 403, origin);
      assert.equal(refused.headers.get("access-control-allow-origin"), null);
    }
  });

  test("SEC-19 operators' paths tell pages nothing", async () => {
    for (const path of ["/metrics", "/admin/whoami", "/health", "/test/circuit-status"]) {
      const asked = await preflight(shop, path);
      assert.notEqual(asked.status, 204, path);
      const answer = await fetch(`${gateway.url}${path}`, { headers: { origin: shop } });
      assert.equal(answer.headers.get("access-control-allow-origin"), null, path);
    }
  });

  test("SEC-19 a page may read answers, refusals and streams; a foreign one not", async () => {
    const { token } = await tokenFor({ user: "u8" });
    const stream = await gateway.chat(
      short,
      { stream: true },
      { authorization: `Bearer ${token}`, origin: shop },
    );
    assert.equal(stream.headers.get("access-control-allow-origin"), shop);
    assert.match(stream.headers.get("access-control-expose-headers") ?? "", /x-request-id/);
    assert.match(await stream.text(), /data:/);
    const wrong = await call("skt_wrong", { origin: shop });
    assert.deepEqual([wrong.status, wrong.headers.get("access-control-allow-origin")], [401, shop]);
    const foreign = await call(token, { origin: "https://evil.example" });
    assert.equal(foreign.status, 403);
    assert.equal(foreign.headers.get("access-control-allow-origin"), null);
    const demo = await call(gateway.key, { origin: "https://evil.example" });
    assert.equal(demo.headers.get("access-control-allow-origin"), null);
  });
});

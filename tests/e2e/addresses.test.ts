import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { KeyWithSecret } from "@sekisho/wire/admin/keys.ts";
import { GatewayUnderTest } from "../harness/gateway-under-test.ts";
import { SessionClient } from "../harness/session-client.ts";
import { steeredConfig } from "../harness/steered-config.ts";

let gateway: GatewayUnderTest;

const secretOfSix = "secret-of-the-six";

/** The test's own connection is that of a proxy; what it says of itself is a proxy's word. */
const start = (trustedProxies: readonly string[]): Promise<GatewayUnderTest> =>
  GatewayUnderTest.start({
    config: (url) => {
      const steered = steeredConfig(url);
      const keys = [
        { id: "office", secret: "secret-of-the-office", addresses: ["192.0.2.0/24"] },
        { id: "cellar", secret: "secret-of-the-cellar" },
      ];
      const six = { id: "six", secret: secretOfSix, addresses: ["2001:db8:7::/48"] };
      const office = { keys: keys.slice(0, 1) };
      const cellar = { keys: keys.slice(1), addresses: ["198.51.100.9"] };
      const listen = { ...steered.listen, trustedProxies: [...trustedProxies] };
      return {
        ...steered,
        listen,
        tenants: { ...steered.tenants, office, cellar, north: { keys: [six] } },
      };
    },
  });

const statusOf = async (key: string, forwardedFor?: string): Promise<number> => {
  const headers: Record<string, string> = { authorization: `Bearer ${key}` };
  if (forwardedFor !== undefined) headers["x-forwarded-for"] = forwardedFor;
  const answer = await gateway.chat("Hello [[sim: tokens=1]]", {}, headers);
  await answer.arrayBuffer();
  return answer.status;
};

describe("behind a proxy that is trusted", () => {
  before(async () => {
    gateway = await start(["127.0.0.1", "::1", "10.0.0.0/8"]);
  });
  after(() => gateway[Symbol.asyncDispose]());

  test("SEC-18 keys and tenants are good from their addresses alone, in every way in", async () => {
    assert.equal(await statusOf("secret-of-the-office", "192.0.2.17"), 200);
    assert.equal(await statusOf("secret-of-the-office", "203.0.113.1, 192.0.2.17, 10.0.0.4"), 200);
    assert.equal(await statusOf("secret-of-the-office", "192.0.2.17, 203.0.113.1"), 403);
    assert.equal(await statusOf("secret-of-the-office", "192.0.2.17, unknown"), 403);
    assert.equal(await statusOf("secret-of-the-office"), 403);
    assert.equal(await statusOf("secret-of-the-cellar", "198.51.100.9"), 200);
    assert.equal(await statusOf("secret-of-the-cellar", "192.0.2.17"), 403);
    for (const path of ["/v1/models", "/v1/budget", "/v1/usage"]) {
      const headers = { authorization: "Bearer secret-of-the-office" };
      const refused = await fetch(`${gateway.url}${path}`, { headers });
      assert.equal(refused.status, 403, path);
      const forwarded = { ...headers, "x-forwarded-for": "192.0.2.1" };
      const answer = await fetch(`${gateway.url}${path}`, { headers: forwarded });
      assert.equal(answer.status, 200, path);
    }
  });

  test("SEC-18 an address is the same however it is written, of IPv4 and of IPv6", async () => {
    for (const [key, from, status] of [
      ["secret-of-the-office", "::ffff:192.0.2.17", 200],
      ["secret-of-the-office", "::ffff:c000:211", 200],
      ["secret-of-the-office", "::ffff:203.0.113.1", 403],
      ["secret-of-the-office", "192.0.2.17, ::ffff:10.0.0.4", 200],
      ["secret-of-the-office", "64:ff9b::192.0.2.17", 403],
      ["secret-of-the-office", "::192.0.2.17", 403],
      [secretOfSix, "2001:db8:7::1", 200],
      [secretOfSix, "2001:0DB8:0007:ffff:0:0:0:1", 200],
      [secretOfSix, "[2001:db8:7::1]:4711", 200],
      [secretOfSix, "2001:db8:8::1", 403],
      [secretOfSix, "2001:db8:7::1%eth0", 403],
      [secretOfSix, "::ffff:192.0.2.17", 403],
      [secretOfSix, "192.0.2.17", 403],
    ] as const) {
      assert.equal(await statusOf(key, from), status, `${key} from ${from}`);
    }
  });

  test("SEC-18 a session is where its proxy says, as long as it stands", async () => {
    const dial = (forwardedFor: string): SessionClient =>
      new SessionClient(gateway.url, "", {
        authorization: "Bearer secret-of-the-office",
        "x-forwarded-for": forwardedFor,
      });
    using stranger = dial("203.0.113.1");
    assert.equal((await stranger.closed).code, 4403);
    using office = dial("192.0.2.17");
    await office.next("authenticated");
    const messages = [{ role: "user", content: "Hello [[sim: tokens=1]]" }];
    office.say({ type: "start", id: "one", request: { model: "sole", messages } });
    assert.equal((await office.next("done")).finish, "stop");
  });

  test("SEC-18 a refusal costs nothing and leaves no row", async () => {
    const before = await gateway.usage();
    assert.equal(await statusOf("secret-of-the-office", "203.0.113.1"), 403);
    assert.deepEqual(await gateway.usage(), before);
  });

  test("SEC-18 a list that is changed counts at once, for an admin key too", async () => {
    const admin = gateway.server.ready.urls["admin"] ?? "";
    const ask = (path: string, init: RequestInit, key = gateway.server.ready.adminKey ?? "") =>
      fetch(`${admin}${path}`, { ...init, headers: { authorization: `Bearer ${key}` } });
    const body = JSON.stringify({ role: "viewer" });
    // The server's own answer.
    const made = (await (
      await ask("/admin/keys", { method: "POST", body })
    ).json()) as KeyWithSecret;
    assert.equal((await ask("/admin/whoami", {}, made.secret)).status, 200);
    const limits = JSON.stringify({ addresses: ["192.0.2.0/24"] });
    const path = `/admin/keys/${made.key.id}`;
    assert.equal((await ask(path, { method: "PATCH", body: limits })).status, 200);
    assert.equal((await ask("/admin/whoami", {}, made.secret)).status, 403);
  });
});

test("SEC-18 nobody's x-forwarded-for counts where no proxy is named", async () => {
  gateway = await start([]);
  try {
    assert.equal(await statusOf("secret-of-the-office", "192.0.2.17"), 403);
    assert.equal(await statusOf(gateway.key, "192.0.2.17"), 200);
  } finally {
    await gateway[Symbol.asyncDispose]();
  }
});

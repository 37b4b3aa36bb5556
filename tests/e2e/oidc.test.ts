import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { WhoamiView } from "@sekisho/wire/admin/session.ts";
import { GatewayUnderTest } from "../harness/gateway-under-test.ts";
import { IssuerUnderTest } from "../harness/issuer-under-test.ts";
import { steeredConfig } from "../harness/steered-config.ts";

let issuer: IssuerUnderTest;
let gateway: GatewayUnderTest;

before(async () => {
  issuer = await IssuerUnderTest.start();
  gateway = await GatewayUnderTest.start({
    config: (url) => ({
      ...steeredConfig(url),
      issuers: { corp: { issuer: issuer.url, audience: "models", tenantClaim: "tenant" } },
      admin: {
        oidc: {
          issuer: issuer.url,
          audience: "operators",
          roles: { ops: "admin", everyone: "viewer" },
        },
      },
    }),
  });
});
after(async () => {
  await gateway[Symbol.asyncDispose]();
  await issuer[Symbol.asyncDispose]();
});

const call = (token: string, headers: Record<string, string> = {}): Promise<Response> =>
  gateway.chat("Hello [[sim: tokens=1]]", {}, { authorization: `Bearer ${token}`, ...headers });

const statusOf = async (token: string, headers?: Record<string, string>): Promise<number> => {
  const answer = await call(token, headers);
  await answer.arrayBuffer();
  return answer.status;
};

const admin = (path: string, token: string, init: RequestInit = {}): Promise<Response> => {
  const headers = { authorization: `Bearer ${token}` };
  return fetch(`${gateway.server.ready.urls["admin"]}${path}`, { ...init, headers });
};

describe("tokens of a real issuer", () => {
  test("SEC-2 call models for the tenant and the user that they name", async () => {
    const token = await issuer.token("models", { tenant: "demo" });
    assert.equal(await statusOf(token), 200);
    assert.equal(await statusOf(token, { "x-sekisho-user": "somebody-else" }), 403);
    const models = await fetch(`${gateway.url}/v1/models`, {
      headers: { authorization: `Bearer ${token}` },
    });
    assert.equal(models.status, 200);
    assert.equal(await statusOf(await issuer.token("models", { tenant: "nobody" })), 401);
    assert.equal(await statusOf(await issuer.token("models", {})), 403);
    assert.equal(await statusOf(await issuer.token("elsewhere", { tenant: "demo" })), 401);
  });

  test("SEC-17 use the admin API as far as their role goes, and call no models", async () => {
    const viewer = await issuer.token("operators", { groups: ["everyone"] });
    const operator = await issuer.token("operators", { groups: ["everyone", "ops"] });
    // The server's own answers.
    const who = (await (await admin("/admin/whoami", operator)).json()) as WhoamiView;
    assert.deepEqual([who.by, who.role, who.tenant], ["oidc:admin:test", "admin", null]);
    assert.equal((await admin("/admin/usage", viewer)).status, 200);
    const body = JSON.stringify({ tenant: "demo" });
    const refused = await admin("/admin/keys", viewer, { method: "POST", body });
    assert.equal(refused.status, 403);
    const made = await admin("/admin/keys", operator, { method: "POST", body });
    assert.equal(made.status, 201);
    const audit = await (await admin("/admin/audit?by=oidc:admin:test", operator)).text();
    assert.match(audit, /admin\.key\.created/);
    assert.equal(await statusOf(operator), 403);
    const nobody = await issuer.token("operators", { groups: ["others"] });
    assert.equal((await admin("/admin/whoami", nobody)).status, 403);
    const client = await issuer.token("models", { tenant: "demo", groups: ["ops"] });
    assert.equal((await admin("/admin/whoami", client)).status, 403);
  });

  test("SEC-17 an admin cannot say who is an owner", async () => {
    const operator = await issuer.token("operators", { groups: ["ops"] });
    const body = JSON.stringify({ value: { others: "owner" } });
    for (const path of ["admin.oidc.roles", '["admin"].oidc.roles', '["adm\\u0069n"].oidc.roles']) {
      const url = `/admin/config/${encodeURIComponent(path)}`;
      assert.equal((await admin(url, operator, { method: "PUT", body })).status, 403, path);
      assert.equal((await admin(url, operator, { method: "DELETE" })).status, 403, path);
    }
  });

  test("SEC-2 open a session over WebSocket, whatever comes right behind them", async () => {
    const token = await issuer.token("models", { tenant: "demo" });
    const socket = new WebSocket(`${gateway.url.replace("http", "ws")}/v1/stream`);
    const said: string[] = [];
    const over = new Promise<string>((resolve) => {
      socket.addEventListener("open", () => {
        socket.send(JSON.stringify({ type: "authenticate", token }));
        socket.send("no frame");
      });
      socket.addEventListener("message", ({ data }) => said.push(String(data)));
      socket.addEventListener("close", ({ reason }) => resolve(reason));
    });
    // What was sent behind the token was read after it was proven.
    assert.doesNotMatch(await over, /first frame is to authenticate/);
    assert.deepEqual(said, ['{"type":"authenticated"}']);
  });

  test("SEC-11 a token opens a session of the console", async () => {
    const token = await issuer.token("operators", { groups: ["everyone"] });
    const url = `${gateway.server.ready.urls["admin"]}/admin/session`;
    const opened = await fetch(url, { method: "POST", body: JSON.stringify({ key: token }) });
    assert.equal(opened.status, 201);
    const [cookie = ""] = (opened.headers.get("set-cookie") ?? "").split(";");
    const who = (await (await fetch(url, { headers: { cookie } })).json()) as WhoamiView;
    assert.deepEqual([who.by, who.role], ["oidc:admin:test", "viewer"]);
  });

  test("SEC-2 a new key of the issuer is learnt, and while it is away its keys go on", async () => {
    const early = await issuer.token("models", { tenant: "demo" });
    assert.equal(await statusOf(early), 200);
    await issuer.rotate();
    const late = await issuer.token("models", { tenant: "demo" });
    assert.equal(await statusOf(late), 200);
    // Proven before: good for as long as nobody has to look again.
    assert.equal(await statusOf(early), 200);
    const later = await issuer.token("models", { tenant: "demo" });
    await issuer.stop();
    assert.equal(await statusOf(later), 200);
    await issuer.rotate();
    const unknown = await issuer.token("models", { tenant: "demo" });
    assert.equal(await statusOf(unknown), 401);
  });
});

test("SEC-2 an issuer that is away from the start is 503, and keys are good", async () => {
  const away = await IssuerUnderTest.start();
  const token = await away.token("models", { tenant: "demo" });
  const { url } = away;
  await away.stop();
  await using lonely = await GatewayUnderTest.start({
    config: (simulator) => ({
      ...steeredConfig(simulator),
      issuers: { corp: { issuer: url, audience: "models", tenant: "demo" } },
    }),
  });
  const ask = (key: string) =>
    lonely.chat("Hello [[sim: tokens=1]]", {}, { authorization: `Bearer ${key}` });
  const refused = await ask(token);
  assert.equal(refused.status, 503);
  assert.equal(refused.headers.get("x-sekisho-cause"), "issuer_unavailable");
  assert.equal((await ask(lonely.key)).status, 200);
});

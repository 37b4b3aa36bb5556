import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { SessionView } from "@sekisho/wire/admin/session.ts";
import { GatewayUnderTest } from "../harness/gateway-under-test.ts";
import { IssuerUnderTest, issuerSecret } from "../harness/issuer-under-test.ts";
import { RedirectWalker } from "../harness/redirect-walker.ts";
import { steeredConfig } from "../harness/steered-config.ts";
import { until } from "../harness/until.ts";

let issuer: IssuerUnderTest;
let gateway: GatewayUnderTest;
let admin: string;

before(async () => {
  issuer = await IssuerUnderTest.start();
  gateway = await GatewayUnderTest.start({
    config: (url) => ({
      ...steeredConfig(url),
      admin: {
        oidc: {
          issuer: issuer.url,
          audience: "operators",
          roles: { ops: "admin", everyone: "viewer" },
          signIn: { clientId: "console", clientSecret: "env:CONSOLE_SECRET", label: "Corp" },
        },
      },
    }),
    env: { CONSOLE_SECRET: issuerSecret },
  });
  admin = gateway.server.ready.urls["admin"] ?? "";
});
after(async () => {
  await gateway[Symbol.asyncDispose]();
  await issuer[Symbol.asyncDispose]();
});

const begin = (returnTo = "/console/"): string =>
  `${admin}/admin/session/oidc?returnTo=${encodeURIComponent(returnTo)}`;
const isCallback = ({ pathname }: URL): boolean => pathname.endsWith("/callback");
const isPage = ({ pathname }: URL): boolean => pathname.startsWith("/console/");

/** Where somebody ends who signs in from the start to the end. */
const signIn = async (walker: RedirectWalker, returnTo?: string): Promise<string> => {
  const { pathname, search, host } = await walker.walk(begin(returnTo), isPage);
  assert.equal(host, new URL(admin).host);
  return `${pathname}${search}`;
};

const whoIs = async (walker: RedirectWalker): Promise<SessionView> => {
  const headers = { cookie: walker.cookies(admin) };
  // The server's own answer.
  return (await (await fetch(`${admin}/admin/session`, { headers })).json()) as SessionView;
};

describe("SEC-20 people sign in to the console at an issuer", () => {
  test("a stranger is told of it, and comes back with a role and a session", async () => {
    await issuer.account("ann", ["everyone", "ops"]);
    const walker = new RedirectWalker();
    assert.equal((await whoIs(walker)).singleSignOn, "Corp");
    assert.equal(
      await signIn(walker, "/console/overview?span=five"),
      "/console/overview?span=five",
    );
    const who = await whoIs(walker);
    assert.deepEqual([who.by, who.role, who.tenant], ["oidc:admin:ann", "admin", null]);
    assert.doesNotMatch(walker.cookies(admin), /sekisho_sign_in/);
    const headers = { cookie: walker.cookies(admin), "x-sekisho-csrf": who.csrf ?? "" };
    const body = JSON.stringify({ tenant: "demo" });
    const make = (own: Record<string, string>): Promise<Response> =>
      fetch(`${admin}/admin/keys`, { method: "POST", headers: own, body });
    assert.equal((await make({ cookie: headers.cookie })).status, 403);
    assert.equal((await make(headers)).status, 201);
    const audit = await fetch(`${admin}/admin/audit?by=oidc:admin:ann`, { headers });
    assert.match(await audit.text(), /admin\.key\.created[^]*admin\.session\.opened/);
    const out = await fetch(`${admin}/admin/session`, { method: "DELETE", headers });
    assert.equal(out.status, 200);
    assert.equal((await whoIs(walker)).by, null);
  });

  test("SEC-17 a role is that of the claim, and without one nobody comes in", async () => {
    await issuer.account("vic", ["everyone"]);
    const walker = new RedirectWalker();
    assert.equal(await signIn(walker), "/console/");
    const who = await whoIs(walker);
    assert.equal(who.role, "viewer");
    const headers = { cookie: walker.cookies(admin), "x-sekisho-csrf": who.csrf ?? "" };
    const refused = await fetch(`${admin}/admin/keys`, { method: "POST", headers, body: "{}" });
    assert.equal(refused.status, 403);
    await issuer.account("nobody", ["others"]);
    const stranger = new RedirectWalker();
    assert.equal(await signIn(stranger), "/console/?sign-in=no_role");
    assert.equal((await whoIs(stranger)).by, null);
  });

  test("two tabs of a browser sign in at the same time, and a sixth ends the first", async () => {
    await issuer.account("ann", ["ops"]);
    const walker = new RedirectWalker();
    const come = async (): Promise<string> =>
      (await walker.get(begin("/console/overview"))).headers.get("location") ?? "";
    const ended = async (atIssuer = ""): Promise<string> => {
      const { pathname, search } = await walker.walk(atIssuer, isPage);
      return `${pathname}${search}`;
    };
    const [one, two] = [await come(), await come()];
    assert.equal(await ended(one), "/console/overview");
    assert.equal(await ended(two), "/console/overview");
    const [first, ...more] = await Array.fromAsync({ length: 6 }, come);
    assert.equal(await ended(more.at(-1)), "/console/overview");
    assert.equal(await ended(first), "/console/?sign-in=expired");
  });

  test("who is not let in by the issuer is told so", async () => {
    await issuer.account(null, []);
    assert.equal(await signIn(new RedirectWalker()), "/console/?sign-in=denied");
  });

  test("no page of others is gone to, whatever is asked for", async () => {
    await issuer.account("ann", ["ops"]);
    for (const returnTo of [
      "https://evil.example/",
      "//evil.example/",
      "/console/\\evil.example",
      "/\\evil.example/console/",
      "/admin/keys",
      "/console/../admin/ledger",
      "/console/%2E%2e/admin/ledger",
      `/console/${"a".repeat(600)}`,
      "/console/\r\nset-cookie: a=b",
    ]) {
      assert.equal(await signIn(new RedirectWalker(), returnTo), "/console/", returnTo);
    }
  });
});

describe("SEC-20 a sign-in that was tampered with opens nothing", () => {
  const back = async (walker: RedirectWalker): Promise<URL> => {
    await issuer.account("ann", ["ops"]);
    return walker.walk(begin(), isCallback);
  };
  const ends = async (walker: RedirectWalker, callback: URL, fault: string): Promise<void> => {
    const answer = await walker.get(callback.href);
    assert.equal(answer.status, 303);
    assert.equal(answer.headers.get("location"), `/console/?sign-in=${fault}`);
    assert.doesNotMatch(walker.cookies(admin), /sekisho_session/);
  };

  test("a state of another, none, or two", async () => {
    for (const change of [
      (url: URL) => url.searchParams.set("state", "A".repeat(43)),
      (url: URL) => url.searchParams.delete("state"),
      (url: URL) => url.searchParams.append("state", "x"),
    ]) {
      const walker = new RedirectWalker();
      const callback = await back(walker);
      change(callback);
      await ends(walker, callback, "expired");
    }
  });

  test("another browser's callback, a changed cookie", async () => {
    const victim = new RedirectWalker();
    const callback = await back(new RedirectWalker());
    await ends(victim, callback, "expired");
    await back(victim);
    await ends(victim, callback, "expired");
  });

  test("another site's callback does not end the sign-in that is under way", async () => {
    const walker = new RedirectWalker();
    const callback = await back(walker);
    await ends(walker, new URL(`${admin}/admin/session/oidc/callback?state=x&code=y`), "expired");
    assert.equal((await walker.get(callback.href)).headers.get("location"), "/console/");
  });

  test("a code that comes twice", async () => {
    const walker = new RedirectWalker();
    const callback = await back(walker);
    const cookie = walker.cookies(admin);
    const once = () => fetch(callback, { redirect: "manual", headers: { cookie } });
    assert.equal((await once()).headers.get("location"), "/console/");
    assert.equal((await once()).headers.get("location"), "/console/?sign-in=expired");
  });

  test("a code of another sign-in: its verifier is not this one's", async () => {
    const walker = new RedirectWalker();
    const stolen = await back(new RedirectWalker());
    const callback = await back(walker);
    callback.searchParams.set("code", stolen.searchParams.get("code") ?? "");
    await ends(walker, callback, "unproven");
  });

  test("another issuer's answer", async () => {
    const walker = new RedirectWalker();
    const callback = await back(walker);
    callback.searchParams.set("iss", "https://evil.example");
    await ends(walker, callback, "unproven");
  });

  test("codes that do not hold are slowed down, and the issuer is left alone", async () => {
    const seen: string[] = [];
    for (let n = 0; n < 7; n += 1) {
      const walker = new RedirectWalker();
      const callback = await walker.walk(begin(), (url) => isCallback(url) || isPage(url));
      callback.searchParams.set("code", "guessed");
      const answer = await walker.get(callback.href);
      seen.push(answer.headers.get("location") ?? "200");
    }
    assert.ok(seen.includes("/console/?sign-in=unproven"), seen.join());
    assert.equal(seen.at(-1), "200", seen.join());
    const slowed = await fetch(begin(), { redirect: "manual" });
    assert.equal(slowed.headers.get("location"), "/console/?sign-in=slow_down");
  });
});

test("SEC-20 an issuer that is away is said in words, and keys open all the same", async () => {
  const away = await IssuerUnderTest.start();
  const { url } = away;
  await away.stop();
  await using lonely = await GatewayUnderTest.start({
    config: (simulator) => ({
      ...steeredConfig(simulator),
      admin: {
        oidc: {
          issuer: url,
          audience: "operators",
          roles: { ops: "admin" },
          signIn: { clientId: "console" },
        },
      },
    }),
  });
  const { urls, adminKey: key } = lonely.server.ready;
  const begun = await fetch(`${urls["admin"]}/admin/session/oidc`, { redirect: "manual" });
  assert.equal(begun.headers.get("location"), "/console/?sign-in=unavailable");
  const body = JSON.stringify({ key });
  const opened = await fetch(`${urls["admin"]}/admin/session`, { method: "POST", body });
  assert.equal(opened.status, 201);
});

test("SEC-20 of two processes either takes who comes back, and each state once", async () => {
  await issuer.account("ann", ["ops"]);
  await using pair = await GatewayUnderTest.start({
    config: (url) => ({
      ...steeredConfig(url),
      processes: 2,
      admin: {
        oidc: {
          issuer: issuer.url,
          audience: "operators",
          roles: { ops: "admin" },
          signIn: { clientId: "console", clientSecret: "env:CONSOLE_SECRET" },
        },
      },
    }),
    env: { CONSOLE_SECRET: issuerSecret },
  });
  const base = pair.server.ready.urls["admin"] ?? "";
  // Each request has a connection of its own, and the system deals them out.
  const get = (path: string, cookie: string): Promise<Response> =>
    fetch(`${base}${path}`, { redirect: "manual", headers: { cookie, connection: "close" } });
  for (let n = 0; n < 6; n += 1) {
    const walker = new RedirectWalker();
    const callback = await walker.walk(`${base}/admin/session/oidc`, isCallback);
    const path = `${callback.pathname}${callback.search}`;
    const cookie = walker.cookies(base);
    const opened = await get(path, cookie);
    assert.equal(opened.headers.get("location"), "/console/");
    const session = opened.headers.getSetCookie().find((each) => each.includes("_session"));
    const [own = ""] = (session ?? "").split(";");
    for (let each = 0; each < 4; each += 1) {
      const who = await until("both know the session", async () => {
        const answer = await get("/admin/session", own);
        // The server's own answer.
        const view = (await answer.json()) as SessionView;
        return view.by === null ? null : view;
      });
      assert.equal(who.by, "oidc:admin:ann");
      const again = await get(path, cookie);
      // Whoever has not heard of the state yet asks the issuer, which knows the code.
      assert.match(again.headers.get("location") ?? "", /sign-in=(?:expired|unproven|slow_down)$/);
    }
  }
});

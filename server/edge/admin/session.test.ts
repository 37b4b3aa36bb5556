import assert from "node:assert/strict";
import { test } from "node:test";
import type { FirstCallView, SessionView } from "@sekisho/wire/admin/session.ts";
import { SeededRandom } from "@sekisho/lib/random/seeded-random.ts";
import { assertProblem, makeApi, type Answer } from "./admin-api-harness.ts";
import { AdminSessions } from "./signing-in/sessions.ts";

const host = { host: "127.0.0.1:8080" };
const viewOf = ({ text }: Answer) => JSON.parse(text) as SessionView;

type Api = ReturnType<typeof makeApi>;

/** Signs in as a browser does, and says what it sends from then on. */
const signIn = async ({ ask, adminKey }: Api) => {
  const body = { key: adminKey };
  const answer = await ask("POST", "/admin/session", { key: null, headers: host, body });
  assert.equal(answer.status, 201, answer.text);
  const [pair = ""] = (answer.headers.get("set-cookie") ?? "").split(";");
  const cookie = { ...host, cookie: `other=1; ${pair}` };
  const { csrf } = viewOf(answer);
  return { answer, cookie, paged: { ...cookie, "x-sekisho-csrf": csrf ?? "" } };
};

test("SEC-11 an admin key gives a cookie that scripts and other sites do not get", async () => {
  const api = makeApi();
  const { answer, cookie } = await signIn(api);
  const set = answer.headers.get("set-cookie") ?? "";
  assert.match(
    set,
    /^sekisho_session_8080=[\w-]{43}; Path=\/admin; HttpOnly; SameSite=Strict; Max-Age=43200$/,
  );
  assert.equal(answer.text.includes(set.slice(22, 64)), false);
  assert.equal(viewOf(answer).expiresAt, "2026-01-01T12:00:00.000Z");
  const who = await api.ask("GET", "/admin/session", { key: null, headers: cookie });
  assert.deepEqual([who.status, viewOf(who)], [200, viewOf(answer)]);
  assert.equal((await api.ask("GET", "/admin/keys", { key: null, headers: cookie })).status, 200);
  assert.deepEqual(
    api.audited.map(({ event }) => event),
    ["admin.session.opened"],
  );
});

test("SEC-11 a page that came by TLS gets a cookie that goes by TLS alone", async () => {
  const { ask, adminKey } = makeApi();
  const setFor = async (origin: string): Promise<string> => {
    const asked = { key: null, headers: { ...host, origin }, body: { key: adminKey } };
    return (await ask("POST", "/admin/session", asked)).headers.get("set-cookie") ?? "";
  };
  assert.match(await setFor("https://gateway.example"), /; SameSite=Strict; Secure; Max-Age=/);
  assert.doesNotMatch(await setFor("http://127.0.0.1:8080"), /Secure/);
});

test("SEC-11 a cookie alone changes nothing: the token of the page is asked for", async () => {
  const api = makeApi();
  const { cookie, paged } = await signIn(api);
  const body = { role: "admin", name: "second" };
  for (const headers of [
    cookie,
    { ...cookie, "x-sekisho-csrf": "" },
    { ...cookie, "x-sekisho-csrf": "A".repeat(43) },
  ]) {
    const refused = await api.ask("POST", "/admin/keys", { key: null, headers, body });
    assertProblem(refused, 403, "forbidden");
  }
  const made = await api.ask("POST", "/admin/keys", { key: null, headers: paged, body });
  assert.equal(made.status, 201);
  const again = await api.ask("DELETE", "/admin/session", { key: null, headers: cookie });
  assertProblem(again, 403, "forbidden");
});

test("SEC-11 a sign-out, twelve hours, a rotation or a revocation ends a session", async () => {
  const ends: readonly ((api: Api, paged: Readonly<Record<string, string>>) => unknown)[] = [
    async ({ ask }, headers) => {
      const out = await ask("DELETE", "/admin/session", { key: null, headers });
      assert.match(out.headers.get("set-cookie") ?? "", /^sekisho_session_8080=; .*Max-Age=0$/);
    },
    ({ clock }) => clock.advanceBy(12 * 3_600_000),
    ({ keys, keyring }) => keys.rotate(keyring.records()[0]?.id ?? "", 60_000).apply(),
    ({ keys, keyring }) => keys.revoke(keyring.records()[0]?.id ?? "").apply(),
  ];
  for (const end of ends) {
    const api = makeApi();
    const { cookie, paged } = await signIn(api);
    await end(api, paged);
    const after = await api.ask("GET", "/admin/keys", { key: null, headers: cookie });
    assertProblem(after, 401, "invalid_credential");
    const who = await api.ask("GET", "/admin/session", { key: null, headers: cookie });
    assert.deepEqual([who.status, viewOf(who).by], [200, null]);
  }
});

test("SEC-20 a session ends when nobody uses it, and at its longest all the same", async () => {
  const { clock, keyring } = makeApi();
  const told: string[] = [];
  const sharing = {
    opened: () => {},
    closed: () => {},
    used: (name: string) => void told.push(name),
  };
  const parts = { keyring, clock, random: new SeededRandom(2) };
  const [sessions, others] = [new AdminSessions({ ...parts, sharing }), new AdminSessions(parts)];
  const staff = { role: "admin", tenant: null } as const;
  const who = { by: "oidc:admin:ann", staff, isGood: () => true };
  const open = () =>
    sessions.open({ ...who, idleMs: 1_800_000, untilMs: clock.wallMs() + 8 * 3_600_000 });
  const idle = open();
  clock.advanceBy(1_799_999);
  assert.notEqual(sessions.find(idle.id), null);
  clock.advanceBy(1_800_000);
  assert.equal(sessions.find(idle.id), null);
  const busy = open();
  for (const shared of sessions.shared()) others.take(shared);
  for (let n = 0; n < 15; n += 1) {
    clock.advanceBy(1_799_999);
    const [name] = told.splice(0);
    if (name !== undefined) others.usedElsewhere(name);
    assert.equal(sessions.find(busy.id)?.by, who.by, `after ${n + 1} half hours`);
  }
  assert.equal(others.find(busy.id)?.by, who.by);
  clock.advanceBy(1_000_000);
  assert.equal(others.find(busy.id)?.by, who.by);
  clock.advanceBy(900_000);
  assert.deepEqual([sessions.find(busy.id), others.find(busy.id)], [null, null]);
});

test("SEC-11 a key in the header counts, whatever the cookie says", async () => {
  const api = makeApi();
  const { cookie } = await signIn(api);
  const body = { role: "admin", name: "from a script" };
  const made = await api.ask("POST", "/admin/keys", { headers: cookie, body });
  assert.equal(made.status, 201);
  const who = await api.ask("GET", "/admin/session", { headers: cookie });
  assert.deepEqual([viewOf(who).csrf, viewOf(who).expiresAt], [null, null]);
  const wrong = await api.ask("GET", "/admin/keys", { key: "ska_wrong", headers: cookie });
  assertProblem(wrong, 401, "invalid_credential");
});

test("SEC-11 wrong keys and keys of clients are slowed down, right ones are not", async () => {
  const api = makeApi();
  const tryKey = (key: string) =>
    api.ask("POST", "/admin/session", { key: null, headers: host, body: { key } });
  for (let n = 0; n < 4; n++) assertProblem(await tryKey("ska_no"), 401, "invalid_credential");
  assert.equal((await tryKey(api.adminKey)).status, 201);
  assertProblem(await tryKey(api.demoKey), 403, "forbidden");
  const slowed = await tryKey(api.adminKey);
  assertProblem(slowed, 429, "rate_limited");
  assert.equal(slowed.headers.get("retry-after"), "5");
  api.clock.advanceBy(5_000);
  assert.equal((await tryKey(api.adminKey)).status, 201);
});

test("gateways on other ports of one machine do not sign each other out", async () => {
  const api = makeApi();
  const { cookie } = await signIn(api);
  const elsewhere = { ...cookie, host: "127.0.0.1:8081" };
  const who = await api.ask("GET", "/admin/keys", { key: null, headers: elsewhere });
  assertProblem(who, 401, "missing_credential");
});

test("a body that is no sign-in is refused", async () => {
  const { ask } = makeApi();
  for (const body of [undefined, {}, { key: 1 }, { key: "" }, { key: "a b" }, { password: "x" }]) {
    const answer = await ask("POST", "/admin/session", { key: null, body });
    assert.ok([400, 422].includes(answer.status), `${answer.status} ${answer.text}`);
  }
  const large = { key: null, bytes: Buffer.alloc(17_000, " ") };
  assertProblem(await ask("POST", "/admin/session", large), 413, "payload_too_large");
});

test("CON-6 a first call is made of what this gateway has", async () => {
  const { ask, demoKey, keys, keyring } = makeApi();
  const read = async () =>
    JSON.parse((await ask("GET", "/admin/first-call")).text) as FirstCallView;
  const first = await read();
  assert.deepEqual(first, { baseUrl: "http://127.0.0.1:8080", key: demoKey, model: "fast" });
  const demo = keyring.records().find(({ grant }) => grant.role === "client");
  keys.revoke(demo?.id ?? "").apply();
  assert.equal((await read()).key, null);
});

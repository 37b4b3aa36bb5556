import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { KeyPage, KeyWithSecret } from "@sekisho/wire/admin/keys.ts";
import type { WhoamiView } from "@sekisho/wire/admin/session.ts";
import { mayDo, permissionsOf, type Staff } from "@sekisho/wire/admin/staff.ts";
import { staffRoles, type StaffRole } from "@sekisho/wire/admin/staff-roles.data.ts";
import { assertProblem, makeApi, makeExchange, type Answer } from "./admin-api-harness.ts";
import { adminRoutes } from "./routes.ts";

const readSecret = ({ text }: Answer) => JSON.parse(text) as KeyWithSecret;
const readPage = ({ text }: Answer) => JSON.parse(text) as KeyPage;

/** The API, and a way to make keys as somebody. */
const makeStaff = () => {
  const api = makeApi();
  const make = async (body: object, as?: string): Promise<KeyWithSecret> => {
    const made = await api.ask("POST", "/admin/keys", { body, ...(as ? { key: as } : {}) });
    assert.equal(made.status, 201, made.text);
    return readSecret(made);
  };
  const staff = async (role: StaffRole, tenant: string | null = null): Promise<string> =>
    (await make({ role, ...(tenant === null ? {} : { tenant }) })).secret;
  return { ...api, make, staff };
};

const everybody: readonly Staff[] = staffRoles.flatMap((role) => [
  { role, tenant: null },
  { role, tenant: "acme" },
]);

/** What changes nothing although it is no GET. */
const questions = new Set(["/admin/cost", "/admin/plan", "/admin/session"]);

for (const { role, tenant } of everybody) {
  const who = `${role} of ${tenant ?? "the installation"}`;
  test(`SEC-17 each endpoint asks ${who} for its permission, before its body`, async () => {
    const { api, staff } = makeStaff();
    const authorization = `Bearer ${await staff(role, tenant)}`;
    for (const { method, path, value } of adminRoutes) {
      if (value.access === "open") continue;
      const { exchange, state } = makeExchange(method, path.replace(/\{\w+\}/, "some"), {
        authorization,
      });
      await api.serve(exchange);
      const isRefused = state.answer?.status === 403 && state.bodyReads === 0;
      const line = `${method} ${path} as ${who}: ${state.answer?.text}`;
      assert.equal(isRefused, !mayDo({ role, tenant }, value.access), line);
      const isChange = method !== "GET" && !questions.has(path);
      if (isChange) assert.equal(isRefused || role !== "viewer", true, line);
    }
  });
}

describe("SEC-17 nobody gives more than they have", () => {
  const orders: readonly (readonly [as: StaffRole, role: StaffRole, isMade: boolean])[] = [
    ["owner", "owner", true],
    ["admin", "owner", false],
    ["admin", "admin", true],
    ["admin", "viewer", true],
    ["developer", "viewer", false],
    ["developer", "developer", false],
    ["viewer", "viewer", false],
  ];
  for (const [as, role, isMade] of orders) {
    test(`${as} ${isMade ? "makes" : "does not make"} the key of an ${role}`, async () => {
      const { ask, staff } = makeStaff();
      const key = await staff(as);
      const answer = await ask("POST", "/admin/keys", { key, body: { role } });
      if (!isMade) return void assertProblem(answer, 403, "forbidden");
      assert.equal(readSecret(answer).key.role, role);
    });
  }

  test("admins do not change the keys of owners, nor developers those of admins", async () => {
    const { ask, staff, make, keyring, adminKey, audited } = makeStaff();
    const owner = keyring.authenticate(adminKey, null).keyId;
    const admin = await make({ role: "admin" });
    const developer = await staff("developer");
    const before = audited.length;
    for (const [key, id] of [
      [admin.secret, owner],
      [developer, admin.key.id],
    ] as const) {
      assertProblem(await ask("DELETE", `/admin/keys/${id}`, { key }), 403, "forbidden");
      const rotated = await ask("POST", `/admin/keys/${id}/rotate`, { key });
      assertProblem(rotated, 403, "forbidden");
    }
    assert.equal(audited.length, before);
    assert.equal(keyring.authenticate(adminKey, null).keyId, owner);
  });

  test("a developer rotates its own key and cannot revoke it, a viewer does neither", async () => {
    const { ask, make } = makeStaff();
    const [developer, viewer] = [await make({ role: "developer" }), await make({ role: "viewer" })];
    const own = async (method: string, { key, secret }: KeyWithSecret, end: string) =>
      ask(method, `/admin/keys/${key.id}${end}`, { key: secret });
    assertProblem(await own("DELETE", developer, ""), 403, "forbidden");
    assertProblem(await own("POST", viewer, "/rotate"), 403, "forbidden");
    assert.equal((await own("POST", developer, "/rotate")).status, 200);
  });
});

describe("SEC-8 who is bound to a tenant", () => {
  test("sees and changes the keys of that tenant alone", async () => {
    const { ask, make, staff, adminKey, keyring } = makeStaff();
    const [ours, theirs] = [await make({ tenant: "acme" }), await make({ tenant: "demo" })];
    const key = await staff("admin", "acme");
    const seen = readPage(await ask("GET", "/admin/keys", { key })).keys;
    assert.deepEqual(
      seen.map(({ tenant }) => tenant),
      ["acme", "acme"],
    );
    const missing = `key_${"0".repeat(26)}`;
    const operator = keyring.authenticate(adminKey, null).keyId;
    for (const [method, end] of [
      ["DELETE", ""],
      ["POST", "/rotate"],
    ] as const) {
      const none = await ask(method, `/admin/keys/${missing}${end}`, { key });
      const nothing = assertProblem(none, 404, "not_found");
      for (const id of [theirs.key.id, operator]) {
        const foreign = await ask(method, `/admin/keys/${id}${end}`, { key });
        const { detail } = assertProblem(foreign, 404, "not_found");
        assert.equal(detail.replace(id, missing), nothing.detail);
      }
      const own = await ask(method, `/admin/keys/${ours.key.id}${end}`, { key });
      assert.notEqual(own.status, 404);
    }
  });

  test("makes keys for it without naming it, and for no other", async () => {
    const { ask, make, staff } = makeStaff();
    const key = await staff("owner", "acme");
    assert.equal((await make({ tenant: "acme" }, key)).key.tenant, "acme");
    const viewer = await make({ role: "viewer" }, key);
    assert.deepEqual([viewer.key.role, viewer.key.tenant], ["viewer", "acme"]);
    for (const tenant of ["demo", "operator", "nobody"]) {
      for (const role of ["client", "viewer"]) {
        const body = { tenant, role };
        const refused = await ask("POST", "/admin/keys", { key, body });
        assertProblem(refused, 404, "not_found");
      }
    }
  });

  test("is told of no other tenant by lists, budgets, usage, ledger and erasure", async () => {
    const { ask, make, staff } = makeStaff();
    const key = await staff("admin", "acme");
    const theirs = await make({ tenant: "demo" });
    for (const path of ["keys", "budgets", "usage", "ledger"]) {
      for (const tenant of ["demo", "nobody"]) {
        const answer = await ask("GET", `/admin/${path}?tenant=${tenant}`, { key });
        const { detail } = assertProblem(answer, 404, "not_found");
        assert.equal(detail, `Cannot find tenant "${tenant}": there is none`);
      }
    }
    const budgets = await ask("GET", `/admin/budgets?key=${theirs.key.id}`, { key });
    assertProblem(budgets, 404, "not_found");
    const body = { tenant: "demo", user: "canary" };
    assertProblem(await ask("POST", "/admin/erase", { key, body }), 404, "not_found");
    const attempts = await ask("GET", "/admin/ledger?view=operator", { key });
    assertProblem(attempts, 403, "forbidden");
  });

  test("opens nothing any more when the tenant is gone, by key and by session", async () => {
    const { ask, staff, keyring } = makeStaff();
    const key = await staff("owner", "acme");
    const signIn = await ask("POST", "/admin/session", { key: null, body: { key } });
    const cookie = (signIn.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
    keyring.serve(new Map([["demo", []]]));
    assertProblem(await ask("GET", "/admin/whoami", { key }), 401, "invalid_credential");
    const paged = await ask("GET", "/admin/whoami", { key: null, headers: { cookie } });
    assertProblem(paged, 401, "invalid_credential");
  });
});

test("SEC-17 everybody is told who they are and what they may do", async () => {
  for (const who of everybody) {
    const { ask, staff } = makeStaff();
    const key = await staff(who.role, who.tenant);
    const view = JSON.parse((await ask("GET", "/admin/whoami", { key })).text) as WhoamiView;
    assert.deepEqual([view.role, view.tenant], [who.role, who.tenant]);
    assert.deepEqual(view.may, permissionsOf(who));
    const session = await ask("GET", "/admin/session", { key });
    assert.deepEqual(JSON.parse(session.text), {
      ...view,
      expiresAt: null,
      csrf: null,
      singleSignOn: null,
    });
  }
});

test("CON-6 the demo key is shown to those alone who may make one", async () => {
  const { ask, staff, demoKey } = makeStaff();
  for (const role of staffRoles) {
    const { text } = await ask("GET", "/admin/first-call", { key: await staff(role) });
    assert.equal(text.includes(demoKey), role !== "viewer", role);
  }
});

test("SEC-17 of admin keys, developers and viewers see their own", async () => {
  const { ask, make, staff } = makeStaff();
  await staff("admin");
  const viewer = await make({ role: "viewer" });
  const seen = readPage(await ask("GET", "/admin/keys", { key: viewer.secret })).keys;
  const staffKeys = seen.filter(({ role }) => role !== "client");
  assert.deepEqual(
    staffKeys.map(({ id }) => id),
    [viewer.key.id],
  );
  assert.ok(seen.length > staffKeys.length);
});

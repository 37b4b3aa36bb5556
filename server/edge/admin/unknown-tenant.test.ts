import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { LedgerQuery } from "@sekisho/gateway/ledger/ledger-query.ts";
import type { UsageQuery } from "@sekisho/gateway/ledger/usage-query.ts";
import { Failure } from "@sekisho/lib/failure/failure.ts";
import type { KeyWithSecret } from "@sekisho/wire/admin/keys.ts";
import type { RunTimeConfig } from "../../settings/run-time-config.ts";
import { assertProblem, makeApi, noCalls } from "./admin-api-harness.ts";

/** Everything that takes a tenant. */
const lists = ["keys", "budgets", "alerts", "usage", "ledger", "router", "cache", "idempotency"];
const orders: readonly (readonly [path: string, body: object])[] = [
  ["erase", { user: "anna" }],
  ["cache/purge", {}],
];

/** An API whose books have calls of one tenant that is configured no more; it says what is read. */
const makeBooks = () => {
  const read: (string | null)[] = [];
  const stop = (tenant: string | null): never => {
    read.push(tenant);
    throw new Failure("conflict", "read far enough");
  };
  const found = makeApi({
    ledger: {
      ...noCalls,
      calls: ({ tenant }: LedgerQuery) => stop(tenant),
      hasTenant: (tenant) => tenant === "gone",
      erase: async ({ tenant }) => stop(tenant),
    },
    usage: ({ tenant }: UsageQuery) => stop(tenant),
    budgets: { booksOf: () => [] },
    alerts: ({ tenant }) => stop(tenant),
    cache: {
      held: () => ({ answers: 0, bytes: 0 }),
      kept: () => null,
      holds: () => false,
      given: ({ tenant }) => stop(tenant),
      purge: async ({ tenant }) => stop(tenant),
    },
    idempotency: {
      list: ({ tenant }) => stop(tenant),
      find: () => null,
      forget: () => assert.fail("asked to forget"),
    },
  });
  return { ...found, read };
};

describe("SEC-17 a tenant that nobody has heard of", () => {
  for (const path of lists) {
    test(`is 404 in GET /admin/${path}, which names it and the nearest one`, async () => {
      const { ask, read } = makeBooks();
      const answer = await ask("GET", `/admin/${path}?tenant=amce`);
      const { detail, param } = assertProblem(answer, 404, "not_found");
      assert.equal(param, "tenant");
      assert.equal(detail, 'Cannot find tenant "amce": there is none; the nearest is "acme"');
      assert.deepEqual(read, []);
    });
  }

  for (const [path, body] of orders) {
    test(`is 404 in POST /admin/${path}, and nothing is done or written down`, async () => {
      const { ask, read, audited } = makeBooks();
      const answer = await ask("POST", `/admin/${path}`, { body: { ...body, tenant: "amce" } });
      assertProblem(answer, 404, "not_found");
      assert.deepEqual([read, audited], [[], []]);
    });
  }

  test("is shown no longer than a name is", async () => {
    const { ask } = makeBooks();
    const answer = await ask("GET", `/admin/ledger?tenant=${"x".repeat(256)}`);
    const { detail } = assertProblem(answer, 404, "not_found");
    assert.ok(detail.includes(`"${"x".repeat(64)}"`) && !detail.includes("x".repeat(65)), detail);
  });

  test("is no name of every object either", async () => {
    const { ask } = makeBooks();
    for (const name of ["constructor", "__proto__", "toString"]) {
      assertProblem(await ask("GET", `/admin/usage?tenant=${name}`), 404, "not_found");
    }
  });
});

describe("SEC-17 a tenant is known", () => {
  const asked = async (tenant: string): Promise<readonly (string | null)[]> => {
    const { ask, read } = makeBooks();
    for (const path of lists) {
      const answer = await ask("GET", `/admin/${path}?tenant=${tenant}`);
      assert.notEqual(answer.status, 404, `${path}: ${answer.text}`);
    }
    for (const [path, body] of orders) {
      const answer = await ask("POST", `/admin/${path}`, { body: { ...body, tenant } });
      assert.notEqual(answer.status, 404, `${path}: ${answer.text}`);
    }
    return read;
  };
  const all = (tenant: string): string[] => Array<string>(8).fill(tenant);

  test("by the configuration, though it has called nothing", async () => {
    assert.deepEqual(await asked("demo"), all("demo"));
  });

  test("by its calls alone, when the configuration has it no more", async () => {
    assert.deepEqual(await asked("gone"), all("gone"));
  });

  test("where it is that of probes, though none were made", async () => {
    assert.deepEqual(await asked("sekisho"), all("sekisho"));
  });

  test("by a key, also by one that was revoked", async () => {
    const tenants: Record<string, object> = { acme: { teams: {}, budgets: [] } };
    // As much of it as these endpoints ask for.
    const config = { config: { tenants, models: {} } } as unknown as RunTimeConfig;
    const { ask } = makeApi({ config });
    const made = await ask("POST", "/admin/keys", { body: { tenant: "acme" } });
    // The server's own answer.
    const { key } = JSON.parse(made.text) as KeyWithSecret;
    delete tenants["acme"];
    for (const end of ["", "&revoked=true"]) {
      assert.equal((await ask("GET", `/admin/keys?tenant=acme${end}`)).status, 200);
      await ask("DELETE", `/admin/keys/${key.id}`);
    }
    assert.equal((await ask("GET", "/admin/keys?tenant=operator")).status, 200);
    const { detail } = assertProblem(await ask("GET", "/admin/keys?tenant=amce"), 404, "not_found");
    assert.equal(detail, 'Cannot find tenant "amce": there is none');
  });
});

import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, before, describe, test } from "node:test";
import type { ChainVerdict } from "@sekisho/wire/admin/audit.ts";
import type { ClientUsageView } from "@sekisho/wire/admin/client-usage.ts";
import type { KeyWithSecret } from "@sekisho/wire/admin/keys.ts";
import type { ErasureView } from "@sekisho/wire/admin/erasure.ts";
import { ledgerColumns, type LedgerPage, type LedgerRowView } from "@sekisho/wire/admin/ledger.ts";
import { OperatedGateway } from "../harness/operated-gateway.ts";
import { steeredConfig } from "../harness/steered-config.ts";
import { until } from "../harness/until.ts";

/** What stands in every row of a tenant, and nowhere else. */
const canaries = { red: "canary-red", blue: "canary-blue" } as const;
type Tenant = keyof typeof canaries;

let operated: OperatedGateway;
const keys = {} as Record<Tenant, KeyWithSecret>; // filled before any test

interface Caller {
  readonly user: string;
  readonly text?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const call = async (tenant: Tenant, model: string, who: string | Caller): Promise<void> => {
  const { user, text = "Hello", headers = {} } = typeof who === "string" ? { user: who } : who;
  const canary = canaries[tenant];
  const response = await operated.gateway.chat(
    text,
    { model },
    {
      authorization: `Bearer ${keys[tenant].secret}`,
      "x-sekisho-user": user,
      "x-sekisho-session": `${canary}-session`,
      "x-sekisho-agent": `${canary}-agent`,
      ...headers,
    },
  );
  await response.arrayBuffer();
};

before(async () => {
  operated = await OperatedGateway.start({
    config: (url) => {
      const config = steeredConfig(url);
      // A user's first call passes the first share.
      const ofUsers = { scope: "user" as const, window: "day" as const, usd: 0.15, alerts: [0.01] };
      return { ...config, tenants: { ...config.tenants, red: { budgets: [ofUsers] }, blue: {} } };
    },
  });
  for (const tenant of ["red", "blue"] as const) {
    const made = await operated.admin("POST", "/admin/keys", { tenant });
    // The server's own answer.
    keys[tenant] = (await made.json()) as KeyWithSecret;
  }
  await call("red", "sole", "=cmd()");
  await call("red", "sole", "canary-red-user,two");
  await call("blue", "sole", "canary-blue-user");
  await operated.gateway.settled();
});
after(() => operated[Symbol.asyncDispose]());

const page = async (query: string): Promise<LedgerPage> =>
  // As above.
  (await (await operated.admin("GET", `/admin/ledger?${query}`)).json()) as LedgerPage;

const ask = (tenant: Tenant, query: string): Promise<Response> =>
  fetch(`${operated.gateway.url}/v1/usage?${query}`, {
    headers: { authorization: `Bearer ${keys[tenant].secret}` },
  });

describe("MON-14 single rows", () => {
  test("of a tenant without a name are refused, and so are its budgets", async () => {
    for (const path of ["ledger", "budgets", "usage"]) {
      const answer = await operated.admin("GET", `/admin/${path}?tenant=`);
      assert.equal(answer.status, 400);
      assert.match(await answer.text(), /Cannot read the query: tenant is empty/);
    }
  });

  test("are a page, the newest call first, attempts with their own cost", async () => {
    const { rows, next } = await page("");
    assert.equal(next, null);
    assert.deepEqual(
      rows.map(({ tenant, attempt }) => [tenant, attempt]),
      [
        ["blue", 0],
        ["blue", 1],
        ["red", 0],
        ["red", 1],
        ["red", 0],
        ["red", 1],
      ],
    );
    assert.ok(rows.every(({ outcome, costNanoUsd }) => outcome === "ok" && costNanoUsd > 0));
    const first = await page("limit=1&view=tenant");
    const second = await page(`limit=2&view=tenant&after=${first.next}`);
    const responses = rows.filter(({ attempt }) => attempt === 0);
    assert.deepEqual([...first.rows, ...second.rows], responses);
    assert.equal(second.next, null);
  });

  test("of one tenant have nothing of another", async () => {
    const filters = [
      "tenant=red",
      `key=${keys.red.key.id}`,
      `user=${encodeURIComponent("=cmd()")}`,
      "session=canary-red-session",
    ];
    for (const filter of filters) {
      for (const format of ["", "&format=csv", "&format=jsonl"]) {
        const answer = await operated.admin("GET", `/admin/ledger?${filter}${format}`);
        const text = await answer.text();
        assert.ok(text.includes("canary-red"), filter);
        assert.ok(!text.includes("canary-blue"), filter);
      }
    }
    assert.deepEqual((await page("tenant=red&session=canary-blue-session")).rows, []);
    assert.deepEqual((await page("tenant=demo")).rows, [], "it has called nothing");
  });

  test("are exported as CSV that a spreadsheet takes as text", async () => {
    const csv = await operated.sekisho("usage", "export", "--tenant", "red", "--view", "tenant");
    const lines = csv.split("\r\n");
    assert.equal(lines[0], ledgerColumns.join(","));
    assert.match(lines[0], /,wastedTokens,costUsd,tags$/);
    assert.match(lines[1] ?? "", /,\d+\.\d{9},$/);
    assert.equal(lines.length, 4, "a head, two rows and the end of the last line");
    assert.match(lines[1] ?? "", /,"canary-red-user,two",canary-red-session,/);
    assert.match(lines[2] ?? "", /,'=cmd\(\),canary-red-session,/);
  });

  test("split by the source of their usage, with what had no price", async () => {
    const split = await operated.sekisho("usage", "--tenant", "red", "--group", "source");
    assert.match(split, /^SOURCE .*\nreported +2 .*\ntotal +2 /);
    assert.match(split, /unknown\): 0 calls, 0\.00 USD; without a price: 0 calls$/m);
  });

  test("are exported as JSON lines, equal to the table's", async () => {
    const line = ["usage", "export", "--format", "jsonl", "--range", "all"];
    const { stdout, stderr } = await operated.run(line);
    assert.match(stderr, /^rows of calls \(attempt 0\) and of their attempts .+\n$/);
    const rows = stdout.trimEnd().split("\n");
    // As above.
    assert.deepEqual(
      rows.map((line) => JSON.parse(line) as LedgerRowView),
      (await page("")).rows,
    );
    const answer = await operated.admin("GET", "/admin/ledger?format=jsonl");
    assert.equal(answer.headers.get("content-type"), "application/x-ndjson");
    assert.match(answer.headers.get("content-disposition") ?? "", /^attachment; .*ledger\.jsonl"$/);
    await answer.arrayBuffer();
  });

  test("are refused to clients, and asked for wrongly to everybody", async () => {
    const url = `${operated.gateway.server.ready.urls["admin"]}/admin/ledger?tenant=red`;
    const headers = { authorization: `Bearer ${keys.red.secret}` };
    assert.equal((await fetch(url, { headers })).status, 403);
    for (const query of ["range=2h", "format=xml", "view=mine", "limit=0", "after=x", "x=1"]) {
      assert.equal((await operated.admin("GET", `/admin/ledger?${query}`)).status, 400, query);
    }
    const mixed = await operated.admin("GET", "/admin/ledger?format=csv&limit=5");
    assert.equal(mixed.status, 400);
  });
});

describe("MON-14 the chain of calls", () => {
  test("is walked, and a call that somebody made dearer is named", async () => {
    const good = await operated.sekisho("audit", "verify", "--ledger");
    assert.match(good, /^seals: 0 rows are as written.*\nopen: 3 rows are as written, the last/);
    using database = new DatabaseSync(join(operated.gateway.server.data, "sekisho.db"));
    const before = database.prepare("SELECT about FROM calls WHERE place = 2").get()?.["about"];
    // Of calls of one transaction the first and the last are named.
    const first = database.prepare(`SELECT coalesce(max(place), 0) + 1 AS place FROM calls
      WHERE place < 2 AND length(hash) > 0`);
    const seq = Number(first.get()?.["place"]);
    const last = database.prepare(`SELECT min(place) AS place FROM calls
      WHERE place >= 2 AND length(hash) > 0`);
    const lastSeq = Number(last.get()?.["place"]);
    const idAt = (place: number): unknown =>
      database.prepare("SELECT id FROM calls WHERE place = ?").get(place)?.["id"] ?? null;
    database.exec("UPDATE calls SET about = replace(about, '\"ok\"', '\"error\"') WHERE place = 2");
    const bad = await operated.run(["audit", "verify", "--ledger", "--day", "open", "--json"]);
    assert.equal(bad.code, 1);
    // As above.
    const { chains } = JSON.parse(bad.stdout) as ChainVerdict;
    assert.deepEqual(chains.at(-1)?.fault, {
      kind: "changed",
      seq,
      ...(lastSeq === seq ? {} : { lastSeq }),
      calls: { firstId: idAt(seq), lastId: idAt(lastSeq), behindId: idAt(seq - 1) },
    });
    database.prepare("UPDATE calls SET about = ? WHERE place = 2").run(before ?? null);
    assert.equal((await operated.run(["audit", "verify", "--ledger"])).code, 0);
    assert.equal((await operated.run(["audit", "verify", "--day", "open"])).code, 2);
    const missing = await operated.run(["audit", "verify", "--ledger", "--day", "2020-01-01"]);
    assert.equal(missing.code, 4);
    const today = new Date().toISOString().slice(0, "2026-01-31".length);
    const open = await operated.run(["audit", "verify", "--ledger", "--day", today]);
    assert.equal(open.code, 4);
    assert.match(open.stderr, /today has no seal yet; its calls are in the part open/);
  });

  test("that were cut off with their marks are missing: roll-ups count them", async () => {
    using database = new DatabaseSync(join(operated.gateway.server.data, "sekisho.db"));
    database.exec(`CREATE TEMP TABLE cut AS SELECT * FROM calls;
      DELETE FROM ledger_marks; DELETE FROM calls`);
    const bad = await operated.run(["audit", "verify", "--ledger"]);
    assert.equal(bad.code, 1);
    assert.match(
      bad.stdout,
      /\nopen: rows 1 to 3 are missing; before them 0 rows are as written\n/,
    );
    database.exec("INSERT INTO calls SELECT * FROM cut");
    assert.equal((await operated.run(["audit", "verify", "--ledger"])).code, 0);
  });
});

describe("SEC-8 a client asks for its own figures", () => {
  const viewOf = async (tenant: Tenant, query: string): Promise<ClientUsageView> => {
    const answer = await ask(tenant, query);
    assert.equal(answer.status, 200, query);
    // As above.
    return (await answer.json()) as ClientUsageView;
  };

  test("of its key, of another key of its tenant and of the tenant", async () => {
    const own = await viewOf("red", "range=1h&group=agent");
    assert.deepEqual([own.tenant, own.key, own.totals.requests], ["red", keys.red.key.id, 2]);
    assert.deepEqual(
      own.groups.map(({ name }) => name),
      ["canary-red-agent"],
    );
    const cost = (await page("tenant=red&view=tenant")).rows.reduce(
      (sum, row) => sum + row.costNanoUsd,
      0,
    );
    assert.equal(own.totals.costNanoUsd, cost, "attempts are not charged");
    const made = await operated.admin("POST", "/admin/keys", { tenant: "red" });
    // As above.
    const second = (await made.json()) as KeyWithSecret;
    assert.equal((await viewOf("red", `key=${second.key.id}`)).totals.requests, 0);
    const whole = await viewOf("red", "tenant=red");
    assert.deepEqual([whole.key, whole.totals.requests], [null, 2]);
  });

  test("by a month and a day of UTC, and so is whatever else has a range", async () => {
    const admin = (path: string) => (range: string) =>
      operated.admin("GET", `/admin/${path}?range=${range}`);
    const asked = {
      usage: admin("usage"),
      "v1/usage": (range: string) => ask("red", `range=${range}`),
      cache: admin("cache"),
      ledger: admin("ledger"),
      audit: admin("audit"),
      savings: admin("cost/savings"),
    };
    const today = (await page("limit=1")).rows[0]?.time.slice(0, 10) ?? "";
    for (const [what, answerTo] of Object.entries(asked)) {
      const of = async (range: string): Promise<string> => {
        const answer = await answerTo(range);
        return `${answer.status} ${await answer.text()}`;
      };
      const counts = /"(?:requests|calls)":[1-9]|"rows":\[\{/;
      for (const range of [today.slice(0, 7), today]) {
        const body = await of(range);
        assert.match(body, /^200 /, what);
        if (what !== "savings") assert.match(body, counts, what);
      }
      const before = await of("2000-02");
      assert.match(before, /^200 /, what);
      assert.doesNotMatch(before, counts, what);
      assert.match(await of("2026-02-30"), /^400 .*range 2026-02-30 is no day/, what);
      assert.match(await of("9999-12"), /^400 .*range 9999-12 has not begun/, what);
    }
    const month = today.slice(0, 7);
    for (const words of [["cache", "status"], ["audit"], ["cost", "savings"]]) {
      await operated.sekisho(...words, "--range", month);
    }
  });

  test("and of no other tenant, whose keys are not there for it", async () => {
    const missing = await ask("red", "key=key_00000000000000000000000000");
    const foreign = await ask("red", `key=${keys.blue.key.id}`);
    assert.deepEqual([missing.status, foreign.status], [404, 404]);
    const shape = async (answer: Response, name: string): Promise<string> =>
      (await answer.text()).replaceAll(name, "NAME").replaceAll(/req_\w+/g, "REQ");
    assert.equal(
      await shape(missing, "key_00000000000000000000000000"),
      await shape(foreign, keys.blue.key.id),
    );
    assert.equal((await ask("red", "tenant=blue")).status, 404);
    assert.equal((await ask("red", "tenant=blue&key=" + keys.blue.key.id)).status, 404);
    const groups = ["team", "key", "agent", "alias", "outcome"];
    for (const group of groups) {
      for (const whose of ["", "&tenant=red"]) {
        const text = await (await ask("red", `group=${group}${whose}`)).text();
        assert.ok(!text.includes("canary-blue") && !text.includes(keys.blue.key.id), group);
      }
    }
    for (const group of ["tenant", "provider", "region", "model"]) {
      assert.equal((await ask("red", `group=${group}`)).status, 400);
    }
    assert.equal((await fetch(`${operated.gateway.url}/v1/usage`)).status, 401);
  });
});

describe("SEC-16 a name that is erased", () => {
  /** Which tables of the file have a name in some row. */
  const tablesWith = (name: string): string[] => {
    using database = new DatabaseSync(join(operated.gateway.server.data, "sekisho.db"));
    const tables = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all();
    return tables
      .map((table) => String(table["name"]))
      .filter((table) => {
        const rows = database.prepare(`SELECT * FROM "${table}"`).all();
        return JSON.stringify(rows).includes(name);
      });
  };

  test("is in no table any more, while the money and the chain stay as they were", async () => {
    const forgetful = "canary-who-wants-to-be-forgotten";
    await call("red", "sole", forgetful);
    await operated.gateway.settled();
    const before = await page("view=tenant");
    // Its call, what it has spent, and that a share of its budget was told.
    await until("the name is in three tables", () => tablesWith(forgetful).length >= 3 || null);
    const said = await operated.sekisho("erase", "--tenant", "red", "--user", forgetful);
    assert.match(said, /^1 call is of erased_[0-9a-z]{26} now, 1 session with it\n$/);
    assert.deepEqual(tablesWith(forgetful), []);
    const after = await page("view=tenant");
    const [first, ...others] = after.rows;
    assert.match(first?.user ?? "", /^erased_/);
    assert.equal(first?.session, `${first?.user}.1`);
    assert.deepEqual(others, before.rows.slice(1), "other calls of the session's name keep it");
    const { user: _user, session: _session, ...rest } = before.rows[0] ?? {};
    assert.deepEqual({ ...first }, { ...first, ...rest });
    await operated.sekisho("audit", "verify", "--ledger");
    const audit = await operated.sekisho("audit", "--event", "admin.person.erased", "--json");
    assert.ok(audit.includes(`"object":"${first?.user}"`));
    assert.ok(!operated.gateway.server.log.includes(forgetful));
  });

  test("goes from calls that have ended a moment ago, and from those that it ends", async () => {
    const name = "canary-in-a-hurry";
    const headers = { "idempotency-key": "k-hurry" };
    const slow = call("red", "sole", { user: name, text: "Hello [[sim: hold]]", headers });
    await operated.gateway.simulator.whenHeld(1);
    await call("red", "sole", name);
    const order = { tenant: "red", user: name };
    // As above.
    const erased = (await (
      await operated.admin("POST", "/admin/erase", order)
    ).json()) as ErasureView;
    assert.equal(erased.calls, 2);
    await slow;
    assert.deepEqual(tablesWith(name), []);
  });

  test("takes its budget with it", async () => {
    const saver = "canary saver/1";
    const account = (name: string): string => `user:demo/${encodeURIComponent(name)}:day`;
    using database = new DatabaseSync(join(operated.gateway.server.data, "sekisho.db"));
    database
      .prepare(
        "INSERT INTO budget_spent (account, window_start_ms, spent_nano_usd) VALUES (?, 1, 7)",
      )
      .run(account(saver));
    const answer = await operated.admin("POST", "/admin/erase", { tenant: "demo", user: saver });
    // As above.
    const { pseudonym, calls } = (await answer.json()) as ErasureView;
    assert.equal(calls, 0);
    const spent = database
      .prepare("SELECT account FROM budget_spent WHERE spent_nano_usd = 7")
      .all();
    assert.deepEqual(
      spent.map((row) => row["account"]),
      [account(pseudonym)],
    );
  });

  test("has to be one, of a tenant", async () => {
    for (const body of [{}, { user: "a" }, { tenant: "red" }, { tenant: "red", user: "" }]) {
      assert.equal((await operated.admin("POST", "/admin/erase", body)).status, 400);
    }
    const both = { tenant: "red", user: "a", session: "b" };
    assert.equal((await operated.admin("POST", "/admin/erase", both)).status, 400);
    assert.equal((await operated.run(["erase", "--user", "a"])).code, 2);
  });
});

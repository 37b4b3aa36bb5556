import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { after, before, describe, test } from "node:test";
import type { KeyWithSecret } from "@sekisho/wire/admin/keys.ts";
import type { EndedCallView, LedgerCallView } from "@sekisho/wire/admin/ledger-call.ts";
import type { UsageView } from "@sekisho/wire/admin/usage.ts";
import { OperatedGateway } from "../harness/operated-gateway.ts";
import { steeredConfig } from "../harness/steered-config.ts";

let operated: OperatedGateway;
let brief: KeyWithSecret;

before(async () => {
  operated = await OperatedGateway.start({
    config: (url) => {
      const config = steeredConfig(url);
      return { ...config, tenants: { ...config.tenants, brief: {} } };
    },
  });
  const made = await operated.admin("POST", "/admin/keys", { tenant: "brief" });
  // The server's own answer.
  brief = (await made.json()) as KeyWithSecret;
});
after(() => operated[Symbol.asyncDispose]());

const find = async (id: string): Promise<LedgerCallView> => {
  const answer = await operated.admin("GET", `/admin/ledger/${encodeURIComponent(id)}`);
  assert.equal(answer.status, 200, await answer.clone().text());
  // As above.
  return (await answer.json()) as LedgerCallView;
};

/** Of a call that is over, though its rows may still be on their way. */
const found = async (id: string): Promise<EndedCallView> => {
  await operated.gateway.settled();
  const call = await find(id);
  assert.equal(call.state, "ended");
  return call;
};

const requestIdOf = ({ headers }: Response): string => headers.get("x-sekisho-request-id") ?? "";

describe("MON-14 one call, looked up by what its client was shown", () => {
  test("is found by its headers and by the place in its stream", async () => {
    const answer = await operated.gateway.post(
      "/v1/messages",
      {
        model: "sole",
        max_tokens: 50,
        stream: true,
        messages: [{ role: "user", content: "Hello" }],
      },
      { "x-sekisho-resumable": "true" },
    );
    const text = await answer.text();
    const whole = await found(requestIdOf(answer));
    assert.equal(whole.id, requestIdOf(answer));
    assert.deepEqual(
      whole.rows.map(({ attempt, provider, outcome }) => [attempt, provider, outcome]),
      [
        [0, "near", "ok"],
        [1, "near", "ok"],
      ],
    );
    const places = [...text.matchAll(/^id: (.+)$/gm)].map(([, place = ""]) => place);
    const inBody = /"id":"(msg_[^"]+)"/.exec(text)?.[1] ?? "";
    const shown = [
      answer.headers.get("request-id") ?? "",
      answer.headers.get("x-sekisho-stream") ?? "",
      places.at(-1) ?? "",
      inBody,
    ];
    for (const id of shown) {
      assert.notEqual(id, "");
      assert.deepEqual(await find(id), whole, id);
    }
  });

  test("says of each attempt where it went and how it ended", async () => {
    const { simulator } = operated.gateway;
    simulator.setScenarios([{ name: "down", match: { region: "us-east-1" }, fault: "503" }]);
    const headers = { "x-sekisho-user": "anna" };
    const answer = await operated.gateway.chat("Hello", { model: "pair" }, headers);
    await answer.arrayBuffer();
    simulator.setScenarios([]);
    const { rows, startedAt } = await found(requestIdOf(answer));
    const [response] = rows;
    assert.ok(response);
    assert.ok(Date.parse(startedAt) <= Date.parse(response.time));
    assert.deepEqual([response.tenant, response.user, response.attempt], ["demo", "anna", 0]);
    const last = Number(answer.headers.get("x-sekisho-attempts"));
    assert.ok(last > 1);
    assert.deepEqual(
      rows.map(({ attempt, provider, outcome }) => [attempt, provider, outcome]),
      [
        [0, "far", "ok"],
        ...Array.from({ length: last - 1 }, (_, n) => [n + 1, "near", "error"]),
        [last, "far", "ok"],
      ],
    );
    assert.equal(response.costNanoUsd, Number(answer.headers.get("x-sekisho-cost-nano-usd")));
    const shown = await operated.sekisho("ledger", "show", requestIdOf(answer));
    assert.match(shown, /^tenant: +demo$/m);
    assert.match(shown, /^answer +ok /m);
    assert.match(shown, /^attempt 1 +error +\w+ +near /m);
    const json = await operated.sekisho("ledger", "show", requestIdOf(answer), "--json");
    assert.deepEqual(JSON.parse(json), await find(requestIdOf(answer)));
  });

  test("is under way until it has ended", async () => {
    const stream = await operated.gateway.chat("Hello [[sim: hold]]", { stream: true });
    const id = requestIdOf(stream);
    await operated.gateway.simulator.whenHeld(1);
    const call = await find(id);
    assert.ok(call.state === "running" && call.reservedNanoUsd > 0 && call.provider === "near");
    assert.match(await operated.sekisho("ledger", "show", id), /^ended: +not yet/m);
    await operated.gateway.letGo();
    await stream.text();
    assert.equal((await found(id)).rows[0]?.outcome, "ok");
  });

  test("of an answer that was given again stands under the first request", async () => {
    const ask = (): Promise<Response> =>
      operated.gateway.chat("Hello", {}, { "idempotency-key": "again" });
    await (await ask()).text();
    const second = await ask();
    await second.text();
    await operated.gateway.settled();
    const none = await operated.run(["ledger", "show", requestIdOf(second)]);
    assert.equal(none.code, 4);
    assert.ok(none.stderr.includes(`Cannot find call ${requestIdOf(second)}: there is none`));
    await found(second.headers.get("x-sekisho-first-request-id") ?? "");
  });

  test("is no other's", async () => {
    const made = await operated.admin("POST", "/admin/keys", { role: "viewer", tenant: "brief" });
    // As above.
    const { secret } = (await made.json()) as KeyWithSecret;
    const answer = await operated.gateway.chat("Hello");
    await answer.arrayBuffer();
    await found(requestIdOf(answer));
    const id = requestIdOf(answer);
    const foreign = await operated.run(["ledger", "show", id, "--admin-key", secret]);
    assert.equal(foreign.code, 4);
    assert.ok(foreign.stderr.includes(`Cannot find call ${id}: there is none`), foreign.stderr);
  });
});

describe("SEC-17 a tenant", () => {
  const readings = (name: string): readonly (readonly string[])[] => [
    ["usage", "--tenant", name],
    ["usage", "export", "--tenant", name],
    ["budgets", "--tenant", name],
    ["cache", "status", "--tenant", name],
    ["idempotency", "--tenant", name],
    ["keys", "list", "--tenant", name],
  ];

  test("that is spelt wrong ends commands with 4 and the nearest name", async () => {
    const lines = [...readings("breif"), ["erase", "--tenant", "breif", "--user", "anna"]];
    for (const line of lines) {
      const { code, stdout, stderr } = await operated.run(line);
      assert.deepEqual([code, stdout], [4, ""], line.join(" "));
      assert.match(stderr, /Cannot find tenant "breif": there is none; the nearest is "brief"/);
    }
  });

  test("that has left the configuration is read by its calls", async () => {
    const call = await operated.gateway.chat(
      "Hello",
      {},
      { authorization: `Bearer ${brief.secret}` },
    );
    const id = requestIdOf(call);
    await call.arrayBuffer();
    await operated.gateway.settled();
    const file = join(dirname(operated.gateway.server.data), "sekisho.yaml");
    writeFileSync(file, readFileSync(file, "utf8").replace('"brief":{}', '"other":{}'));
    await operated.sekisho("config", "reload");
    for (const line of readings("brief")) await operated.sekisho(...line);
    const usage = await operated.sekisho("usage", "--tenant", "brief", "--json");
    // As above.
    assert.equal((JSON.parse(usage) as UsageView).totals.requests, 1);
    assert.equal((await found(id)).rows[0]?.tenant, "brief");
  });

  test("of the router is the one that is asked for, and nothing else may be", async () => {
    for (const [query, status] of [
      ["", 200],
      ["?tenant=demo", 200],
      ["?tenant=nosuch", 404],
      ["?range=1h", 400],
    ] as const) {
      assert.equal((await operated.admin("GET", `/admin/router${query}`)).status, status, query);
    }
  });
});

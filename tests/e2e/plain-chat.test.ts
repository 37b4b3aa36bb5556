import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { CircuitStatusView, LoadBalancerView } from "@sekisho/wire/chat/test-views.ts";
import { embeddedDefault } from "@sekisho/server/config/trees/default-config.ts";
import { assertOnce } from "../harness/assert-once.ts";
import { readLedgerFile } from "../harness/ledger-file.ts";
import { ServerProcess } from "../harness/server-process.ts";
import { until } from "../harness/until.ts";

type Headers = Readonly<Record<string, string>>;

const openSentence = "Circuit breaker is open. Service is unavailable.";
const failedSentence =
  "Service temporarily unavailable. Error: Every target of the model failed or is unreachable.";

/** The server as curl would reach it. */
class Curl {
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  async send(method: string, path: string, body?: string, headers: Headers = {}) {
    const sent = body === undefined ? { method, headers } : { method, headers, body };
    const response = await fetch(`${this.#url}${path}`, sent);
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: JSON.parse(text) as unknown,
    };
  }

  chat(content = "Recommend a manga.", headers: Headers = {}) {
    return this.send("POST", "/chat", JSON.stringify({ content }), headers);
  }

  async circuit(): Promise<CircuitStatusView> {
    // The server's own answer, of this shape.
    return (await this.send("GET", "/test/circuit-status")).body as CircuitStatusView;
  }

  async balance(query = ""): Promise<LoadBalancerView> {
    // The same.
    return (await this.send("GET", `/test/load-balancer-status${query}`)).body as LoadBalancerView;
  }
}

const { chat: _, ...others } = embeddedDefault.models;
/** The embedded default, without a model for the chat service. */
const chatless = { ...embeddedDefault, models: others };

const atRest = {
  circuit_state: "closed",
  failure_count: 0,
  current_failures: 0,
  failures_enabled: false,
};

describe("the plain chat service and its failure switches", () => {
  let server: ServerProcess;
  let curl: Curl;
  before(async () => {
    server = await ServerProcess.start();
    curl = new Curl(server.url);
  });
  after(() => server[Symbol.asyncDispose]());

  test("REF-9 a text in, a text out, without a key on loopback", async () => {
    const { status, headers, body } = await curl.chat();
    assert.equal(status, 200);
    assert.deepEqual(Object.keys(Object(body)), [
      "response",
      "region",
      "token_usage",
      "stop_reason",
      "status",
    ]);
    assert.partialDeepStrictEqual(body, { stop_reason: "end_turn", status: "success" });
    assert.equal(Object(body).region, headers.get("x-sekisho-region"));
    const { inputTokens, outputTokens, totalTokens } = Object(body).token_usage;
    assert.ok(inputTokens > 0 && outputTokens > 0);
    assert.equal(totalTokens, inputTokens + outputTokens);
    assert.equal(headers.get("x-sekisho-dropped"), null);
  });

  test("STR-13 texts of one Idempotency-Key are one call, other ones are refused", async () => {
    const named = { "idempotency-key": "guest-1" };
    const first = await curl.chat("Recommend a manga.", named);
    assert.equal(first.status, 200);
    const again = await curl.chat("Recommend a manga.", named);
    assert.deepEqual([again.status, again.body], [200, first.body]);
    assert.equal(again.headers.get("x-sekisho-replayed"), "true");
    assert.equal(
      again.headers.get("x-sekisho-first-request-id"),
      first.headers.get("x-request-id"),
    );
    const other = await curl.chat("Another one.", named);
    assert.equal(other.status, 422);
    assert.equal(other.headers.get("x-sekisho-cause"), "idempotency_mismatch");
    assert.deepEqual(Object.keys(Object(other.body)), ["detail"]);
    // Neither says anything against the service.
    assert.deepEqual(await curl.circuit(), atRest);
  });

  test("REF-10 the circuit opens after three calls and closes when the failures end", async () => {
    assert.deepEqual(await curl.circuit(), atRest);
    const enabled = await curl.send("POST", "/test/enable-failures");
    assert.deepEqual(enabled.body, { failures_enabled: true, failures: "all: 503" });
    assert.deepEqual(await curl.circuit(), { ...atRest, failures_enabled: true });
    for (let calls = 0; calls < 3; calls += 1) {
      const failed = await curl.chat();
      assert.deepEqual([failed.status, failed.body], [503, { detail: failedSentence }]);
    }
    assert.deepEqual(await curl.circuit(), {
      circuit_state: "open",
      failure_count: 3,
      current_failures: 3,
      failures_enabled: true,
    });
    const refused = await curl.chat();
    assert.deepEqual([refused.status, refused.body], [503, { detail: openSentence }]);
    const retryAfterS = Number(refused.headers.get("retry-after"));
    assert.ok(retryAfterS > 10 && retryAfterS <= 30, `${retryAfterS} s`);
    const disabled = await curl.send("POST", "/test/disable-failures");
    assert.deepEqual(disabled.body, { failures_enabled: false, failures: null });
    assert.deepEqual(await curl.circuit(), atRest);
    assert.equal((await curl.chat()).status, 200);
    const metrics = await (await fetch(`${server.url}/metrics`)).text();
    for (const to of ["open", "closed"]) {
      const counted = `sekisho_service_circuit_changes_total{surface="chat",to="${to}"} 1`;
      assert.ok(metrics.includes(counted), counted);
    }
    assert.match(
      server.log,
      /"event":"test\.failures\.enabled","object":"all: 503","by":"loopback"/,
    );
  });

  test("REF-9 an open circuit answers within 5 ms and leaves the books alone", async () => {
    await curl.send("POST", "/test/enable-failures");
    for (let calls = 0; calls < 3; calls += 1) await curl.chat();
    const rows = await until("the books of the calls before", () => {
      const ledger = readLedgerFile(server.data);
      return ledger.openIntents === 0 ? ledger.rows.length : null;
    });
    const medianMs = async (): Promise<number> => {
      const tookMs: number[] = [];
      for (let calls = 0; calls < 50; calls += 1) {
        const startedMs = performance.now();
        assert.equal((await curl.chat()).status, 503);
        tookMs.push(performance.now() - startedMs);
      }
      return tookMs.toSorted((a, b) => a - b)[25] ?? Infinity;
    };
    await assertOnce(medianMs, { limitMs: 5 });
    assert.equal(readLedgerFile(server.data).rows.length, rows);
    await curl.send("POST", "/test/disable-failures");
  });

  test("REF-10 load-balancer-status tells who has served how much", async () => {
    const before = await curl.balance();
    const regions: string[] = [];
    for (let calls = 0; calls < 6; calls += 1) {
      regions.push(Object((await curl.chat()).body).region);
    }
    const { strategy, model, requests, endpoints } = await until(
      "six more are counted",
      async () => {
        const now = await curl.balance();
        return now.requests === before.requests + 6 ? now : null;
      },
    );
    assert.deepEqual([strategy, model], ["round-robin", "chat"]);
    assert.deepEqual(
      endpoints.map(({ weight }) => weight),
      [1, 1, 1],
      "the file's 2, 1, 1 decide nothing in turns",
    );
    assert.deepEqual(new Set(regions).size, 3);
    for (const [index, endpoint] of endpoints.entries()) {
      const served = regions.filter((region) => region === endpoint.region).length;
      assert.equal(endpoint.requests - (before.endpoints[index]?.requests ?? 0), served);
      assert.equal(endpoint.share, endpoint.requests / requests);
      assert.deepEqual([endpoint.healthy, endpoint.priority], [true, 0]);
    }
    assert.equal((await curl.balance("?model=fast")).model, "fast");
    assert.equal((await curl.send("GET", "/test/load-balancer-status?model=no")).status, 404);
  });

  test("SIM-6 one region fails and nobody notices; its calls stand in the simulator", async () => {
    const received = async (): Promise<number> =>
      Object((await curl.send("GET", "/test/upstream-calls")).body).received;
    const before = await received();
    await curl.send("POST", "/test/enable-failures", '{"region":"us-east-1"}');
    for (let calls = 0; calls < 4; calls += 1) {
      const { status, body } = await curl.chat();
      assert.equal(status, 200);
      assert.notEqual(Object(body).region, "us-east-1");
    }
    assert.ok((await received()) > before + 4);
    await curl.send("POST", "/test/disable-failures");
  });

  test("REF-9 who has no key is the tenant demo, with a row for each call", async () => {
    const { headers } = await curl.chat();
    const id = headers.get("x-request-id")?.slice("req_".length);
    await until("its row", () => {
      const rows = readLedgerFile(server.data).rows;
      return rows.find((row) => row.id === id) ?? null;
    });
    const usage = await fetch(`${server.url}/admin/usage?range=1h&group=key`, {
      headers: { authorization: `Bearer ${server.ready.adminKey}` },
    });
    assert.match(await usage.text(), /"loopback"/);
  });

  test("REF-9 who shows a key is known by it", async () => {
    const bearer = (key: string): Headers => ({ authorization: `Bearer ${key}` });
    assert.equal((await curl.chat("Hi", bearer(server.ready.demoKey ?? ""))).status, 200);
    const wrong = await curl.chat("Hi", bearer("sk_wrong"));
    assert.equal(wrong.status, 401);
    assert.deepEqual(Object.keys(Object(wrong.body)), ["detail"]);
    assert.equal((await curl.chat("Hi", bearer(server.ready.adminKey ?? ""))).status, 403);
  });

  test("REF-9 a page of another site is nobody", async () => {
    assert.equal((await curl.chat("Hi", { origin: "https://evil.example" })).status, 401);
    const headers = { origin: "https://evil.example" };
    const { status } = await curl.send("POST", "/test/enable-failures", "", headers);
    assert.equal(status, 401);
    assert.deepEqual(await curl.circuit(), atRest);
  });

  const wrong: readonly (readonly [what: string, body: string, status: number])[] = [
    ["no body", "", 400],
    ["no JSON", "content=Hi", 400],
    ["no content", "{}", 400],
    ["blanks", '{"content":"  "}', 400],
    ["a number", '{"content":1}', 400],
    ["a body of 64 KiB and a byte", JSON.stringify({ content: "a".repeat(65_523) }), 413],
  ];
  for (const [what, body, expected] of wrong) {
    test(`SEC-4 ${what}: ${expected}`, async () => {
      const answer = await curl.send("POST", "/chat", body);
      assert.equal(answer.status, expected);
      assert.equal(typeof Object(answer.body).detail, "string");
    });
  }

  test("SEC-4 a body of 64 KiB is read, and members that nobody knows change nothing", async () => {
    const body = JSON.stringify({ content: "a".repeat(65_510), model: "x" });
    assert.equal(Buffer.byteLength(body), 65_536);
    assert.equal((await curl.send("POST", "/chat", body)).status, 200);
  });
});

describe("the test endpoints, switched off", () => {
  let server: ServerProcess;
  let curl: Curl;
  before(async () => {
    server = await ServerProcess.start({
      config: JSON.stringify({ ...chatless, features: { testEndpoints: false } }),
    });
    curl = new Curl(server.url);
  });
  after(() => server[Symbol.asyncDispose]());

  test("SIM-6 none of them is there", async () => {
    for (const path of ["/test/enable-failures", "/test/disable-failures"]) {
      assert.equal((await curl.send("POST", path)).status, 404, path);
    }
    for (const path of ["/test/circuit-status", "/test/load-balancer-status"]) {
      assert.equal((await curl.send("GET", path)).status, 404, path);
    }
  });

  test("REF-9 POST /chat needs a key, and a model that is there", async () => {
    assert.equal((await curl.chat()).status, 401);
    const key = { authorization: `Bearer ${server.ready.demoKey}` };
    const { status, body } = await curl.chat("Hi", key);
    assert.deepEqual(
      [status, body],
      [
        503,
        {
          detail: "Service is not set up: chat.model names no model that is configured.",
        },
      ],
    );
  });
});

test("REF-10 weights are shown where the balancer takes them", async () => {
  const chat = { ...embeddedDefault.models.chat, balance: "weighted" };
  const config = { ...embeddedDefault, models: { ...chatless.models, chat } };
  await using server = await ServerProcess.start({ config: JSON.stringify(config) });
  const curl = new Curl(server.url);
  const { strategy, endpoints } = await curl.balance();
  assert.deepEqual([strategy, endpoints.map(({ weight }) => weight)], ["weighted", [2, 1, 1]]);
});

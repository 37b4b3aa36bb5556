import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { ConfigInput } from "@sekisho/server/config/schema.ts";
import type { KeyWithSecret } from "@sekisho/wire/admin/keys.ts";
import { assertOnce } from "../harness/assert-once.ts";
import { GatewayUnderTest } from "../harness/gateway-under-test.ts";
import { RawClient, requestHead } from "../harness/raw-client.ts";
import { runProgram } from "../harness/run-program.ts";
import { signedHeaders } from "../harness/signed-headers.ts";
import { soleModel, steeredConfig } from "../harness/steered-config.ts";
import { until } from "../harness/until.ts";

interface Health {
  readonly status: string;
  readonly load: { readonly level: number; readonly refused: readonly string[] };
}

const healthOf = async (gateway: GatewayUnderTest): Promise<Health> => {
  const response = await fetch(`${gateway.url}/health`);
  // The program's own answer.
  return (await response.json()) as Health;
};

const levelIs = (gateway: GatewayUnderTest, level: number): Promise<Health> =>
  until(`load level ${level}`, async () => {
    const health = await healthOf(gateway);
    return health.load.level === level ? health : null;
  });

const claims = (criticality: string) => ({ "x-sekisho-criticality": criticality });
const hi = [{ role: "user", content: "Reply with exactly: served" }];

/** The three dialects: their path, a body, and how a refusal looks. */
const dialects = [
  {
    name: "OpenAI",
    path: "/v1/chat/completions",
    body: { model: "sole", messages: hi },
    overloaded: [503, /"type":"server_error","param":null,"code":"overloaded"/],
    invalid: [400, /"type":"invalid_request_error","param":"x-sekisho-criticality"/],
  },
  {
    name: "Anthropic",
    path: "/v1/messages",
    body: { model: "sole", max_tokens: 50, messages: hi },
    overloaded: [529, /"type":"overloaded_error"/],
    invalid: [400, /"type":"invalid_request_error"/],
  },
  {
    name: "Bedrock",
    path: "/model/sole/converse",
    body: { messages: [{ role: "user", content: [{ text: "Reply with exactly: served" }] }] },
    overloaded: [503, /"message":"Cannot take the call: it is sheddable/],
    invalid: [400, /"message":"Cannot read header x-sekisho-criticality/],
  },
] as const;

/** Any heap passes this, and none all of its rungs. */
const lowLimits: ConfigInput["shedding"] = { lagMs: null, heapShare: 0.001, queueAgeMs: null };

const loaded = (simulatorUrl: string): ConfigInput => {
  const steered = steeredConfig(simulatorUrl);
  return {
    ...steered,
    shedding: lowLimits,
    tenants: {
      ...steered.tenants,
      batch: { keys: [{ id: "batch", secret: "key-of-a-batch", criticality: "sheddable" }] },
    },
  };
};

describe("RTE-17 a process whose heap is above its limit", () => {
  let gateway: GatewayUnderTest;
  before(async () => {
    gateway = await GatewayUnderTest.start({ config: loaded });
    await levelIs(gateway, 1);
  });
  after(() => gateway[Symbol.asyncDispose]());

  for (const { name, path, body, overloaded, invalid } of dialects) {
    test(`${name}: sheddable is refused with a hint, critical is served`, async () => {
      const refused = await gateway.post(path, body, claims("sheddable"));
      assert.equal(refused.status, overloaded[0]);
      assert.match(await refused.text(), overloaded[1]);
      assert.equal(refused.headers.get("retry-after"), "3");
      assert.equal(refused.headers.get("x-sekisho-cause"), "overloaded");
      for (const criticality of ["sheddable+", "critical", "critical+"]) {
        const served = await gateway.post(path, body, claims(criticality));
        assert.equal(served.status, 200);
        assert.match(await served.text(), /served/);
      }
      const silent = await gateway.post(path, body);
      assert.equal(silent.status, 200);
      await silent.text();
    });

    test(`${name}: an unknown criticality is a 400`, async () => {
      for (const criticality of ["high", "Critical", ""]) {
        const response = await gateway.post(path, body, claims(criticality));
        assert.equal(response.status, invalid[0]);
        assert.match(await response.text(), invalid[1]);
      }
    });
  }

  test("a key caps its calls, of the file and of the command line", async () => {
    const data = ["--json", "--data", gateway.server.data];
    const words = ["keys", "create", "--tenant", "demo", "--criticality", "sheddable", ...data];
    const { code, stdout, stderr } = await runProgram(words);
    assert.equal(code, 0, stderr);
    // The command line prints what the admin API answered.
    const { key, secret } = JSON.parse(stdout) as KeyWithSecret;
    assert.equal(key.criticality, "sheddable");
    for (const capped of [secret, "key-of-a-batch"]) {
      const bears = { authorization: `Bearer ${capped}` };
      for (const headers of [bears, { ...bears, ...claims("critical+") }]) {
        const response = await gateway.chat("hi", {}, headers);
        assert.equal(response.status, 503);
        assert.match(await response.text(), /it is sheddable/);
      }
    }
  });

  test("a refusal waits for no body, and a stranger is told of the key first", async () => {
    const head = (key: string): string =>
      requestHead({
        authorization: `Bearer ${key}`,
        "content-type": "application/json",
        "content-length": "1000",
        ...claims("sheddable"),
      });
    const refused = await RawClient.ask(gateway.url, head(gateway.key));
    assert.deepEqual([refused.status, refused.code], [503, "overloaded"]);
    const stranger = await RawClient.ask(gateway.url, head("sk_dev_nobody"));
    assert.deepEqual([stranger.status, stranger.code], [401, "invalid_api_key"]);
  });

  test("a signed request is refused by what its key may say, before its body", async () => {
    const data = ["--json", "--data", gateway.server.data];
    const words = ["keys", "create", "--tenant", "demo", "--aws", "--criticality", "sheddable"];
    const { stdout } = await runProgram([...words, ...data]);
    // As above.
    const { aws } = JSON.parse(stdout) as KeyWithSecret;
    assert.ok(aws !== null);
    const { host } = new URL(gateway.url);
    const path = "/model/sole/converse";
    const signed = signedHeaders(
      { method: "POST", host, path, query: "", headers: [], body: "{}" },
      { pair: aws, atMs: gateway.clock.wallMs() },
    );
    const all = Object.entries({ host, ...signed, "content-length": "2" });
    const lines = all.map(([name, value]) => `${name}: ${value}\r\n`).join("");
    const head = `POST ${path} HTTP/1.1\r\n${lines}\r\n`;
    const answer = await RawClient.ask(gateway.url, head);
    assert.equal(answer.status, 503);
    assert.match(answer.text, /x-amzn-errortype: ServiceUnavailableException/i);
  });

  test("refusals reach no provider, no ledger and no rate; they are counted by class", async () => {
    const before = gateway.simulator.calls().length;
    const rows = (await gateway.settled()).rows.length;
    const counted = await shedCount(gateway);
    for (let n = 0; n < 5; n += 1) {
      await (await gateway.chat("hi", {}, claims("sheddable"))).text();
    }
    assert.equal(gateway.simulator.calls().length, before);
    assert.equal((await gateway.settled()).rows.length, rows);
    assert.equal((await shedCount(gateway)) - counted, 5);
    assert.match(await metricsOf(gateway), /^sekisho_load_level 1$/m);
  });

  test("of 200 refusals one after the other 99 of 100 take less than 5 ms", async () => {
    await refusalP99Ms(gateway);
    await assertOnce(() => refusalP99Ms(gateway), { limitMs: 5, most: 20 });
  });

  test("a change of level is a line of the log, and health shows it", async () => {
    const { status, load } = await healthOf(gateway);
    assert.deepEqual([status, load.refused], ["degraded", ["sheddable"]]);
    const lines = gateway.server.log.split("\n").filter((line) => line.includes("loadLevel"));
    assert.equal(lines.length, 1);
    assert.match(lines[0] ?? "", /"level":"warn".*"loadLevel":1,"refused":"sheddable"/);
  });

  test("limits that are changed while it runs hold at once, and calm ends it", async () => {
    const response = await fetch(`${gateway.url}/admin/config/shedding.heapShare`, {
      method: "PUT",
      headers: { authorization: `Bearer ${gateway.server.ready.adminKey}` },
      body: JSON.stringify({ value: null }),
    });
    assert.equal(response.status, 200);
    assert.equal((await levelIs(gateway, 0)).status, "ok");
    const served = await gateway.chat("hi", {}, claims("sheddable"));
    assert.equal(served.status, 200);
    await served.text();
  });
});

const metricsOf = async ({ url }: GatewayUnderTest): Promise<string> =>
  (await fetch(`${url}/metrics`)).text();

const shedCount = async (gateway: GatewayUnderTest): Promise<number> => {
  const line = /^sekisho_shed_requests_total\{criticality="sheddable"\} (\d+)$/m;
  return Number(line.exec(await metricsOf(gateway))?.[1]);
};

/** Of 200 calls on one connection: from the last byte sent to the whole refusal. */
async function refusalP99Ms(gateway: GatewayUnderTest): Promise<number> {
  const body = JSON.stringify({ model: "sole", messages: hi });
  const request =
    requestHead({
      authorization: `Bearer ${gateway.key}`,
      "content-type": "application/json",
      "content-length": String(Buffer.byteLength(body)),
      ...claims("sheddable"),
    }) + body;
  using client = new RawClient(gateway.url);
  const { socket } = client;
  const tookMs: number[] = [];
  for (let n = 0; n < 200; n += 1) {
    const startedMs = performance.now();
    const answered = new Promise<string>((resolve) => {
      socket.once("data", (bytes: Buffer) => resolve(bytes.toString("latin1")));
    });
    socket.resume();
    socket.write(request);
    assert.match(await answered, /^HTTP\/1\.1 503 .*\}$/s);
    tookMs.push(performance.now() - startedMs);
  }
  return tookMs.toSorted((a, b) => a - b)[197] ?? Infinity;
}

describe("RTE-10 a provider all of whose connections are busy", () => {
  const scarce = (simulatorUrl: string): ConfigInput => {
    const steered = steeredConfig(simulatorUrl);
    const { near, far } = steered.providers ?? {};
    assert.ok(near !== undefined && far !== undefined);
    return {
      ...steered,
      shedding: { lagMs: null, heapShare: null, queueAgeMs: 100 },
      providers: {
        near: { ...near, pool: { connections: 1, queueMs: 1_000 } },
        far,
        patient: { ...near, pool: { connections: 1, queueMs: 30_000 } },
      },
      models: {
        ...steered.models,
        away: soleModel("far", "gpt-4-turbo"),
        patient: soleModel("patient", "gpt-4-turbo"),
      },
    };
  };
  let gateway: GatewayUnderTest;
  before(async () => {
    gateway = await GatewayUnderTest.start({ config: scarce });
  });
  after(() => gateway[Symbol.asyncDispose]());

  test("its calls wait, and sheddable ones of any provider are refused meanwhile", async () => {
    const held = gateway.chat("[[sim: hold]]", { model: "patient" });
    await gateway.simulator.whenHeld(1);
    const waiting = gateway.chat("hi", { model: "patient" });
    await levelIs(gateway, 1);
    const shed = await gateway.chat("hi", { model: "away" }, claims("sheddable"));
    assert.equal(shed.status, 503);
    await shed.text();
    const away = await gateway.chat("hi", { model: "away" });
    assert.equal(away.status, 200);
    await away.text();
    await gateway.letGo();
    for (const each of [await held, await waiting]) assert.equal(each.status, 200);
    await levelIs(gateway, 0);
  });

  test("its calls go elsewhere, or are told", async () => {
    const held = gateway.chat("[[sim: hold]]");
    await gateway.simulator.whenHeld(1);
    const startedMs = performance.now();
    const sole = gateway.chat("hi");
    const pair = gateway.chat("hi", { model: "pair" });
    const failedOver = await pair;
    assert.equal(failedOver.headers.get("x-sekisho-provider"), "far");
    await failedOver.text();
    const refused = await sole;
    const waitedMs = performance.now() - startedMs;
    assert.deepEqual([refused.status, refused.headers.get("x-sekisho-cause")], [503, "overloaded"]);
    assert.match(await refused.text(), /All connections to the provider are busy/);
    assert.ok(waitedMs >= 990, `${waitedMs} ms`);

    assert.equal(gateway.simulator.release(), 1);
    assert.equal((await held).status, 200);
    // A limit of our own: nothing is held against the provider.
    const health = JSON.stringify(await healthOf(gateway));
    assert.match(health, /"near":\{"available":true,"circuitBreakerState":"closed"\}/);
  });
});

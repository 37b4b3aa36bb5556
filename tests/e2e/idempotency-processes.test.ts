import assert from "node:assert/strict";
import { request } from "node:http";
import { after, before, test } from "node:test";
import { setTimeout } from "node:timers/promises";
import type { HealthReport } from "@sekisho/wire/admin/health.ts";
import { GatewayUnderTest } from "../harness/gateway-under-test.ts";
import { steeredConfig } from "../harness/steered-config.ts";
import { until } from "../harness/until.ts";

let gateway: GatewayUnderTest;
const secret = "a-key-that-two-processes-know";
before(async () => {
  gateway = await GatewayUnderTest.start({
    config: (url) => {
      const steered = steeredConfig(url);
      const rates = [{ scope: "key" as const, requestsPerSecond: 100_000, burst: 100_000 }];
      const acme = { keys: [{ id: "shared", secret }], rates };
      return { ...steered, processes: 2, tenants: { ...steered.tenants, acme } };
    },
  });
});
after(() => gateway[Symbol.asyncDispose]());

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly isReplayed: boolean;
}

/** Over a connection of its own: connections go to the processes in turn. */
const ask = (name: string, content: string, stream: boolean): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const headers = {
      authorization: `Bearer ${secret}`,
      "content-type": "application/json",
      "idempotency-key": name,
    };
    const url = new URL("/v1/chat/completions", gateway.url);
    const sent = request(url, { method: "POST", headers, agent: false }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (piece: string) => (text += piece));
      response.on("end", () => {
        const isReplayed = response.headers["x-sekisho-replayed"] === "true";
        resolve({ status: response.statusCode ?? 0, text, isReplayed });
      });
      response.on("error", reject);
    });
    sent.on("error", reject);
    const messages = [{ role: "user", content }];
    sent.end(JSON.stringify({ model: "sole", stream, max_tokens: 1_000, messages }));
  });

for (const stream of [false, true]) {
  const how = stream ? "a stream" : "a whole answer";
  test(`STR-13 racers in two processes are one call and get the same bytes: ${how}`, async () => {
    const text = "Race [[sim: tokens=30 tps=60]]";
    const before = gateway.simulator.calls().length;
    // So many that each process has some of them.
    const racers = await Promise.all(
      Array.from({ length: 12 }, () => ask(`race-${stream}`, text, stream)),
    );
    const later = await Promise.all(
      Array.from({ length: 8 }, () => ask(`race-${stream}`, text, stream)),
    );
    const all = [...racers, ...later];
    assert.deepEqual(new Set(all.map(({ status }) => status)), new Set([200]));
    assert.equal(new Set(all.map((each) => each.text)).size, 1);
    assert.equal(racers.filter(({ isReplayed }) => !isReplayed).length, 1);
    assert.ok(later.every(({ isReplayed }) => isReplayed));
    assert.equal(gateway.simulator.calls().length - before, 1);
  });
}

/** A process that takes the place of another one begins as a program does. */
const restartMs = 20_000;

test("STR-13 a process that is killed in mid-call: 409 outcome_unknown", async () => {
  const text = "Go on [[sim: tokens=900 tps=50]]";
  const before = gateway.simulator.calls().length;
  let isCut = false;
  const cut = ask("killed", text, true)
    .catch(() => null)
    .finally(() => (isCut = true));
  await until("the call is under way", () => gateway.simulator.calls().length > before || null);
  // The server's own report.
  const report = (await (await fetch(`${gateway.url}/health`)).json()) as HealthReport;
  const [one, other] = (report.processes ?? []).map(({ pid }) => pid);
  assert.ok(typeof one === "number" && typeof other === "number");
  process.kill(one, "SIGKILL");
  await setTimeout(500);
  // It was the other one that makes the answer.
  if (!isCut) process.kill(other, "SIGKILL");
  await cut;
  const look = async () => {
    const again = await ask("killed", text, true).catch(() => null);
    // Who comes before the record is ended reads it to its end.
    if (again?.status === 200) assert.match(again.text, /stream_interrupted/);
    return again?.text.includes("outcome_unknown") === true ? again : null;
  };
  const answer = await until("what became of it is told", look, restartMs);
  assert.equal(answer.status, 409);
  assert.equal(gateway.simulator.calls().length - before, 1);
});

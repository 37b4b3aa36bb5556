import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { after, before, describe, test } from "node:test";
import type { ConfigInput } from "@sekisho/server/config/schema.ts";
import { dialectTargets } from "../../contract/targets/all-targets.ts";
import { openaiTarget } from "../../contract/targets/openai.ts";
import { assertOnce } from "../../harness/assert-once.ts";
import { FaultProxy } from "../../harness/proxy/fault-proxy.ts";
import { GatewayUnderTest } from "../../harness/gateway-under-test.ts";
import { generous, steadfast, steadfastProvider, type ModelInput } from "./steadfast.ts";

/** The timer that a stalled provider runs into, and how much later the next one may be asked. */
const timerMs = 300;
const lateMs = 20;
/** What a refused first target may add to a call, in the 99th of a hundred. */
const refusedMs = 10;
const refusedCalls = 250;

const stalls = ["stall-head", "stall-body", "stall-role"] as const;

/** A machine with other work is late by itself: a limit must hold in one of so many tries. */
const mostRuns = 10;
const mostTries = 40;
/** So far apart stalls begin: calls that fail over at one moment wait for one another. */
const apartMs = 40;

const far = { provider: "far", model: openaiTarget.upstreamModel, priority: 1 };
const inOrder = { ...steadfast, balance: "failover" } as const;

let refused: FaultProxy;
let gateway: GatewayUnderTest;

const config = async (simulatorUrl: string): Promise<ConfigInput> => {
  refused = await FaultProxy.start({ to: simulatorUrl });
  refused.refuse();
  const models: [string, ModelInput][] = dialectTargets.flatMap(({ name, upstreamModel }) =>
    stalls.map((fault): [string, ModelInput] => {
      const first = { provider: name, model: `${upstreamModel}.sim.fault-${fault}`, priority: 0 };
      const timeouts = { firstTokenMs: timerMs, betweenTokensMs: timerMs, attemptMs: timerMs };
      return [`${fault}-${name}`, { targets: [first, far], timeouts, ...inOrder }];
    }),
  );
  const nobody = { provider: "nobody", model: openaiTarget.upstreamModel, priority: 0 };
  return {
    providers: {
      ...Object.fromEntries(
        dialectTargets.map((each) => [each.name, steadfastProvider(each, simulatorUrl)]),
      ),
      nobody: steadfastProvider(openaiTarget, refused.url),
      far: steadfastProvider(openaiTarget, simulatorUrl),
    },
    models: {
      ...Object.fromEntries(models),
      well: { targets: [far], ...inOrder },
      refused: { targets: [nobody, far], ...inOrder },
    },
    prices: { unpriced: "allow" },
    ...generous,
  };
};

before(async () => {
  gateway = await GatewayUnderTest.start({ config });
  for (let n = 0; n < 50; n += 1) for (const how of [true, false]) await took("well", how);
});
after(async () => {
  await gateway[Symbol.asyncDispose]();
  await refused[Symbol.asyncDispose]();
});

/** From the request to the last byte of its answer, in milliseconds. */
async function took(model: string, stream: boolean): Promise<number> {
  const startedMs = performance.now();
  const response = await gateway.chat("Reply with exactly: here", { model, stream });
  const text = await response.text();
  const ms = performance.now() - startedMs;
  assert.equal(response.status, 200, text);
  assert.equal(response.headers.get("x-sekisho-provider"), "far");
  assert.match(text, /here/);
  return ms;
}

const quantile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.ceil(values.length * share) - 1] ?? Number.NaN;

const median = (values: readonly number[]): number => quantile(values, 0.5);

/** How much later than its timer this stall is answered by the next target. */
async function lateness(model: string, stream: boolean, usualMs: number): Promise<number> {
  const ms = await took(model, stream);
  assert.ok(ms >= timerMs, `${ms} ms: no timer ends early`);
  return ms - timerMs - usualMs;
}

describe("RTE-10 a stalled provider is left when its timer ends, at most 20 ms later", () => {
  for (const stream of [true, false]) {
    test(stream ? "streamed: the first token's" : "whole: the attempt's", async () => {
      const usual: number[] = [];
      for (let n = 0; n < 20; n += 1) usual.push(await took("well", stream));
      const usualMs = median(usual);
      const models = dialectTargets.flatMap(({ name }) =>
        stalls.map((fault) => `${fault}-${name}`),
      );
      const limits = { limitMs: lateMs, most: mostTries };
      await Promise.all(
        models.map(async (model, n) => {
          await sleep(n * apartMs);
          await assertOnce(() => lateness(model, stream, usualMs), limits);
        }),
      );
    });
  }
});

test("RTE-6 a refused connection adds at most 10 ms to 99 of 100 calls", async () => {
  const measure = async (): Promise<number> => {
    const [direct, behind]: [number[], number[]] = [[], []];
    // By turns: what else the machine does hits both.
    for (let n = 0; n < refusedCalls; n += 1) {
      direct.push(await took("well", n % 2 === 0));
      behind.push(await took("refused", n % 2 === 0));
    }
    return quantile(behind, 0.99) - quantile(direct, 0.99);
  };
  await assertOnce(measure, { limitMs: refusedMs, most: mostRuns });
});

import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { after, before, beforeEach, test } from "node:test";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import { dialectTargets } from "../../contract/targets/all-targets.ts";
import { until } from "../../harness/until.ts";
import { ask, tell, type Asked, type Met } from "./ask.ts";
import { assertClosed } from "./assert-closed.ts";
import { clientsOf } from "./clients/all-clients.ts";
import { WeatherStage, weatherModels } from "./weather-stage.ts";

let stage: WeatherStage;
before(async () => {
  stage = await WeatherStage.start();
});
after(async () => {
  await using _ = stage;
  await assertClosed(stage);
});
beforeEach(() => {
  stage.near.setScenarios([]);
  stage.far.setScenarios([]);
});

interface Answered {
  readonly asked: Asked;
  readonly met: Met;
}

/** Every client dialect over every provider dialect, streamed and not: 34 ways. */
const ways = (model: keyof typeof weatherModels): Asked[] =>
  dialectTargets.flatMap((target) =>
    clientsOf(target.api, stage.gateway.key).flatMap((client) =>
      [true, false].map((stream) => ({ client, model: weatherModels[model](target), stream })),
    ),
  );

/** Asks in all ways, `apartMs` after one another. */
const askAll = (model: keyof typeof weatherModels, apartMs = 0): Promise<Answered[]> =>
  Promise.all(
    ways(model).map(async (asked, n) => {
      await sleep(n * apartMs);
      return { asked, met: await ask(stage, asked) };
    }),
  );

function assertWhole({ asked, met }: Answered): void {
  assert.equal(met.status, 200, met.body.toString());
  const { text, error, ends, reasons } = tell(asked, met);
  assert.notEqual(text, "");
  assert.deepEqual([error, ends, reasons.length], [null, 1, 1]);
}

function assertError({ asked, met }: Answered, code: Code): void {
  const words = asked.client.readError(met.headers, met.body);
  assert.deepEqual({ status: met.status, words }, asked.client.errorOf(code));
  assert.equal(met.headers.get("x-sekisho-cause"), code);
}

/** How many of them which place served. */
const servedBy = (answered: readonly Answered[], place: "near" | "far"): number =>
  answered.filter(
    ({ met }) => (met.headers.get("x-sekisho-provider") === "far") === (place === "far"),
  ).length;

const all = (): number => ways("pair").length;

for (const fault of ["503", "529"] as const) {
  test(`RTE-7 a storm of ${fault} at one place: no client sees it`, async () => {
    stage.near.setScenarios([{ name: "storm", fault }]);
    const answered = await askAll("pair");
    for (const each of answered) assertWhole(each);
    assert.equal(servedBy(answered, "far"), all());
  });

  test(`RTE-7 a storm of ${fault} at both: the dialect's error after two attempts`, async () => {
    for (const place of [stage.near, stage.far]) place.setScenarios([{ name: "storm", fault }]);
    for (const each of await askAll("pair")) {
      assertError(each, "upstream_unavailable");
      assert.equal(each.met.headers.get("x-sekisho-attempts"), "2");
    }
  });
}

test("RTE-7 a tenth of random errors: no client sees one", async () => {
  const match = { probability: 0.1 };
  stage.near.setScenarios([{ name: "random", match, fault: "500" }]);
  for (let round = 0; round < 3; round += 1) {
    for (const each of await askAll("pair")) assertWhole(each);
  }
  const [{ fired } = { fired: 0 }] = await firedScenarios();
  assert.ok(fired > 0, "some calls have failed");
});

/** The near place's scenarios and how often each has fired. */
async function firedScenarios(): Promise<readonly { readonly fired: number }[]> {
  const response = await fetch(`${stage.near.url}/_sim/scenario`);
  const { rules } = (await response.json()) as { rules: readonly { fired: number }[] };
  return rules;
}

test("RTE-7 flapping: no client sees it, and both places serve", async () => {
  stage.near.setScenarios([{ name: "flap", match: { flapMs: 150 }, fault: "503" }]);
  const answered = [...(await askAll("pair", 20)), ...(await askAll("pair", 20))];
  for (const each of answered) assertWhole(each);
  assert.ok(servedBy(answered, "near") > 0 && servedBy(answered, "far") > 0);
});

test("RTE-10 a brown-out, ten times slower: answers are late and whole", async () => {
  stage.near.setScenarios([
    { name: "brown-out", slowdown: 10, firstTokenMs: 20, tokensPerSecond: 400, answerTokens: 30 },
  ]);
  const startedMs = performance.now();
  const answered = await askAll("pair");
  assert.ok(performance.now() - startedMs > 900);
  for (const each of answered) assertWhole(each);
  assert.equal(servedBy(answered, "near"), all());
});

test("RTE-8 throttled at one place with a hint: the other one is asked at once", async () => {
  const match = { times: all() };
  stage.near.setScenarios([{ name: "throttled", match, fault: "429", retryAfterMs: "300" }]);
  const answered = await askAll("pair");
  for (const each of answered) assertWhole(each);
  assert.equal(servedBy(answered, "far"), all());
  // It cools exactly those targets, for as long as they asked.
  const cooled = await until("the near place is asked again", async () => {
    const again = await askAll("pair");
    for (const each of again) assertWhole(each);
    return servedBy(again, "near") === all() ? again : null;
  });
  assert.equal(cooled.length, all());
});

/** Long enough to be told as more than nothing. */
const hintMs = 300;

test("RTE-8 throttled at both places: the error has the hint in each dialect's words", async () => {
  stage.near.setScenarios([{ name: "throttled", fault: "429", retryAfterMs: String(hintMs) }]);
  const told = async (asked: Asked): Promise<void> => {
    const met = await ask(stage, asked);
    assertError({ asked, met }, "upstream_rate_limited");
    const hint = Number(met.headers.get("retry-after-ms"));
    assert.ok(hint > 0 && hint <= hintMs, `${hint} ms`);
    assert.equal(met.headers.get("retry-after"), "1");
    if (asked.client.surface.startsWith("bedrock.")) {
      assert.equal(met.headers.get("x-amz-retry-after"), String(hint));
    }
  };
  // Of a target one at a time, as far apart as the hint says: one that cools is not asked.
  const byTarget = Object.values(Object.groupBy(ways("near"), ({ model }) => model));
  await Promise.all(
    byTarget.map(async (own = []) => {
      for (const asked of own) {
        await told(asked);
        await sleep(hintMs + 20);
      }
    }),
  );
});

test("RTE-7 connections that the near place has closed meanwhile harm nobody", async () => {
  for (const how of ["reset", "end"] as const) {
    for (const each of await askAll("pair")) assertWhole(each);
    assert.ok(stage.proxy.open > 0, "connections are kept");
    if (how === "reset") stage.proxy.resetAll();
    else stage.proxy.endAll();
    // Some of these find the close on their way.
    for (const each of await askAll("pair")) assertWhole(each);
    await until("closed ones are gone", () => (stage.proxy.open <= all() ? true : null));
  }
});

test("WIR-5 a reset in mid-stream: an error behind what was said", async () => {
  stage.near.setScenarios([{ name: "paused", pauseAfter: 20, answerTokens: 100 }]);
  const streams = ways("pair").filter(({ stream }) => stream);
  const answering = streams.map(async (asked) => ({ asked, met: await ask(stage, asked) }));
  await stage.near.whenHeld(streams.length);
  // The bytes have come through the proxy, and then to the gateway.
  for (let n = 0; n < 3; n += 1) {
    await sleep(10);
    await (await fetch(`${stage.gateway.url}/health`)).arrayBuffer();
  }
  stage.proxy.resetAll();
  for (const { asked, met } of await Promise.all(answering)) {
    assert.equal(met.status, 200);
    const { text, error, ends, reasons } = tell(asked, met);
    assert.notEqual(text, "");
    assert.deepEqual(
      [error, ends, reasons.length],
      [asked.client.streamErrorOf("upstream_cut"), 0, 0],
    );
    assert.equal(met.headers.get("x-sekisho-attempts"), "1");
  }
});

test("RTE-7 a place that refuses is left, and asked again when it is back", async () => {
  stage.proxy.refuse();
  stage.proxy.resetAll();
  const without = await askAll("pair");
  for (const each of without) assertWhole(each);
  assert.equal(servedBy(without, "far"), all());
  await stage.proxy.listen();
  const back = await askAll("pair");
  for (const each of back) assertWhole(each);
  assert.equal(servedBy(back, "near"), all());
});

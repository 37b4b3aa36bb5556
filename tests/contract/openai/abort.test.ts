import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import OpenAI from "openai";
import { assertOnce } from "../../harness/assert-once.ts";
import { GatewayUnderTest } from "../../harness/gateway-under-test.ts";
import { asks, openaiClient } from "../../harness/openai-client.ts";
import { until } from "../../harness/until.ts";

let gateway: GatewayUnderTest;
let client: OpenAI;

before(async () => {
  gateway = await GatewayUnderTest.start();
  client = openaiClient(gateway);
});
after(() => gateway[Symbol.asyncDispose]());

const newest = () => gateway.simulator.calls().at(-1);

/** When the provider saw its caller leave, on the clock of the test. */
const goneMs = (): Promise<number> =>
  until("the provider sees its caller leave", () => newest()?.clientGoneMs ?? null);

const underWay = (count: number): Promise<true> =>
  until("the call is with the provider", () =>
    gateway.simulator.calls().length > count ? true : null,
  );

/** STR-6: what leaving may take. */
const promptMs = 100;

const assertOneCancelledRow = async (already: number): Promise<void> => {
  const { rows } = await gateway.settled();
  const added = rows.slice(already);
  assert.deepEqual(
    added.map(({ attempt, outcome, cause }) => [attempt, outcome, cause]),
    [
      [0, "cancelled", "client_closed"],
      [1, "cancelled", "client_closed"],
    ],
  );
};

/** It stops before it is over: who leaves late is no later than that. */
const pace = "[[sim: tokens=100 tps=25 pause=25]]";

/** Leaves a stream behind its third token; resolves with how long the provider did not know. */
const leaveInMidStream = async (): Promise<number> => {
  const stream = await client.chat.completions.create({
    model: "sole",
    messages: asks(`Go on ${pace}`),
    stream: true,
  });
  let leftMs = 0;
  let content = 0;
  for await (const { choices } of stream) {
    if ((choices[0]?.delta.content ?? "") !== "") content += 1;
    if (content < 3) continue;
    leftMs = gateway.clock.monotonicMs();
    break; // the SDK aborts its request
  }
  return (await goneMs()) - leftMs;
};

test("STR-6 a client that leaves in mid-stream ends the provider's call in 100 ms", async () => {
  const measure = async (): Promise<number> => {
    const already = (await gateway.settled()).rows.length;
    const tookMs = await leaveInMidStream();
    assert.ok((newest()?.producedTokens ?? 100) < 30);
    await assertOneCancelledRow(already);
    // What was delivered is known, and paid for.
    const row = gateway.ledger.rows[already];
    assert.ok(row !== undefined && row.output >= 3 && row.costNanoUsd > 0);
    return tookMs;
  };
  await assertOnce(measure, { limitMs: promptMs });
});

for (const [when, marker, stream] of [
  ["before the first token of a stream", "[[sim: hold]]", true],
  ["while a whole answer is made", "[[sim: hold]]", false],
] as const) {
  test(`STR-6 a client that leaves ${when} ends the provider's call`, async () => {
    const already = (await gateway.settled()).rows.length;
    const calls = gateway.simulator.calls().length;
    const leaving = new AbortController();
    const asking = client.chat.completions.create(
      { model: "pair", messages: asks(`Go on ${marker}`), stream },
      { signal: leaving.signal },
    );
    const rejected = assert.rejects(asking, OpenAI.APIUserAbortError);
    await underWay(calls);
    leaving.abort();
    await rejected;
    await goneMs();
    await assertOneCancelledRow(already);
    assert.equal(gateway.simulator.calls().length, calls + 1, "no other target was tried");
    // The provider was at work for it: the prompt is charged, a whole answer as it was reserved.
    const row = gateway.ledger.rows[already];
    assert.ok(row !== undefined && row.costNanoUsd > 0);
    assert.equal(row.usageSource, stream ? "estimated" : "unknown");
  });
}

test("RTE-10 the client's own deadline ends the call at both ends", async () => {
  const asking = client.chat.completions.create(
    { model: "sole", messages: asks(`Go on ${pace}`) },
    { headers: { "x-sekisho-request-timeout-ms": "300" } },
  );
  await assert.rejects(asking, (error) => {
    assert.ok(error instanceof OpenAI.InternalServerError);
    return error.status === 504 && error.code === "deadline_exceeded";
  });
  await goneMs();
});

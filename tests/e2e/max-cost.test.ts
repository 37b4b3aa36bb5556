import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { GatewayUnderTest } from "../harness/gateway-under-test.ts";
import { steeredConfig } from "../harness/steered-config.ts";

let gateway: GatewayUnderTest;
before(async () => {
  gateway = await GatewayUnderTest.start({
    config: (url) => {
      const steered = steeredConfig(url);
      const nameless = { targets: [{ provider: "near", model: "nameless" }] };
      return { ...steered, models: { ...steered.models, nameless } };
    },
  });
});
after(() => gateway[Symbol.asyncDispose]());

const ask = (usd: string, rest: object = {}): Promise<Response> =>
  gateway.chat("Go on [[sim: tokens=40]]", rest, { "x-sekisho-max-cost-usd": usd });

interface Answer {
  readonly choices: readonly { readonly finish_reason: string }[];
}

test("REF-11 a call that could cost more than it says is refused, and is free", async () => {
  const refused = await ask("0.001", { max_tokens: 40 });
  assert.equal(refused.status, 402);
  assert.equal(refused.headers.get("x-should-retry"), "false");
  // The gateway's own error.
  const { error } = (await refused.json()) as { error: { code: string; details: object } };
  assert.equal(error.code, "request_exceeds_budget");
  const details = { budgetType: "per_request_cost", limit: 1_000_000, used: 0 };
  assert.partialDeepStrictEqual(error.details, details);
  assert.equal((await gateway.usage()).requests, 0);
});

test("REF-11 a call without a cap has one that its money affords", async () => {
  const answer = await ask("0.002");
  assert.equal(answer.status, 200);
  // The simulator's answer in OpenAI's words.
  const { choices } = (await answer.json()) as Answer;
  assert.equal(choices[0]?.finish_reason, "length");
  const [row] = await gateway.rowsOf(answer);
  assert.ok((row?.costNanoUsd ?? 0) > 0 && (row?.costNanoUsd ?? 0) <= 2_000_000);
  const whole = await ask("1", { max_tokens: 100 });
  assert.equal(((await whole.json()) as Answer).choices[0]?.finish_reason, "stop");
});

test("REF-11 what has no price is refused to who names a ceiling", async () => {
  const refused = await ask("1", { model: "nameless" });
  assert.equal(refused.status, 403);
  assert.match(await refused.text(), /"unpriced"/);
});

test("REF-11 a ceiling that cannot be read is refused", async () => {
  const refused = await ask("1e3");
  assert.equal(refused.status, 400);
  assert.match(
    await refused.text(),
    /x-sekisho-max-cost-usd: it is \\"1e3\\", expected is US dollars/,
  );
});

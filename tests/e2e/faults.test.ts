import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { codes, type CodeRow } from "@sekisho/wire/canonical/codes.data.ts";
import type { ConfigInput } from "@sekisho/server/config/schema.ts";
import { GatewayUnderTest } from "../harness/gateway-under-test.ts";
import { soleModel, steeredConfig } from "../harness/steered-config.ts";
import {
  faultOutcomes,
  misreported,
  translatedStreamOutcomes,
  type FaultOutcome,
} from "./fault-outcomes.data.ts";

const faults = Object.entries(faultOutcomes);
const translatedStream = new Map(Object.entries(translatedStreamOutcomes));

/** A model that brings its fault along; `endless` at a pace at which a client keeps up. */
const faulty = (fault: string): string =>
  `gpt-4-turbo.sim.fault-${fault}.after-5.tokens-30${fault === "endless" ? ".tps-400" : ""}`;

/** For each fault an alias of one target that has it, and one with a faultless second target. */
const config = (simulatorUrl: string): ConfigInput => {
  const steered = steeredConfig(simulatorUrl);
  const { timeouts = {} } = steered.models?.["hasty"] ?? {};
  const models = faults.flatMap(([fault]) => {
    const sole = { ...soleModel("near", faulty(fault)), timeouts };
    const targets = [
      { provider: "near", model: faulty(fault), priority: 0 },
      { provider: "far", model: "gpt-4-turbo", priority: 1 },
    ];
    return [
      [`sole-${fault}`, sole],
      [`pair-${fault}`, { ...sole, targets, balance: "failover", attempts: { max: 3 } }],
    ];
  });
  const list = { inputUsdPerMillion: 10, outputUsdPerMillion: 30 };
  return {
    ...steered,
    models: { ...steered.models, ...Object.fromEntries(models) },
    prices: { override: Object.fromEntries(faults.map(([fault]) => [faulty(fault), list])) },
  };
};

let gateway: GatewayUnderTest;
before(async () => {
  gateway = await GatewayUnderTest.start({ config });
});
after(() => gateway[Symbol.asyncDispose]());

interface Met {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

let asked = 0;

const read = async (response: Response): Promise<Met> => {
  asked += 1;
  const { status, headers } = response;
  return { status, headers, text: await response.text() };
};

const meet = async (model: string, stream: boolean): Promise<Met> =>
  read(await gateway.chat("Go on and on", { model, stream }));

const count = (text: string, pattern: RegExp): number => text.match(pattern)?.length ?? 0;

function assertWhole({ status, text }: Met, stream: boolean): void {
  assert.equal(status, 200, text.slice(0, 300));
  assert.equal(count(text, /"finish_reason"\s*:\s*"\w+"/g), 1);
  if (stream) assert.ok(text.endsWith("data: [DONE]\n\n") || /data: ?\[DONE\]\s+$/.test(text));
  if (stream) assert.equal(count(text, /\[DONE\]/g), 1);
  else assert.equal(typeof JSON.parse(text), "object");
}

function assertNoStop(text: string): void {
  assert.equal(count(text, /"finish_reason"\s*:\s*"\w+"/g), 0, "a false stop");
  assert.equal(count(text, /\[DONE\]/g), 0, "a false end");
}

function assertError(met: Met, outcome: Exclude<FaultOutcome, "whole">): void {
  const { status, headers, text } = met;
  const isLate = typeof outcome === "object";
  const code = isLate ? outcome.afterContent : outcome;
  const row: CodeRow = codes[code];
  const [type, openaiCode] = row.openai;
  const last = isLate ? text.slice(text.lastIndexOf("data: ") + "data: ".length) : text;
  const { error } = JSON.parse(last) as { error: { type: string; code: string | null } };
  assert.deepEqual([error.type, error.code], [type, openaiCode]);
  assert.equal(status, isLate ? 200 : row.status);
  assertNoStop(text);
  if (isLate) assert.ok(count(text, /"(?:content|text)":"[^"]/g) > 0);
  else assert.equal(headers.get("x-sekisho-cause"), code);
}

const isFinal = (outcome: FaultOutcome): boolean =>
  ["upstream_rejected", "context_length_exceeded", "content_filtered"].some((x) => x === outcome);

const checkSole = async (met: Met, outcome: FaultOutcome, stream: boolean): Promise<void> => {
  if (outcome === "whole") assertWhole(met, stream);
  else assertError(met, outcome);
  const [own, attempt, ...others] = await gateway.rowsOf(met);
  assert.deepEqual([own?.attempt, attempt?.attempt, others], [0, 1, []]);
  assert.equal(own?.outcome, outcome === "whole" ? "ok" : "error");
  // MON-15: an error before content costs the tenant nothing.
  if (typeof outcome === "string" && outcome !== "whole") assert.equal(own?.costNanoUsd, 0);
};

/** Does the first target's answer stand, where a second one is well? */
const stands = (outcome: FaultOutcome): boolean =>
  outcome === "whole" || typeof outcome === "object" || isFinal(outcome);

const checkPair = async (met: Met, outcome: FaultOutcome, stream: boolean): Promise<void> => {
  const stays = stands(outcome);
  if (!stays || outcome === "whole") assertWhole(met, stream);
  else assertError(met, outcome);
  assert.equal(met.headers.get("x-sekisho-provider"), stays ? "near" : "far");
  assert.equal(met.headers.get("x-sekisho-attempts"), stays ? "1" : "2");
  const [own, ...attempts] = await gateway.rowsOf(met);
  assert.equal(attempts.length, stays ? 1 : 2);
  if (!stays) assert.equal(own?.costNanoUsd, attempts.at(-1)?.costNanoUsd);
};

/** It needs a connection that was used before, so it cannot run beside others. */
const race = "keepalive-race";

for (const stream of [true, false]) {
  const how = stream ? "streamed" : "whole";
  const rows = faults
    .filter(([fault]) => fault !== race)
    .map(([fault, outcomes]) => ({ fault, outcome: stream ? outcomes.stream : outcomes.plain }));

  describe(`a ${how} answer of a sole provider`, { concurrency: 8 }, () => {
    for (const { fault, outcome } of rows) {
      test(`${fault}: ${JSON.stringify(outcome)}`, async () =>
        checkSole(await meet(`sole-${fault}`, stream), outcome, stream));
    }
  });

  describe(`a ${how} legacy completion of a sole provider`, { concurrency: 8 }, () => {
    for (const { fault, outcome: passed } of rows) {
      const outcome = (stream ? translatedStream.get(fault) : undefined) ?? passed;
      test(`${fault}: ${JSON.stringify(outcome)}`, async () => {
        const asked = { model: `sole-${fault}`, prompt: "Go on and on", stream };
        await checkSole(await read(await gateway.post("/v1/completions", asked)), outcome, stream);
      });
    }
  });

  describe(`a ${how} answer where a second provider is well`, { concurrency: 8 }, () => {
    for (const { fault, outcome } of rows) {
      test(`${fault}: ${stands(outcome) ? "as it is" : "failed over"}`, async () =>
        checkPair(await meet(`pair-${fault}`, stream), outcome, stream));
    }
  });

  test(`${race}, ${how}: a second provider is asked, a sole one's failure is told`, async () => {
    await meet("sole", stream);
    await checkPair(await meet(`pair-${race}`, stream), "upstream_cut", stream);
    await meet("sole", stream);
    await checkSole(await meet(`sole-${race}`, stream), "upstream_cut", stream);
  });
}

test("MON-15 the operator's cost is the provider's bill, to the nano-USD", async () => {
  const already = (await gateway.settled()).rows.length;
  gateway.simulator.reset();
  const asking = [true, false].flatMap((stream) =>
    faults
      // Refusals, which are free, and answers whose figures can be believed.
      .filter(([fault, { stream: streamed, plain }]) =>
        /^\d{3}$/.test(fault)
          ? true
          : (stream ? streamed : plain) === "whole" && !misreported.has(fault),
      )
      .map(([fault]) => meet(`sole-${fault}`, stream)),
  );
  await Promise.all(asking);
  const rows = (await gateway.settled()).rows.slice(already).filter(({ attempt }) => attempt > 0);
  const { total } = gateway.simulator.bill();
  assert.equal(rows.length, asking.length);
  assert.equal(total.calls, asking.length);
  assert.ok(total.costNanoUsd > 0n);
  assert.equal(
    BigInt(rows.reduce((sum, { costNanoUsd }) => sum + costNanoUsd, 0)),
    total.costNanoUsd,
  );
});

test("MON-10 no call is left open, and each has exactly one row of its own", async () => {
  const { rows, openIntents } = await gateway.settled();
  assert.equal(openIntents, 0);
  const own = rows.filter(({ attempt }) => attempt === 0);
  assert.equal(own.length, asked);
  assert.equal(new Set(own.map(({ id }) => id)).size, asked);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { Failure } from "@sekisho/lib/failure/failure.ts";
import { noUsage } from "@sekisho/wire/canonical/usage.ts";
import { savedNanoUsd, Savings, type PaidCall } from "./savings.ts";

/** nano-USD a token, the same for prompt and answer. */
const prices: Readonly<Record<string, number>> = { quality: 12, fast: 1, other: 3 };

const costs = {
  isPriced: (model: string) => Object.hasOwn(prices, model),
  calculate: (model: string, tokens: { readonly input: number; readonly output: number }) => {
    const price = prices[model];
    if (price === undefined) throw new Failure("unpriced", `Cannot price ${model}`);
    const costNanoUsd = price * (tokens.input + tokens.output);
    return { model, costNanoUsd, costUsd: "", priceVersion: "" };
  },
};

const models = ["nameless", "other", "quality", "fast"];

const call = (input: number, output: number, rest: Partial<PaidCall> = {}): PaidCall => {
  const alias = rest.alias ?? "quality";
  const usage = { ...noUsage, input, output };
  const { costNanoUsd } = costs.calculate(alias, usage);
  return { tenant: "acme", alias, usage, costNanoUsd, ...rest };
};

function savings(...calls: readonly (readonly [count: number, call: PaidCall])[]): Savings {
  const found = new Savings({ inputTokens: 650, outputTokens: 256 });
  for (const [count, each] of calls) for (let n = 0; n < count; n += 1) found.add(each);
  return found;
}

test("MON-17 simple calls of a dear alias go where they cost least, with the evidence", () => {
  const found = savings([61, call(650, 256)], [39, call(2_000, 1_024)]);
  const [saving, ...others] = found.among(models, costs);
  assert.deepEqual(others, []);
  assert.deepEqual(saving, {
    tenant: "acme",
    alias: "quality",
    to: "fast",
    calls: 100,
    simpleCalls: 61,
    costNanoUsd: BigInt(12 * (61 * 906 + 39 * 3_024)),
    simpleCostNanoUsd: BigInt(12 * 61 * 906),
    wouldCostNanoUsd: BigInt(61 * 906),
  });
  assert.equal(saving === undefined ? 0n : savedNanoUsd(saving), BigInt(11 * 61 * 906));
});

test("MON-17 a prompt out of a cache is as long as any other", () => {
  const cached = call(1, 1);
  const long = { ...cached, usage: { ...cached.usage, cacheRead: 650 } };
  assert.deepEqual(savings([100, long]).among(models, costs), []);
});

test("MON-17 nothing is advised of few calls, of the cheapest, or without a price", () => {
  const simple = call(10, 10);
  assert.deepEqual(savings([19, simple]).among(models, costs), []);
  assert.equal(savings([20, simple]).among(models, costs).length, 1);
  assert.deepEqual(savings([100, call(10, 10, { alias: "fast" })]).among(models, costs), []);
  assert.deepEqual(savings([100, simple]).among(["quality"], costs), []);
  assert.deepEqual(savings([100, simple]).among(["nameless"], costs), []);
  assert.deepEqual(new Savings({ inputTokens: 1, outputTokens: 1 }).among(models, costs), []);
});

test("MON-17 tenants and aliases stand apart, the largest saving first", () => {
  const found = savings(
    [20, call(10, 10)],
    [50, call(10, 10, { tenant: "zoo" })],
    [30, call(10, 10, { alias: "other" })],
  );
  assert.equal(found.calls, 100);
  assert.deepEqual(
    found.among(models, costs).map(({ tenant, alias, to }) => [tenant, alias, to]),
    [
      ["zoo", "quality", "fast"],
      ["acme", "quality", "fast"],
      ["acme", "other", "fast"],
    ],
  );
});

test("MON-17 whether a name has a price is asked once for all tenants and aliases", () => {
  const found = savings(
    ...Array.from({ length: 50 }, (_, at) => [20, call(10, 10, { tenant: `t${at}` })] as const),
  );
  const asked: string[] = [];
  const counting = {
    ...costs,
    isPriced: (model: string): boolean => {
      asked.push(model);
      return costs.isPriced(model);
    },
  };
  assert.equal(found.among(models, counting).length, 50);
  assert.deepEqual(asked, models);
});

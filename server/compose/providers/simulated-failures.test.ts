import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { SystemClock } from "@sekisho/lib/time/system-clock.ts";
import { startSimulator, type Simulator } from "@sekisho/simulator/server.ts";
import type { FailureOrder } from "@sekisho/wire/chat/failure-order.ts";
import { parseConfig } from "../../config/loading/parse-config.ts";
import { sourcesOf } from "../../config/loading/text-fixture.ts";
import { SimulatedFailures } from "./simulated-failures.ts";

const everything: FailureOrder = { region: null, provider: null, fault: "503", probability: 1 };

describe("SIM-6 SimulatedFailures", () => {
  const loaded = parseConfig(null, { ...sourcesOf({}), settings: [] });
  assert.ok(loaded.ok);
  const { providers } = loaded.value.config;
  let simulator: Simulator;
  let failures: SimulatedFailures;
  before(async () => {
    simulator = await startSimulator({ port: 0, seed: 1, clock: new SystemClock() });
    failures = new SimulatedFailures(simulator, () => providers);
  });
  after(() => simulator.close());

  const ask = async (path: string): Promise<number> => {
    const response = await fetch(`${simulator.url}${path}`, {
      method: "POST",
      headers: { "anthropic-version": "2023-06-01", "x-api-key": "k", authorization: "Bearer k" },
      body: JSON.stringify({
        model: "gpt-4",
        max_tokens: 9,
        messages: [{ role: "user", content: "Hi" }],
      }),
    });
    await response.arrayBuffer();
    return response.status;
  };
  const places = ["/v1/chat/completions", "/v1/messages", "/us-west-2/v1/chat/completions"];
  const statuses = (): Promise<number[]> => Promise.all(places.map(ask));

  const orders: readonly (readonly [what: string, Partial<FailureOrder>, readonly number[]])[] = [
    ["all: 503", {}, [503, 503, 503]],
    ["all: 429", { fault: "429" }, [429, 429, 429]],
    ["region us-west-2: 503", { region: "us-west-2" }, [200, 200, 503]],
    ["region global: 503", { region: "global" }, [503, 503, 200]],
    ["provider sim-openai: 503", { provider: "sim-openai" }, [503, 200, 200]],
    ["provider sim-anthropic: 503", { provider: "sim-anthropic" }, [200, 503, 200]],
  ];
  for (const [what, order, expected] of orders) {
    test(what, async () => {
      failures.order({ ...everything, ...order });
      assert.equal(failures.current(), what);
      assert.deepEqual(await statuses(), expected);
      failures.end();
      assert.equal(failures.current(), null);
      assert.deepEqual(await statuses(), [200, 200, 200]);
    });
  }

  test("an order replaces the one before, and no scenario of somebody else", async () => {
    const own = { name: "own", match: { region: "us-west-2" }, fault: "500" } as const;
    simulator.setScenarios([own]);
    failures.order({ ...everything, region: "us-east-1" });
    failures.order({ ...everything, provider: "sim-openai", probability: 0.999_999 });
    assert.equal(failures.current(), "provider sim-openai: 503 with probability 0.999999");
    assert.deepEqual(await statuses(), [503, 200, 500]);
    failures.end();
    assert.deepEqual(simulator.scenarios(), [own]);
    simulator.setScenarios([]);
  });

  test("a reset of the simulator ends the failures, and it is known", () => {
    failures.order(everything);
    simulator.reset();
    assert.equal(failures.current(), null);
  });

  test("it counts what the simulator has received", async () => {
    const received = failures.received();
    await statuses();
    assert.equal(failures.received(), received + 3);
  });

  const unknown: readonly (readonly [Partial<FailureOrder>, RegExp])[] = [
    [{ region: "mars" }, /^Cannot fail region "mars": known are us-east-1, us-west-2, ap-nor/],
    [{ provider: "aws" }, /^Cannot fail provider "aws": known are sim-us-east-1, /],
    [{ provider: "constructor" }, /^Cannot fail provider "constructor"/],
    [{ fault: "toString" }, /^Cannot fail fault "toString": known are .* such as 503/],
  ];
  for (const [order, message] of unknown) {
    test(`${JSON.stringify(order)} is refused and changes nothing`, () => {
      failures.order({ ...everything, fault: "429" });
      assert.throws(() => failures.order({ ...everything, ...order }), {
        code: "invalid_value",
        message,
      });
      assert.equal(failures.current(), "all: 429");
      failures.end();
    });
  }
});

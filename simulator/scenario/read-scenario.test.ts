import assert from "node:assert/strict";
import { test } from "node:test";
import { Failure } from "@sekisho/lib/failure/failure.ts";
import { readScenario, readScenarios } from "./read-scenario.ts";

test("SIM-2 a scenario is read with its conditions", () => {
  const scenario = {
    name: "slow tokyo",
    match: { region: "ap-northeast-1", model: "gpt-*", probability: 0.5, every: 2, times: 3 },
    firstTokenMs: { lognormal: { p50: 200, p99: 900 } },
    tokensPerSecond: 40,
    answerTokens: { uniform: [10, 20] },
    fault: "stall",
    afterTokens: 5,
  };
  assert.deepEqual(readScenario(scenario, "rules[0]"), scenario);
});

const wrong: readonly [what: string, value: unknown, path: string][] = [
  ["no object", "slow", "rules[0]"],
  ["no name", {}, "rules[0].name"],
  ["an unknown field", { name: "a", fautl: "429" }, "rules[0].fautl"],
  ["an unknown fault", { name: "a", fault: "418" }, "rules[0].fault"],
  ["an unknown condition", { name: "a", match: { models: "x" } }, "rules[0].match.models"],
  ["a probability above 1", { name: "a", match: { probability: 2 } }, "rules[0].match.probability"],
  ["a wait beyond the limit", { name: "a", firstTokenMs: 600_001 }, "rules[0].firstTokenMs"],
  ["half a range", { name: "a", firstTokenMs: { uniform: [1] } }, "rules[0].firstTokenMs.uniform"],
  [
    "a range that falls",
    { name: "a", firstTokenMs: { uniform: [9, 1] } },
    "rules[0].firstTokenMs.uniform.1",
  ],
  [
    "a spread without its middle",
    { name: "a", answerTokens: { lognormal: { p99: 3 } } },
    "rules[0].answerTokens.lognormal.p50",
  ],
  ["a header of two lines", { name: "a", retryAfter: "1\r\nx: y" }, "rules[0].retryAfter"],
];
for (const [what, value, path] of wrong) {
  test(`a scenario with ${what} is refused at ${path}`, () =>
    assert.throws(
      () => readScenario(value, "rules[0]"),
      (error) => error instanceof Failure && error.details.param === path,
    ));
}

test("there is a limit to scenarios", () =>
  assert.throws(() => readScenarios([{ name: "a" }, { name: "b" }], 1), /the limit is 1/));

import assert from "node:assert/strict";
import { test } from "node:test";
import { Failure } from "@sekisho/lib/failure/failure.ts";
import { baseModel, findMarker, readMarker, withoutMarker } from "./marker.ts";
import { patchFields } from "./patch-fields.data.ts";
import type { BehaviourPatch } from "./scenario.ts";

const cases: readonly [model: string, text: string, expected: BehaviourPatch | null][] = [
  ["gpt-4", "hello", null],
  ["simple-model", "hello", null],
  ["gpt-4.1", "[[sim]]", null],
  ["sim.tokens-64", "", { answerTokens: 64 }],
  ["sim.fault-cut-fin.after-40", "", { fault: "cut-fin", afterTokens: 40 }],
  ["gpt-4.sim.fault-429.retry-after-2", "", { fault: "429", retryAfter: "2" }],
  ["openai/sim.hold", "", { hold: true }],
  ["sim.hold-0", "", { hold: false }],
  ["sim.pause-3", "", { pauseAfter: 3 }],
  ["gpt-4", "x [[sim: fault=529 backoff-ms=1500]] y", { fault: "529", retryAfterMs: "1500" }],
  ["gpt-4", "[[sim:first=200, tps=12.5;slice=1]]", wait()],
  ["sim.tokens-9", "[[sim:tokens=7]]", { answerTokens: 7 }],
  ["gpt-4", "[[sim:tokens=7]] and [[sim:cached=3]]", { answerTokens: 7, cachedTokens: 3 }],
  ["gpt-4", "[[sim:fault=none]]", { fault: "none" }],
];

function wait(): BehaviourPatch {
  return { firstTokenMs: 200, tokensPerSecond: 12.5, sliceBytes: 1 };
}

for (const [model, text, expected] of cases) {
  test(`SIM-2 the marker of "${model}" and "${text}"`, () =>
    assert.deepEqual(findMarker(model, text), expected));
}

const wrong = [
  "sim.fualt-429",
  "sim.fault-418",
  "sim.tokens-many",
  "sim.tokens-",
  "sim.tokens--1",
  "sim.tokens-99999999",
  "sim.fault",
];
for (const model of wrong) {
  test(`a mistyped marker is refused: ${model}`, () =>
    assert.throws(
      () => findMarker(model, ""),
      (error) => error instanceof Failure && error.code === "invalid_marker",
    ));
}

test("a header is read like the inside of a text marker", () =>
  assert.deepEqual(readMarker("fault=cut-rst, after=3"), { fault: "cut-rst", afterTokens: 3 }));

test("the marker is no part of what was said", () =>
  assert.equal(withoutMarker("Say hi [[sim:tokens=3]] "), "Say hi"));

test("a price is looked up without the marker", () => {
  assert.equal(baseModel("gpt-4.sim.fault-429"), "gpt-4");
  assert.equal(baseModel("sim.tokens-64"), "sim.tokens-64");
  assert.equal(baseModel("gpt-4.1"), "gpt-4.1");
});

test("no marker's name begins with another one and a hyphen", () => {
  const names = Object.values(patchFields).map((row) => row.marker);
  for (const one of names) {
    for (const two of names) assert.ok(!one.startsWith(`${two}-`), `${one} begins with ${two}`);
  }
});

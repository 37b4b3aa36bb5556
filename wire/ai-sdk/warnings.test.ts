import assert from "node:assert/strict";
import { test } from "node:test";
import { readWarnings } from "./warnings.ts";

const unsupported = (feature: string) => ({ type: "unsupported", feature });

test("WIR-13 settings that only tune are dropped by the names of the table", () => {
  const names = ["topK", "seed", "frequencyPenalty", "reasoning", "topK"];
  assert.deepEqual(readWarnings(names.map(unsupported)), {
    refused: null,
    dropped: ["top_k", "seed", "frequency_penalty", "reasoning_effort"],
  });
});

test("WIR-13 what an answer depends on is refused, whatever else was left out", () => {
  for (const name of ["tools", "toolChoice", "responseFormat", "stopSequences"]) {
    const { refused } = readWarnings([unsupported("seed"), unsupported(name)]);
    assert.equal(refused, name);
  }
  assert.equal(readWarnings([{ type: "unsupported-tool", feature: "toolX" }]).refused, "toolX");
});

test("names that a header cannot carry, hints and nonsense name nothing", () => {
  const odd = [
    unsupported("a\r\nx-evil: 1"),
    unsupported(`x${"y".repeat(80)}`),
    { type: "other", message: "mind the gap" },
    { type: "compatibility", feature: "seed" },
    { type: "unsupported" },
    null,
    7,
  ];
  assert.deepEqual(readWarnings(odd), { refused: null, dropped: [] });
  for (const value of [undefined, null, "x", {}]) {
    assert.deepEqual(readWarnings(value), { refused: null, dropped: [] });
  }
  const own = Array.from({ length: 40 }, (_, n) => unsupported(`own${n}`));
  assert.equal(readWarnings(own).dropped.length, 16);
});

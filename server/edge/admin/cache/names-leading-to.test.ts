import assert from "node:assert/strict";
import { test } from "node:test";
import { runTimeOf } from "../run-time-fixture.ts";
import { namesLeadingTo } from "./names-leading-to.ts";

const targets = [{ provider: "sim", model: "gpt-4" }];
const { models } = runTimeOf({
  providers: { sim: { kind: "simulator" } },
  models: {
    cheap: { targets },
    strong: { targets },
    backed: { chain: ["cheap", "strong"] },
    smart: { choose: "complexity", simple: "backed", strong: "strong" },
    trial: { split: { strong: 80, cheap: 20 } },
    "gpt-*": { passThrough: { provider: "sim" } },
  },
}).config;

test("STR-14 a name is led to by chains, choices and splits, also by one another", () => {
  const names = (name: string): readonly string[] => namesLeadingTo(name, models).toSorted();
  assert.deepEqual(names("cheap"), ["backed", "cheap", "smart", "trial"]);
  assert.deepEqual(names("strong"), ["backed", "smart", "strong", "trial"]);
  assert.deepEqual(names("backed"), ["backed", "smart"]);
  assert.deepEqual(names("smart"), ["smart"]);
});

test("STR-14 a name that is not configured leads to itself alone", () => {
  assert.deepEqual(namesLeadingTo("gone", models), ["gone"]);
  assert.deepEqual(namesLeadingTo("gpt-4", models), ["gpt-4"]);
});

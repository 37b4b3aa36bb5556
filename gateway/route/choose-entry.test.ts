import assert from "node:assert/strict";
import { test } from "node:test";
import { ok, refuse } from "@sekisho/wire/result.ts";
import type { CanonicalRequest } from "@sekisho/wire/canonical/request.ts";
import { choiceInWords } from "../choice.ts";
import type { ModelEntry } from "../model-entry.ts";
import { configuredWeights } from "../split.ts";
import { chooseEntry, type ChosenCall } from "./choose-entry.ts";
import { complexityRule, usualRule } from "./complexity-rule.ts";
import { entry, target } from "./route-fixture.ts";

const branch = (name: string): ModelEntry => ({ ...entry([target(name)]), branch: name });
const [simple, strong] = [branch("fast"), branch("quality")];
const auto: ModelEntry = {
  ...entry([target("fast"), target("quality")]),
  choice: { kind: "complexity", rule: complexityRule(usualRule), simple, strong },
};

const calling = (canonical: ChosenCall["request"]["canonical"]): ChosenCall => ({
  request: { canonical },
  tenant: "acme",
  attribution: { session: "s", user: null },
  draw: () => assert.fail("nothing is drawn"),
  splits: configuredWeights,
});

const saying = (text: string) => {
  const messages = [{ role: "user", parts: [{ kind: "text", text }] }];
  const request = { dialect: "openai", messages, tools: [], rest: {} };
  // What is judged of it.
  return calling(() => ok(request as unknown as CanonicalRequest));
};

test("RTE-5 a simple request goes to one alias, all others to the other", () => {
  assert.equal(chooseEntry(auto, saying("いくら?")).entry, simple);
  assert.equal(chooseEntry(auto, saying("なぜ旅に出たのか説明して")).entry, strong);
});

test("RTE-5 the choice says on one line what was picked and by what", () => {
  const { choice } = chooseEntry(auto, saying("いくら?"));
  assert.ok(choice !== null);
  assert.equal(
    choiceInWords(choice),
    'fast: simple by -3 = short -1, no history -1, price -1 ("いくら")',
  );
});

test("REF-5 a name that leaves no choice is never changed, and its body not looked at", () => {
  const canonical = () => assert.fail("it is not read");
  assert.deepEqual(chooseEntry(strong, calling(canonical)), { entry: strong, choice: null });
});

test("RTE-5 a request that nobody here can read is strong, and says so", () => {
  const unread = calling(() => refuse("invalid_value", null, "unknown words"));
  const { entry: chosen, choice } = chooseEntry(auto, unread);
  assert.equal(chosen, strong);
  assert.ok(choice?.kind === "complexity");
  assert.deepEqual(
    choice.signals.map(({ name }) => name),
    ["unread"],
  );
});

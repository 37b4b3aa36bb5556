import assert from "node:assert/strict";
import { test } from "node:test";
import { readMessages, type LabelledMessage } from "./labelled-messages.ts";
import { accuracyOf, lengthRule, measuredRules, simpleShares } from "./measured-rules.ts";

const message = (text: string, label: LabelledMessage["label"]): LabelledMessage => ({
  id: "en-001",
  lang: "en",
  text,
  label,
  why: "a test",
  split: "dev",
});

test("the length that is right most often is found, and counts characters", () => {
  const messages = [message("😀😀", "simple"), message("three", "strong"), message("x", "simple")];
  const rule = lengthRule(messages);
  assert.equal(rule.name, "length alone, up to 2 characters");
  assert.deepEqual(accuracyOf(rule, messages), { right: 3, count: 3 });
  assert.deepEqual(simpleShares(rule, messages), { ofSimple: 1, ofStrong: 0 });
});

// Of the messages that it was made by; the figure to quote is that of the others.
test("RTE-5 the rule is right of 9 in 10 messages that it was made by", () => {
  const dev = readMessages("dev");
  const [length = 0, lengths = 0, reference = 0, all = 0] = measuredRules(dev).map((rule) => {
    const { right, count } = accuracyOf(rule, dev);
    return right / count;
  });
  assert.ok(all > 0.9, `${all}`);
  assert.ok(all > lengths && lengths >= length && length > 0.65, `${length} ${lengths}`);
  assert.ok(reference > 0.65, `${reference}`);
});

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { checkModelName, shownModel } from "./model-name.ts";

describe("WIR-4 SEC-5 the name of a model", () => {
  const names: readonly string[] = [
    "anthropic.claude-3-haiku-20240307-v1:0",
    "a%3Ab",
    "arn:aws:bedrock:::x/y",
    "openai/gpt-4",
    "速い",
    "a+b",
    "a".repeat(2048),
  ];
  for (const name of names) {
    test(name.slice(0, 40), () => assert.equal(checkModelName(name, "model"), name));
  }

  const wrong: readonly (readonly [what: string, name: string, fault: string])[] = [
    ["nothing", "", "has 0 characters, 1 to 2048 expected"],
    ["a line end", "a\nb", "holds a control character"],
    ["a zero byte", "a\0", "holds a control character"],
    ["a separator of lines", "a\u2028b", "holds a control character"],
    ["half of a pair", "a\ud800b", "holds half of a surrogate pair"],
    ["100 kB", "a".repeat(100_000), "has 100000 characters, 1 to 2048 expected"],
  ];
  for (const [what, name, fault] of wrong) {
    test(`${what} is refused`, () => {
      assert.throws(() => checkModelName(name, "modelId"), {
        code: "invalid_value",
        message: `Cannot read the model's name in "modelId": it ${fault}`,
        details: { param: "modelId" },
      });
    });
  }

  test("a message shows 128 characters of it", () => {
    assert.equal(shownModel("a".repeat(129)), "a".repeat(128));
  });
});

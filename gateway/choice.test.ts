import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { choiceInWords, dividedIn, judgedIn, type JudgedChoice } from "./choice.ts";

const name = fc.stringMatching(/^[a-z][a-z -]{0,15}[a-z]$/);
const judgedChoice: fc.Arbitrary<JudgedChoice> = fc.record({
  kind: fc.constant("complexity"),
  alias: fc.stringMatching(/^[\w./:-]{1,20}$/),
  complexity: fc.constantFrom("simple", "strong"),
  points: fc.integer({ min: -9, max: 9 }),
  signals: fc.array(
    fc.record(
      {
        name,
        points: fc.integer({ min: -9, max: 9 }),
        // Words of the lists: letters of any language, blanks and marks within.
        word: fc.option(fc.stringMatching(/^[a-z\u3040-\u30ff\u4e00-\u4fff' ,()+-]{1,12}$/)),
      },
      { noNullPrototype: true },
    ),
    { minLength: 1, maxLength: 5 },
  ),
});

test("RTE-5 what the ledger says of a judged request is read again (property)", () => {
  fc.assert(
    fc.property(judgedChoice, (choice) => {
      const { kind: _, ...rest } = choice;
      assert.deepEqual(judgedIn(choiceInWords(choice)), rest);
      assert.equal(dividedIn(choiceInWords(choice)), null);
    }),
  );
});

test("RTE-4 what the ledger says of a split is no judgement", () => {
  assert.equal(judgedIn("fast: 80 of 100 of ab, by session"), null);
  assert.equal(judgedIn(""), null);
});

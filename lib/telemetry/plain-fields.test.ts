import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { PlainFields } from "./plain-fields.ts";

test("lines that follow one another say what JSON says, whatever stood in those before", () => {
  const value = fc.constantFrom(
    0,
    -0,
    1,
    "1",
    "",
    "0",
    "a b",
    null,
    undefined,
    true,
    false,
    1.5e21,
  );
  const slots = { shelf: value, book: value, count: value };
  const fields = fc.record(slots, { noNullPrototype: true });
  const property = fc.property(fc.array(fields, { maxLength: 20 }), (lines) => {
    const plain = new PlainFields(["shelf", "book", "count"]);
    for (const line of lines) {
      const json = JSON.stringify({ first: 0, ...line });
      assert.equal(`{"first":0${plain.write(line) ?? " none"}}`, json);
    }
  });
  fc.assert(property);
});

test("what has to be left out, cut or escaped is not written, and forgotten", () => {
  const plain = new PlainFields(["shelf", "error"]);
  const cases: Record<string, unknown>[] = [
    { book: "not on the list" },
    { error: "thrown" },
    { shelf: 'a "quote"' },
    { shelf: "back\\slash" },
    { shelf: "line\nfeed" },
    { shelf: "漢" },
    { shelf: NaN },
    { shelf: Infinity },
    { shelf: 1n },
    { shelf: {} },
    { shelf: "x".repeat(4_097) },
    { shelf: "x".repeat(4_090) },
    Object.assign(Object.create({ toJSON: () => "b" }), { shelf: "a" }),
  ];
  for (const fields of cases) {
    assert.equal(plain.write({ shelf: "A" }), ',"shelf":"A"');
    assert.equal(plain.write(fields), null, JSON.stringify(Object.keys(fields)));
  }
});

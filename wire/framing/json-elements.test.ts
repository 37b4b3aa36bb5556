import assert from "node:assert/strict";
import { test } from "node:test";

import fc from "fast-check";

import { elementSpans, memberSpan, memberSpans } from "./json-elements.ts";
import type { Span } from "./json-scan.ts";

const textAt = (bytes: Buffer, { start, end }: Span): string => bytes.toString("utf8", start, end);

const wholeOf = (bytes: Buffer): Span => ({ start: 0, end: bytes.length });

test("elements are found, whatever is in them", () => {
  const bytes = Buffer.from('[ 1 ,"a,]" , [2,[3]],{"b":[",",{}]} ,null]');
  assert.deepEqual(
    elementSpans(bytes, wholeOf(bytes)).map((span) => textAt(bytes, span)),
    ["1", '"a,]"', "[2,[3]]", '{"b":[",",{}]}', "null"],
  );
  for (const empty of ["[]", "[ \n ]"]) {
    assert.deepEqual(elementSpans(Buffer.from(empty), { start: 0, end: empty.length }), []);
  }
});

test("of members of one name the last one counts, in any spelling", () => {
  const bytes = Buffer.from('{"a":1,"b" : {"a":2} , "\\u0061" : [3] ,"c:a":4}');
  const at = (key: string): string | null => {
    const span = memberSpan(bytes, wholeOf(bytes), key);
    return span === null ? null : textAt(bytes, span);
  };
  assert.deepEqual([at("a"), at("b"), at("c:a"), at("d")], ["[3]", '{"a":2}', "4", null]);
});

test("several members are found in one walk", () => {
  const bytes = Buffer.from('{"a":[1, {"b":0}],"b":"}","a":2}');
  const { a, b, c } = memberSpans(bytes, wholeOf(bytes), ["a", "b", "c"]);
  const texts = [a, b].map((span) => (span === null ? null : textAt(bytes, span)));
  assert.deepEqual(texts, ["2", '"}"']);
  assert.equal(c, null);
});

test("spans are what JSON.parse reads there", () => {
  const spaced = fc.tuple(fc.jsonValue(), fc.constantFrom(undefined, 1, "\t"));
  fc.assert(
    fc.property(fc.array(spaced), fc.constantFrom(undefined, 2), (list, indent) => {
      const values = list.map(([value]) => value);
      const bytes = Buffer.from(JSON.stringify(values, null, indent));
      const read = elementSpans(bytes, wholeOf(bytes)).map((span): unknown =>
        JSON.parse(textAt(bytes, span)),
      );
      assert.deepEqual(read, JSON.parse(bytes.toString()));
    }),
    { numRuns: 500 },
  );
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (object) => {
      const bytes = Buffer.from(JSON.stringify(object));
      for (const [key, value] of Object.entries(object)) {
        const span = memberSpan(bytes, wholeOf(bytes), key);
        assert.ok(span !== null);
        assert.equal(textAt(bytes, span), JSON.stringify(value));
      }
    }),
    { numRuns: 500 },
  );
});

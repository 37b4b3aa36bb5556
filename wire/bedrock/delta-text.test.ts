import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { describe, test } from "node:test";

import fc from "fast-check";

import type { JsonObject } from "../field-rules.ts";
import { DeltaText } from "./delta-text.ts";

/** Reads a payload that stands amid other bytes. */
function read(deltas: DeltaText, payload: string): JsonObject | null {
  const before = Buffer.from('"}}"');
  const bytes = Buffer.concat([before, Buffer.from(payload), Buffer.from('"}}","p":"x"}')]);
  const end = before.length + Buffer.byteLength(payload);
  return deltas.read(bytes, before.length, end);
}

function after(index: number, delta: JsonObject): DeltaText {
  const deltas = new DeltaText();
  deltas.learn(index, delta);
  return deltas;
}

const some: readonly JsonObject[] = [
  { text: "x" },
  { toolUse: { input: "x" } },
  { reasoningContent: { text: "x" } },
];

const payloadOf = (index: number, delta: JsonObject, padding: string | null): string =>
  JSON.stringify({ contentBlockIndex: index, delta, ...(padding === null ? {} : { p: padding }) });

describe("DeltaText", () => {
  test("WIR-5 what is read of a delta is what JSON.parse reads of it", () => {
    const form = fc.constantFrom(...some);
    const text = fc.oneof(fc.string(), fc.string({ unit: "binary" }));
    const padding = fc.option(fc.stringMatching(/^[A-Za-z0-9]{0,40}$/), { nil: null });
    fc.assert(
      fc.property(form, text, padding, fc.nat(9), (learnt, said, p, index) => {
        const delta = JSON.parse(JSON.stringify(learnt).replace('"x"', () => JSON.stringify(said)));
        assert.deepEqual(read(after(index, learnt), payloadOf(index, delta, p)), delta);
      }),
      { numRuns: 2000 },
    );
  });

  test("escapes are those of JSON, half a surrogate pair included", () => {
    const deltas = after(0, { text: "" });
    const around = (text: string): string => `{"contentBlockIndex":0,"delta":{"text":"${text}"}}`;
    assert.deepEqual(read(deltas, around("a\\u0022\\n\\ud83c")), { text: 'a"\n\ud83c' });
    assert.equal(read(deltas, around("\\x")), null);
    assert.equal(read(deltas, around("\n")), null);
  });

  test("what is written otherwise is left to who parses", () => {
    const deltas = after(1, { text: "" });
    const others = [
      '{"contentBlockIndex":0,"delta":{"text":"a"}}',
      '{"contentBlockIndex":11,"delta":{"text":"a"}}',
      '{"delta":{"text":"a"},"contentBlockIndex":1}',
      '{"contentBlockIndex":1,"delta":{"text":"a","text":"b"}}',
      '{"contentBlockIndex":1,"delta":{"text":"a"},"p":"b","delta":{"text":"c"}}',
      '{"contentBlockIndex":1,"delta":{"text":"a"},"delta":{"text":"c"}}',
      '{"contentBlockIndex":1,"delta":{"text":"a"},"p":"b\\"}',
      '{"contentBlockIndex":1,"delta":{"text":"a"}',
      '{"contentBlockIndex":1,"delta":{"text":"a"}} ',
      '{"contentBlockIndex":1,"delta":{"toolUse":{"input":"a"}}}',
      '{"contentBlockIndex":1,"delta":{"text":"a',
      '{"contentBlockIndex":1,"delta":{"text":',
      "",
    ];
    for (const payload of others) assert.equal(read(deltas, payload), null, payload);
    const good = '{"contentBlockIndex":1,"delta":{"text":"a"},"p":"bc"}';
    assert.deepEqual(read(deltas, good), { text: "a" });
  });

  test("nothing is read before something was learnt, or from what has no text", () => {
    const payload = '{"contentBlockIndex":0,"delta":{"text":"a"}}';
    assert.equal(read(new DeltaText(), payload), null);
    assert.equal(read(after(0, { citation: {} }), payload), null);
    assert.equal(read(after(0.5, { text: "" }), payload), null);
  });
});

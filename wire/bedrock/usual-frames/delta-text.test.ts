import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { describe, test } from "node:test";

import fc from "fast-check";

import type { JsonObject } from "../../field-rules.ts";
import { AwsEventStreamMessage } from "../../framing/aws-event-stream-message.ts";
import { DeltaText } from "./delta-text.ts";
import { usualHeaders } from "./usual-heads.ts";

const usual = new AwsEventStreamMessage(usualHeaders("contentBlockDelta"));

/** Reads a message that stands amid other bytes. */
function read(deltas: DeltaText, payload: string, message = usual): JsonObject | null {
  const before = Buffer.from('"}}"');
  const bytes = message.encode(payload);
  const all = Buffer.concat([before, bytes, Buffer.from('"}}","p":"x"}')]);
  return deltas.read(all, before.length, before.length + bytes.length);
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

  test("before something was learnt texts of the first block are read", () => {
    const payload = '{"contentBlockIndex":0,"delta":{"text":"a"}}';
    for (const deltas of [new DeltaText(), after(0, { citation: {} }), after(0.5, { text: "" })]) {
      assert.deepEqual(read(deltas, payload), { text: "a" });
      assert.equal(deltas.index, 0);
      assert.equal(read(deltas, payload.replace("0", "1")), null);
    }
  });

  test("of messages with other headers nothing is read", () => {
    const headers = usualHeaders("contentBlockDelta");
    const reversed = Object.fromEntries(Object.entries(headers).toReversed());
    const others = [reversed, { ...headers, more: "" }, usualHeaders("contentBlockStart"), {}];
    for (const other of others) {
      const message = new AwsEventStreamMessage(other);
      assert.equal(read(new DeltaText(), payloadOf(0, { text: "a" }, "b"), message), null);
    }
  });
});

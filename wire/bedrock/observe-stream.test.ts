import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { crc32 } from "node:zlib";

import fc from "fast-check";

import { observedKind, type ObservedKind } from "../canonical/codec.ts";
import type { CanonicalEvent } from "../canonical/event.ts";
import { AwsEventStreamMessage } from "../framing/aws-event-stream-message.ts";
import { decodeWith, pushSliced, recorded } from "./answer-fixture.ts";
import { ConverseStreamDecoder } from "./decode-stream.ts";
import { ConverseStreamObserver } from "./observe-stream.ts";

const fixture = (name: string): Buffer => recorded(`stream-${name}.bin`);

// Every kind has one name.
const letters = new Map<ObservedKind, string>(
  Object.entries(observedKind).map(([name, kind]) => [
    kind,
    name === "error" ? "E" : name.charAt(0),
  ]),
);

interface Observed {
  /** One letter per frame: s(tart) c(ontent) u(sage) t(erminal) o(ther) E(rror) m(alformed). */
  readonly kinds: string;
  readonly observer: ConverseStreamObserver;
}

function observe(bytes: Buffer, sliceBytes?: number): Observed {
  const observer = new ConverseStreamObserver();
  let kinds = "";
  const sink = {
    frame(frame: Buffer, start: number, end: number): void {
      kinds += letters.get(observer.observe(frame, start, end)) ?? "?";
    },
  };
  pushSliced(bytes, sink, sliceBytes);
  return { kinds, observer };
}

/** Kinds, why it ended, and output tokens. */
type Row = readonly [kinds: string, finish: string | null, output: number | null];

const table: Readonly<Record<string, Row>> = {
  "plain-answer": ["sccccoot", "stop", 10],
  "japanese-and-emoji": ["sccccoot", "stop", 10],
  "surrogate-pair-split-between-deltas": ["sccoot", "stop", 10],
  "tool-call": ["scocccccoot", "tool", 10],
  "parallel-tool-calls": ["sccocccoot", "tool", 10],
  "tool-call-without-arguments": ["sccoot", "tool", 10],
  "reasoning-with-signature": ["scccocoot", "stop", 10],
  "redacted-reasoning": ["scocoot", "stop", 10],
  citations: ["sccoot", "stop", 10],
  "ended-by-length": ["sccoot", "length", 10],
  "stop-sequence-told": ["scoot", "stop", 10],
  "guardrail-intervened": ["scoot", "filter", 0],
  "malformed-tool-use": ["scoot", "stop", 10],
  "cached-usage": ["scoot", "stop", 10],
  "throttled-before-content": ["E", null, null],
  "internal-error-after-content": ["scE", null, null],
  "model-error-after-content": ["scE", null, null],
  "validation-error-before-content": ["sE", null, null],
  "unavailable-after-content": ["scE", null, null],
  "timeout-after-content": ["scE", null, null],
  "unmodeled-error": ["scE", null, null],
  "cut-after-content": ["scc", null, null],
  "cut-inside-a-message": ["sc", null, null],
  "stop-without-metadata": ["scoo", "stop", null],
  "metadata-twice": ["scooot", "stop", 10],
  "metadata-before-the-stop": ["scout", "stop", 10],
  "absurd-usage": ["scooo", "stop", null],
  "unknown-events": ["osocoot", "stop", 10],
  "unknown-delta": ["scccoot", "stop", 10],
  "broken-event-among-good-ones": ["scmcoot", "stop", 10],
  "without-a-kind": ["scmoot", "stop", 10],
  "flipped-bit": ["s", null, null],
  empty: ["", null, null],
  html: ["", null, null],
  "content-after-the-end": ["scootct", "stop", 10],
  "other-key-order-and-no-padding": ["sscccoot", "stop", 10],
  "no-content": ["sot", "stop", 10],
};

describe("STR-1 ConverseStreamObserver on recorded streams", () => {
  for (const [name, [kinds, finish, output]] of Object.entries(table)) {
    for (const slice of [undefined, 1, 100]) {
      test(`${name}${slice === undefined ? "" : `, ${slice} bytes at a time`}`, () => {
        const seen = observe(fixture(name), slice);
        assert.equal(seen.kinds, kinds);
        assert.equal(seen.observer.finish, finish);
        assert.equal(seen.observer.usage?.output ?? null, output);
      });
    }
  }

  test("an exception says what the provider said", () => {
    const { fault } = observe(fixture("throttled-before-content")).observer;
    assert.deepEqual([fault?.code, fault?.verdict], ["upstream_rate_limited", "retry"]);
  });

  test("output bytes are those of the text, padding left out", () => {
    const { observer } = observe(fixture("japanese-and-emoji"));
    assert.equal(observer.outputBytes, Buffer.byteLength("こんにちは、世界 🌏👩‍🚀。"));
    assert.equal(observe(fixture("tool-call")).observer.outputBytes, 47);
  });
});

const message = new AwsEventStreamMessage({
  ":event-type": "contentBlockDelta",
  ":content-type": "application/json",
  ":message-type": "event",
});

const kindsOf = (...payloads: readonly string[]): string =>
  observe(Buffer.concat(payloads.map((payload) => message.encode(payload)))).kinds;

const letters62 = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

describe("deltas that look like others", () => {
  const delta = (text: string, rest = ',"p":"abc"'): string =>
    `{"contentBlockIndex":0,"delta":{"text":"${text}"}${rest}}`;
  const said = delta("Hello");
  const cases: readonly (readonly [what: string, payloads: string[], kinds: string])[] = [
    ["marks inside the text", [said, delta('\\"},\\"p\\":\\"abc\\"}')], "cc"],
    ["empty text", [delta(""), said], "sc"],
    ["empty text after text", [said, delta("")], "cc"],
    ["a text of one quote", [said, delta('\\"')], "cc"],
    ["a text that ends in a backslash", [said, delta("\\\\")], "cc"],
    ["a long text", [said, delta("é\\n".repeat(500))], "cc"],
    ["other padding", [said, delta("x", ',"p":"abcdefghijklmnop"')], "cc"],
    ["the longest padding", [said, delta("x", `,"p":"${letters62}"`)], "cc"],
    ["more padding than that", [said, delta("x", `,"p":"${letters62}a"`)], "cc"],
    ["padding that ends otherwise", [said, delta("x", ',"p":"abcX"')], "cc"],
    ["a raw line end in the padding", [said, delta("x", ',"p":"ab\n"')], "cm"],
    ["no padding", [said, delta("x", "")], "cc"],
    ["empty padding", [said, delta("x", ',"p":""')], "cc"],
    ["padding with a quote in it", [said, delta("x", ',"p":"a\\"b"')], "cc"],
    ["something behind the padding", [said, delta("x", ',"p":"a","q":"b"')], "cc"],
    ["another block", [said, said.replace(":0,", ":1,")], "cc"],
    ["a text that is not closed", [said, '{"contentBlockIndex":0,"delta":{"text":"a'], "cm"],
    ["a raw line end in the text", [said, delta("a\nb")], "cm"],
    ["a raw line end in a long text", [said, delta(`${"a".repeat(99)}\nb`)], "cm"],
    ["a raw line end behind an escape", [said, delta("\\\\a\nb")], "cm"],
    ["a payload that ends too early", [said, said.slice(0, -1)], "cm"],
    ["a payload that goes on", [said, `${said}x`], "cm"],
    ["no payload", [said, ""], "cm"],
    ["no object", [said, "[]"], "cm"],
    ["no delta", [said, '{"contentBlockIndex":0}'], "cm"],
    ["white space everywhere", [said, ' { "delta" : { "text" : "a" } } '], "cc"],
  ];
  for (const [what, payloads, kinds] of cases) {
    test(what, () => assert.equal(kindsOf(...payloads), kinds));
  }

  test("a message whose payload alone is that of a delta is none", () => {
    const stop = new AwsEventStreamMessage({
      ":event-type": "contentBlockStops",
      ":content-type": "application/json",
      ":message-type": "event",
    });
    const forged = message.encode(said);
    // The same bytes, of which fewer are headers: the payload begins with the last of them.
    forged.writeUInt32BE(forged.readUInt32BE(4) - 1, 4);
    const prelude = crc32(forged.subarray(0, 8));
    forged.writeUInt32BE(prelude, 8);
    forged.writeUInt32BE(crc32(forged.subarray(0, -4)), forged.length - 4);
    const first = message.encode(said);
    assert.equal(observe(Buffer.concat([first, stop.encode(said)])).kinds, "co");
    assert.equal(observe(Buffer.concat([first, forged])).kinds, "cm");
  });

  test("what is told by its bytes is what a parser says", () => {
    const texts = fc.array(fc.string({ unit: "binary", maxLength: 80 }), { minLength: 2 });
    const paddings = fc.array(fc.stringMatching(/^[a-zA-Z0-9]{0,60}$/), { minLength: 1 });
    fc.assert(
      fc.property(texts, paddings, fc.boolean(), (made, pads, isCall) => {
        const payloads = made.map((text, index) => {
          const delta = isCall ? { toolUse: { input: text } } : { text };
          return JSON.stringify({ contentBlockIndex: 0, delta, p: pads[index % pads.length] });
        });
        const { kinds, observer } = observe(
          Buffer.concat(payloads.map((payload) => message.encode(payload))),
        );
        assert.equal(kinds.length, made.length);
        assert.doesNotMatch(kinds, /[^sc]/);
        const bytes = made.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
        assert.ok(observer.outputBytes >= bytes);
      }),
      { numRuns: 400 },
    );
  });
});

describe("the observer and the decoder agree", () => {
  const isContent = ({ type }: CanonicalEvent): boolean =>
    ["text", "reasoning", "toolStart", "toolDelta", "citation"].includes(type);

  for (const name of Object.keys(table)) {
    test(name, () => {
      const { observer, kinds } = observe(fixture(name));
      const { events } = decodeWith((sink) => new ConverseStreamDecoder(sink), fixture(name));
      const last = events.at(-1);
      if (last?.type === "finish") assert.equal(observer.finish, last.reason);
      if (observer.fault !== null) {
        assert.ok(last?.type === "error" && last.code === observer.fault.code);
      }
      assert.equal(kinds.includes("c"), events.some(isContent));
    });
  }
});

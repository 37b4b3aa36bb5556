import assert from "node:assert/strict";
import { describe, test } from "node:test";

import fc from "fast-check";

import type { CanonicalEvent, FinishReason } from "../canonical/event.ts";
import { start, toolDelta, toolEnd, toolStart } from "../canonical/event-fixture.ts";
import { codes, type Code } from "../canonical/codes.data.ts";
import { context, decode, encodeAll, recorded, tell } from "./answer-fixture.ts";
import { decodeAnswer } from "./decode-answer.ts";
import { encodeAnswer } from "./encode-answer.ts";
import { GenerateStreamEncoder } from "./encode-stream.ts";
import { encodeError } from "./errors.ts";
import { readFault } from "./provider-fault.ts";

const words = fc.string({ unit: "grapheme", minLength: 1, maxLength: 8 });
const id = fc.stringMatching(/^[a-zA-Z0-9]{4,10}$/);

const reasoning = fc
  .tuple(fc.array(words, { minLength: 1, maxLength: 3 }), id)
  .map(([texts, signature]): CanonicalEvent[] => [
    ...texts.map((text) => ({ type: "reasoning" as const, text })),
    { type: "reasoning", text: "", signature },
  ]);
const redacted = id.map((data): CanonicalEvent[] => [
  { type: "reasoning", text: "", redacted: data },
]);
const text = fc
  .array(words, { minLength: 1, maxLength: 4 })
  .map((texts): CanonicalEvent[] => texts.map((said) => ({ type: "text", text: said })));
const call = fc
  .tuple(id, id, fc.constantFrom("{}", '{"a":1}', '{"city":"東京","n":[1,2]}'), fc.nat(8))
  .map(([callId, name, json, cut]) => (index: number): CanonicalEvent[] => [
    toolStart(index, callId, name),
    ...[json.slice(0, cut), json.slice(cut)]
      .filter((part) => part !== "")
      .map((part) => toolDelta(index, part)),
    toolEnd(index),
  ]);

const answers = fc
  .record({
    thoughts: fc.array(fc.oneof(reasoning, redacted), { maxLength: 2 }),
    text: fc.array(text, { maxLength: 1 }),
    calls: fc.array(call, { maxLength: 3 }),
    input: fc.nat(1000),
    cacheRead: fc.nat(1000),
    reasoned: fc.nat(500),
    said: fc.nat(500),
    end: fc.constantFrom<FinishReason>("stop", "length", "filter"),
  })
  .map(({ thoughts, text: said, calls, end, ...counts }): CanonicalEvent[] => [
    { ...start, model: "", upstreamId: null },
    ...thoughts.flat(),
    ...said.flat(),
    ...calls.flatMap((make, index) => make(index)),
    {
      type: "usage",
      usage: {
        input: counts.input,
        cacheRead: counts.cacheRead,
        cacheWrite5m: 0,
        cacheWrite1h: 0,
        output: counts.reasoned + counts.said,
        reasoning: counts.reasoned,
      },
    },
    { type: "finish", reason: calls.length > 0 ? "tool" : end, stopSequence: null },
  ]);

/** Pieces of one text, thought or call as one: how they were cut does not matter. */
function joined(events: readonly CanonicalEvent[]): string[] {
  const list: CanonicalEvent[] = [];
  for (const event of events) {
    const last = list.at(-1);
    if (event.type === "text" && last?.type === "text") {
      list[list.length - 1] = { type: "text", text: last.text + event.text };
    } else if (event.type === "toolDelta" && last?.type === "toolDelta") {
      list[list.length - 1] = toolDelta(event.index, last.arguments + event.arguments);
    } else if (
      event.type === "reasoning" &&
      last?.type === "reasoning" &&
      last.signature === undefined &&
      last.redacted === undefined &&
      event.redacted === undefined
    ) {
      list[list.length - 1] = { ...event, text: last.text + event.text };
    } else if (event.type !== "start") list.push(event);
  }
  return list.map(tell);
}

describe("WIR-9 what is encoded is decoded again", () => {
  test("as a stream in any slicing", () => {
    fc.assert(
      fc.property(answers, fc.integer({ min: 1, max: 200 }), (events, slice) => {
        const decoded = decode(encodeAll(new GenerateStreamEncoder(context), events), slice);
        assert.equal(decoded.skipped, 0);
        assert.deepEqual(joined(decoded.events), joined(events));
      }),
      { numRuns: 400 },
    );
  });

  test("as a whole", () => {
    fc.assert(
      fc.property(answers, (events) => {
        const decoded = decodeAnswer(Buffer.from(encodeAnswer(events, context)));
        assert.ok(decoded.ok);
        assert.deepEqual(joined(decoded.value), joined(events));
      }),
      { numRuns: 400 },
    );
  });

  test("whatever bytes a provider sends end in exactly one terminal event", () => {
    const plain = recorded("stream-thoughts-then-a-signed-call.sse");
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(plain.length - 1), fc.nat(255)), { maxLength: 6 }),
        fc.nat(plain.length),
        (flips, end) => {
          const bytes = Buffer.from(plain.subarray(0, end));
          for (const [at, byte] of flips) if (at < bytes.length) bytes[at] = byte;
          const { events } = decode(bytes, 37);
          const isEnd = ({ type }: CanonicalEvent) => type === "finish" || type === "error";
          assert.equal(events.filter(isEnd).length, 1);
          assert.ok(isEnd(events.at(-1) ?? start));
          decodeAnswer(bytes);
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe("the bytes of an answer for a client", () => {
  test("WIR-6 a pair of surrogates that was cut is one character", () => {
    const events: CanonicalEvent[] = [
      start,
      { type: "text", text: "a\ud83c" },
      { type: "text", text: "\udf0f" },
      { type: "finish", reason: "stop", stopSequence: null },
    ];
    const stream = encodeAll(new GenerateStreamEncoder(context), events).toString();
    assert.deepEqual(
      stream.split("\n\n").map((frame) => /"text":"([^"]*)"/.exec(frame)?.[1]),
      ["a", "🌏", "", undefined],
    );
  });

  test("calls stand whole, with the arguments as they were written", () => {
    const events = [
      start,
      toolStart(0, "a", "f"),
      toolStart(1, "b", "g"),
      toolDelta(0, '{"n":9007'),
      toolDelta(1, "no json"),
      toolDelta(0, "199254740993}"),
      toolEnd(0),
      toolEnd(1),
    ];
    const stream = encodeAll(new GenerateStreamEncoder(context), events).toString();
    const parts = stream.split("\n\n").map((frame) => /"parts":\[(.*)\],"role"/.exec(frame)?.[1]);
    assert.deepEqual(parts, [
      '{"functionCall":{"id":"a","name":"f","args":{"n":9007199254740993}}}',
      '{"functionCall":{"id":"b","name":"g","args":{}}}',
      undefined,
    ]);
  });

  test("WIR-5 an error in a stream ends it", () => {
    const encoder = new GenerateStreamEncoder(context);
    const event = { code: "upstream_cut", message: "m", retryAfterMs: null } as const;
    const frame = encoder.encode({ type: "error", ...event });
    const { error } = JSON.parse(frame.replace("data: ", ""));
    assert.deepEqual([error.code, error.status, error.message], [502, "INTERNAL", "m"]);
  });
});

describe("errors for clients", () => {
  test("each code has Google's shape, and its hint in header and body", () => {
    // The keys are codes.
    for (const code of Object.keys(codes) as Code[]) {
      const { status, headers, body } = encodeError(code, "why", { retryAfterMs: 1500 });
      const { error } = JSON.parse(body);
      assert.equal(error.code, status);
      assert.equal(error.status, codes[code].gemini[0]);
      assert.equal(error.details[0].reason, code);
      assert.equal(error.details[1].retryDelay, "1.5s");
      assert.equal(headers[headers.indexOf("retry-after") + 1], "2");
      assert.equal(headers[headers.indexOf("retry-after-ms") + 1], "1500");
      assert.equal(error.message, code === "internal" ? codes.internal.meaning : "why");
    }
  });

  test("a gateway behind a gateway understands them", () => {
    const { status, body } = encodeError("rate_limited", "slow down", { retryAfterMs: 1500 });
    const fault = readFault({ status, body: Buffer.from(body), retryAfterMs: null });
    assert.deepEqual([fault.code, fault.retryAfterMs], ["upstream_rate_limited", 1500]);
  });
});

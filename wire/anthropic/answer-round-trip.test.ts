import assert from "node:assert/strict";
import { describe, test } from "node:test";

import fc from "fast-check";

import type { CanonicalEvent } from "../canonical/event.ts";
import { SseScanner } from "../framing/sse-scanner.ts";
import { finish, text, toolDelta, toolEnd, toolStart } from "../canonical/event-fixture.ts";
import { context, recorded, usage } from "./answer-fixture.ts";
import { decodeAnswer } from "./decode-answer.ts";
import { MessageStreamDecoder } from "./decode-stream.ts";
import { encodeAnswer } from "./encode-answer.ts";
import { MessageStreamEncoder } from "./encode-stream.ts";
import { MessageStreamObserver } from "./observe-stream.ts";

const stream = (events: readonly CanonicalEvent[]): string => {
  const encoder = new MessageStreamEncoder(context);
  return events.map((event) => encoder.encode(event)).join("");
};

const decodeStream = (bytes: string): CanonicalEvent[] => {
  const events: CanonicalEvent[] = [];
  const decoder = new MessageStreamDecoder({ event: (event) => events.push(event) });
  const scanner = new SseScanner();
  scanner.push(Buffer.from(bytes), decoder);
  decoder.end();
  return events;
};

/** Neighbouring texts of one kind are one; reasoning up to its signature is one. */
function joined(events: readonly CanonicalEvent[]): unknown[] {
  const whole: (readonly [key: string, value: string])[] = [];
  for (const event of events) {
    const [key, value] = keyed(event);
    const last = whole.at(-1);
    if (last?.[0] === key) whole[whole.length - 1] = [key, last[1] + value];
    else if (value !== "" || key.startsWith("{")) whole.push([key, value]);
  }
  return whole;
}

function keyed(event: CanonicalEvent): readonly [key: string, value: string] {
  if (event.type === "toolDelta") return [`toolDelta ${event.index}`, event.arguments];
  if (event.type === "reasoning") {
    const { signature, redacted } = event;
    const isProof = signature !== undefined || redacted !== undefined;
    return isProof ? [JSON.stringify(event), ""] : [event.type, event.text];
  }
  return "text" in event ? [event.type, event.text] : [JSON.stringify(event), ""];
}

const words = fc.string({ unit: fc.constantFrom("a", '"', "\n", "é", "🌏", "\\"), minLength: 1 });

const said = fc.oneof(
  words.map((value) => [text(value)]),
  words.map((value) => [{ type: "reasoning" as const, text: value }]),
  fc.tuple(words, words).map(([value, signature]): CanonicalEvent[] => [
    { type: "reasoning", text: value },
    { type: "reasoning", text: "", signature },
  ]),
  words.map((redacted) => [{ type: "reasoning" as const, text: "", redacted }]),
  words.map((cited): CanonicalEvent[] => [
    text("cited"),
    { type: "citation", citation: { type: "char_location", cited_text: cited } },
  ]),
);

/**
 * Without backslashes: once V8 14.6 has seen an object with the keys "a" and "\\", it reads the
 * second key of `{"a":1,"\n":2}` as a backslash too.
 */
const keys = words.map((word) => `k${word.replaceAll("\\", "")}`);

const calls = fc.array(fc.dictionary(keys, words, { maxKeys: 2 }), { maxLength: 3 }).map((inputs) =>
  inputs.flatMap((input, index): CanonicalEvent[] => {
    const json = JSON.stringify(input);
    return [
      toolStart(index, `toolu_${index}`, "f"),
      toolDelta(index, json.slice(0, 3)),
      ...(json.length > 3 ? [toolDelta(index, json.slice(3))] : []),
      toolEnd(index),
    ];
  }),
);

const answer = fc
  .tuple(fc.array(said), calls, fc.boolean(), fc.constantFrom("stop", "length", "refusal"))
  .map(([texts, made, hasUsage, reason]) => {
    const began: CanonicalEvent = {
      type: "start",
      model: "m",
      upstreamId: "msg_1",
      createdMs: null,
    };
    const ended =
      made.length > 0 ? finish("tool") : finish(reason, reason === "stop" ? "END" : null);
    return [began, ...texts.flat(), ...made, ...(hasUsage ? [usage] : []), ended];
  });

/** Usage that nobody reported is none. */
const withoutUsage = (events: readonly CanonicalEvent[]): CanonicalEvent[] =>
  events.filter((event) => event.type !== "usage");

describe("WIR-8 what was encoded is what is decoded", () => {
  test("streams", () => {
    fc.assert(
      fc.property(answer, (events) => {
        const decoded = decodeStream(stream(events));
        assert.deepEqual(joined(withoutUsage(decoded)), joined(withoutUsage(events)));
        if (events.includes(usage)) {
          assert.deepEqual(
            decoded.find((event) => event.type === "usage"),
            usage,
          );
        }
      }),
      { numRuns: 1000 },
    );
  });

  test("whole answers", () => {
    fc.assert(
      fc.property(answer, (events) => {
        const decoded = decodeAnswer(Buffer.from(encodeAnswer(events, context)));
        assert.ok(decoded.ok);
        assert.deepEqual(
          joined(withoutUsage(signedAtOnce(decoded.value))),
          joined(withoutUsage(events)),
        );
      }),
      { numRuns: 1000 },
    );
  });

  test("the observer agrees on what was encoded", () => {
    fc.assert(
      fc.property(answer, (events) => {
        const observer = new MessageStreamObserver();
        const frames = { frame: observer.observe.bind(observer) };
        new SseScanner().push(Buffer.from(stream(events)), frames);
        const last = events.at(-1);
        assert.equal(observer.finish, last?.type === "finish" ? last.reason : null);
        const counted = events.find((event) => event.type === "usage");
        if (counted !== undefined) assert.deepEqual(observer.usage, counted.usage);
      }),
      { numRuns: 300 },
    );
  });
});

/** A whole block has its text and its signature in one. */
const signedAtOnce = (events: readonly CanonicalEvent[]): CanonicalEvent[] =>
  events.flatMap((event): CanonicalEvent[] =>
    event.type === "reasoning" && event.signature !== undefined && event.text !== ""
      ? [
          { type: "reasoning", text: event.text },
          { ...event, text: "" },
        ]
      : [event],
  );

test("recorded streams keep their meaning when they are encoded again", () => {
  const names = [
    "plain-answer",
    "parallel-tool-calls",
    "thinking-with-signature",
    "thinking-redacted",
    "prompt-from-the-cache",
    "ended-by-stop-sequence",
    "refusal",
    "web-search-with-citations",
  ];
  for (const name of names) {
    const [began, ...events] = decodeStream(recorded(`stream-${name}.sse`).toString());
    assert.ok(began?.type === "start");
    const again = decodeStream(stream([{ ...began, upstreamId: context.id }, ...events]));
    assert.deepEqual(again.slice(1), events);
  }
});

import assert from "node:assert/strict";
import { describe, test } from "node:test";

import fc from "fast-check";

import type { CanonicalEvent } from "../canonical/event.ts";
import { SseScanner } from "../framing/sse-scanner.ts";
import { finish } from "../canonical/event-fixture.ts";
import { context, recorded, usage } from "./answer-fixture.ts";
import { decodeAnswer } from "./decode-answer.ts";
import { ChatStreamDecoder } from "./decode-stream.ts";
import { encodeAnswer } from "./encode-answer.ts";
import { ChatStreamEncoder } from "./encode-stream.ts";
import { ChatStreamObserver } from "./observe-stream.ts";

const stream = (events: readonly CanonicalEvent[]): string => {
  const encoder = new ChatStreamEncoder(context);
  return events.map((event) => encoder.encode(event)).join("");
};

const decodeStream = (bytes: string): CanonicalEvent[] => {
  const events: CanonicalEvent[] = [];
  const decoder = new ChatStreamDecoder({ event: (event) => events.push(event) });
  const scanner = new SseScanner();
  scanner.push(Buffer.from(bytes), decoder);
  decoder.end();
  return events;
};

/** Neighbouring texts of one kind are one. */
function joined(events: readonly CanonicalEvent[]): unknown[] {
  const whole: (readonly [key: string, value: string])[] = [];
  for (const event of events) {
    const [key, value] =
      event.type === "toolDelta"
        ? [`toolDelta ${event.index}`, event.arguments]
        : "text" in event
          ? [event.type, event.text]
          : [JSON.stringify(event), ""];
    const last = whole.at(-1);
    if (last?.[0] === key) whole[whole.length - 1] = [key, last[1] + value];
    else if (value !== "" || key.startsWith("{")) whole.push([key, value]);
  }
  return whole;
}

const words = fc.string({ unit: fc.constantFrom("a", '"', "\n", "é", "🌏", "\\"), minLength: 1 });

const said = fc.oneof(
  words.map((value) => ({ type: "text" as const, text: value })),
  words.map((value) => ({ type: "reasoning" as const, text: value })),
  words.map((value) => ({ type: "refusal" as const, text: value })),
);

const calls = fc
  .array(fc.array(words, { minLength: 1, maxLength: 3 }), { maxLength: 3 })
  .map((list) => {
    const begun = list.flatMap((parts, index): CanonicalEvent[] => [
      { type: "toolStart", index, id: `call_${index}`, name: "f" },
      ...parts.map((part) => ({ type: "toolDelta" as const, index, arguments: part })),
    ]);
    return [...begun, ...list.map((_, index) => ({ type: "toolEnd" as const, index }))];
  });

const answer = fc.tuple(fc.array(said), calls, fc.boolean()).map(([texts, made, hasUsage]) => {
  const refused = texts.some((event) => event.type === "refusal");
  const reason = refused ? "refusal" : "stop";
  const began: CanonicalEvent = {
    type: "start",
    model: "m",
    upstreamId: "chatcmpl-1",
    createdMs: 7000,
  };
  return [began, ...texts, ...made, ...(hasUsage ? [usage] : []), finish(reason)];
});

describe("WIR-8 what was encoded is what is decoded", () => {
  test("streams", () => {
    fc.assert(
      fc.property(answer, (events) => {
        assert.deepEqual(joined(decodeStream(stream(events))), joined(events));
      }),
      { numRuns: 1000 },
    );
  });

  test("whole answers, texts of one kind put together", () => {
    const order = ["start", "reasoning", "text", "refusal"];
    fc.assert(
      fc.property(answer, (events) => {
        const decoded = decodeAnswer(Buffer.from(encodeAnswer(events, context)));
        assert.ok(decoded.ok);
        const sorted = events.toSorted(
          (a, b) => ((order.indexOf(a.type) + 9) % 9) - ((order.indexOf(b.type) + 9) % 9),
        );
        assert.deepEqual(joined(decoded.value), joined(sorted));
      }),
      { numRuns: 1000 },
    );
  });

  test("the observer agrees on what was encoded", () => {
    fc.assert(
      fc.property(answer, (events) => {
        const observer = new ChatStreamObserver(1);
        const frames = { frame: observer.observe.bind(observer) };
        new SseScanner().push(Buffer.from(stream(events)), frames);
        const last = events.at(-1);
        assert.equal(observer.finish, last?.type === "finish" ? last.reason : null);
        assert.deepEqual(observer.usage !== null, events.includes(usage));
      }),
      { numRuns: 300 },
    );
  });
});

test("recorded streams keep their meaning when they are encoded again", () => {
  for (const name of ["plain-answer-with-usage", "parallel-tool-calls", "refusal", "citations"]) {
    const [began, ...events] = decodeStream(recorded(`stream-${name}.sse`).toString());
    assert.ok(began?.type === "start");
    const again = decodeStream(stream([{ ...began, upstreamId: context.id }, ...events]));
    assert.deepEqual(again.slice(1), events);
  }
});

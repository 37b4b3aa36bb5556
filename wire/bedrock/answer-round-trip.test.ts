import assert from "node:assert/strict";
import { describe, test } from "node:test";

import fc from "fast-check";

import type { CanonicalEvent, FinishReason } from "../canonical/event.ts";
import { start, toolDelta, toolEnd, toolStart } from "../canonical/event-fixture.ts";
import { context, decodeWith, encodeAll } from "./answer-fixture.ts";
import { converseClient, converseProvider, invokeClient, invokeProvider } from "./codec.ts";

const words = fc.string({ unit: "grapheme", minLength: 1, maxLength: 8 });
const id = fc.stringMatching(/^[a-zA-Z0-9_-]{1,10}$/);

const reasoningBlock = fc
  .tuple(fc.array(words, { minLength: 1, maxLength: 3 }), id)
  .map(([texts, signature]): CanonicalEvent[] => [
    ...texts.map((text) => ({ type: "reasoning" as const, text })),
    { type: "reasoning", text: "", signature },
  ]);

const redactedBlock = id.map((redacted): CanonicalEvent[] => [
  { type: "reasoning", text: "", redacted },
]);

const textBlock = fc
  .array(words, { minLength: 1, maxLength: 4 })
  .map((texts): CanonicalEvent[] => texts.map((text) => ({ type: "text", text })));

const callBlock = fc
  .tuple(id, id, fc.constantFrom("{}", '{"a":1}', '{"city":"東京","n":[1,2]}'), fc.nat(8))
  .map(([callId, name, json, cut]) => (index: number): CanonicalEvent[] => [
    toolStart(index, callId, name),
    ...[json.slice(0, cut), json.slice(cut)]
      .filter((part) => part !== "")
      .map((part) => toolDelta(index, part)),
    toolEnd(index),
  ]);

interface Answer {
  readonly events: readonly CanonicalEvent[];
  readonly reason: FinishReason;
}

const answers = fc
  .record({
    reasoning: fc.array(fc.oneof(reasoningBlock, redactedBlock), { maxLength: 2 }),
    text: fc.array(textBlock, { maxLength: 1 }),
    calls: fc.array(callBlock, { maxLength: 3 }),
    usage: fc.record({
      input: fc.nat(1000),
      output: fc.nat(1000),
      cacheRead: fc.nat(1000),
      cacheWrite5m: fc.nat(1000),
      cacheWrite1h: fc.constant(0),
      reasoning: fc.constant(0),
    }),
    end: fc.constantFrom<FinishReason>("stop", "length"),
  })
  .map(({ reasoning, text, calls, usage, end }): Answer => {
    const reason = calls.length > 0 ? "tool" : end;
    return {
      reason,
      events: [
        { ...start, model: "", upstreamId: null },
        ...reasoning.flat(),
        ...text.flat(),
        ...calls.flatMap((make, index) => make(index)),
        { type: "usage", usage: { ...usage } },
        { type: "finish", reason, stopSequence: null },
      ],
    };
  });

/** Texts and arguments of one block as one event: how they were cut does not matter. */
function joined(events: readonly CanonicalEvent[]): CanonicalEvent[] {
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
    } else list.push(event);
  }
  return list.map((event) =>
    event.type === "start" ? { ...start, model: "", upstreamId: null } : event,
  );
}

describe("WIR-9 what is encoded is decoded again", () => {
  const pairs = [
    ["converse", converseClient, converseProvider],
    ["invoke", invokeClient, invokeProvider],
  ] as const;
  for (const [name, client, provider] of pairs) {
    test(`${name}, as a stream in any slicing`, () => {
      fc.assert(
        fc.property(answers, fc.integer({ min: 1, max: 200 }), ({ events }, slice) => {
          const bytes = encodeAll(client.streamEncoder(context), events);
          const make = provider.streamDecoder.bind(provider);
          const decoded = decodeWith(make, bytes, slice);
          assert.equal(decoded.skipped, 0);
          assert.deepEqual(joined(decoded.events), joined(events));
        }),
        { numRuns: 400 },
      );
    });

    test(`${name}, as a whole`, () => {
      fc.assert(
        fc.property(answers, ({ events }) => {
          const decoded = provider.decodeAnswer(Buffer.from(client.encodeAnswer(events, context)));
          assert.ok(decoded.ok);
          assert.deepEqual(joined(decoded.value), joined(events));
        }),
        { numRuns: 400 },
      );
    });

    test(`${name}, observed: the same end and usage`, () => {
      fc.assert(
        fc.property(answers, ({ events, reason }) => {
          const used = events.find((event) => event.type === "usage");
          const observer = provider.streamObserver(1);
          const framer = provider.framer();
          const bytes = encodeAll(client.streamEncoder(context), events);
          framer.push(bytes, { frame: (frame, from, to) => observer.observe(frame, from, to) });
          assert.equal(observer.finish, reason);
          assert.deepEqual(observer.usage, used?.usage);
          const whole = Buffer.from(client.encodeAnswer(events, context));
          const answer = provider.observeAnswer(whole);
          assert.ok(answer.ok);
          assert.deepEqual([answer.value.finish, answer.value.usage], [reason, used?.usage]);
        }),
        { numRuns: 200 },
      );
    });
  }

  test("an answer whose usage nobody knows", () => {
    const events: CanonicalEvent[] = [
      start,
      { type: "finish", reason: "stop", stopSequence: null },
    ];
    const bytes = encodeAll(converseClient.streamEncoder(context), events);
    assert.doesNotMatch(bytes.toString("latin1"), /metadata/);
    const whole = converseProvider.observeAnswer(
      Buffer.from(converseClient.encodeAnswer(events, context)),
    );
    assert.ok(whole.ok);
  });
});

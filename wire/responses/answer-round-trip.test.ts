import assert from "node:assert/strict";
import { describe, test } from "node:test";

import fc from "fast-check";

import type { CanonicalEvent } from "../canonical/event.ts";
import { finish, start, toolDelta, toolEnd, toolStart } from "../canonical/event-fixture.ts";
import { usage } from "../openai/answer-fixture.ts";
import {
  clientOf,
  context,
  framesOf,
  read,
  streamOf,
  type ShownResponse,
} from "./answer-fixture.ts";
import { encodeAnswer } from "./encode-answer.ts";

const words = fc.string({ unit: fc.constantFrom("a", '"', "\n", "é", "🌏", "\\"), minLength: 1 });

const said: fc.Arbitrary<CanonicalEvent> = fc.oneof(
  words.map((value) => ({ type: "text" as const, text: value })),
  words.map((value) => ({ type: "reasoning" as const, text: value })),
  words.map((value) => ({ type: "reasoning" as const, text: "", signature: value })),
  words.map((value) => ({ type: "reasoning" as const, text: "", redacted: value })),
  words.map((value) => ({ type: "refusal" as const, text: value })),
);

const calls = fc
  .array(fc.array(words, { minLength: 1, maxLength: 3 }), { maxLength: 3 })
  .map((list) => [
    ...list.flatMap((parts, index): CanonicalEvent[] => [
      toolStart(index, `call_${index}`, "f"),
      ...parts.map((part) => toolDelta(index, part)),
    ]),
    ...list.map((_, index) => toolEnd(index)),
  ]);

const answer: fc.Arbitrary<readonly CanonicalEvent[]> = fc
  .tuple(fc.array(said), calls, fc.constantFrom("stop", "length", "filter"))
  .map(([texts, made, reason]) => [start, ...texts, ...made, usage, finish(reason)]);

// Whole answers of our own making.
const whole = (events: readonly CanonicalEvent[]): ShownResponse =>
  JSON.parse(encodeAnswer(events, context)) as ShownResponse;

/** What a conversation says, whoever is asked and whatever stands between its items. */
function meaningOf(events: readonly CanonicalEvent[]): unknown[] {
  const meaning: [kind: string, text: string, proof?: string][] = [];
  const add = (kind: string, text: string): void => {
    const last = meaning.at(-1);
    if (last?.[0] === kind && last.length === 2) last[1] += text;
    else meaning.push([kind, text]);
  };
  for (const event of events) {
    if (event.type === "text" || event.type === "refusal") add(event.type, event.text);
    if (event.type === "reasoning") {
      const proof = event.redacted ?? event.signature;
      if (event.redacted !== undefined || meaning.at(-1)?.[0] !== "reasoning") {
        meaning.push(["reasoning", event.text]);
      } else add("reasoning", event.text);
      if (proof !== undefined) meaning.at(-1)?.push(proof);
    }
    if (event.type === "toolStart") meaning.push([`call ${event.id}`, ""]);
    if (event.type === "toolDelta") add(`call call_${event.index}`, event.arguments);
  }
  return meaning;
}

describe("WIR-8 an answer as the client reads it", () => {
  test("a stream ends with the response that a whole answer is", () => {
    fc.assert(
      fc.property(answer, (events) => {
        const frames = framesOf(streamOf(events));
        assert.deepEqual(frames.at(-1)?.response, whole(events));
        const last = frames.at(-1)?.response;
        for (const { output_index: index, item, type } of frames) {
          if (type !== "response.output_item.done") continue;
          assert.deepEqual(item, last?.output[index ?? -1]);
        }
      }),
      { numRuns: 500 },
    );
  });

  test("the official client puts the pieces together to the same", async () => {
    await fc.assert(
      fc.asyncProperty(answer, async (events) => {
        const client = clientOf(streamOf(events), "text/event-stream");
        const stream = client.responses.stream({ model: "m", input: "Hi" });
        let told = "";
        stream.on("response.output_text.delta", ({ delta }) => (told += delta));
        const { output, output_text: all } = await stream.finalResponse();
        const shown = output.map(({ id, type }) => [id, type]);
        assert.deepEqual(
          shown,
          whole(events).output.map(({ id, type }) => [id, type]),
        );
        assert.equal(told, all);
      }),
      { numRuns: 200 },
    );
  });

  test("sent back as it came it is what was said", () => {
    fc.assert(
      fc.property(answer, (events) => {
        const { output } = whole(events);
        const input = [{ role: "user", content: "Hi" }, ...output];
        const canonical = read({ model: "m", input }).toCanonical();
        assert.ok(canonical.ok);
        const back = canonical.value.messages.slice(1).flatMap(({ role, parts }) => {
          assert.equal(role, "assistant");
          return parts.map((part) => {
            if (part.kind === "toolCall") return [`call ${part.id}`, part.arguments];
            if (part.kind !== "reasoning") return [part.kind, "text" in part ? part.text : null];
            const proof = part.redacted ?? part.signature;
            return [part.kind, part.text, ...(proof === undefined ? [] : [proof])];
          });
        });
        assert.deepEqual(back, meaningOf(events));
      }),
      { numRuns: 500 },
    );
  });
});

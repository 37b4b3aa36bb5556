import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { CanonicalEvent } from "../canonical/event.ts";
import { awaitsMore, cutText, framesOf, joined, maxTextUnits } from "./event-frames.ts";
import { maxFrameBytes, type ServerFrame } from "./server-frame.ts";

const place = { response: `rsp_${"0".repeat(26)}`, seq: 123_456 };

/** Long, short, with escapes and with characters of many units. */
const text = fc
  .tuple(fc.string({ unit: "grapheme", maxLength: 20 }), fc.nat(12_000))
  .map(([unit, length]) => unit.repeat(Math.ceil(length / Math.max(1, unit.length))));

const event: fc.Arbitrary<CanonicalEvent> = fc.oneof(
  text.map((each) => ({ type: "text" as const, text: each })),
  text.map((each) => ({ type: "refusal" as const, text: each })),
  text.map((each) => ({ type: "reasoning" as const, text: each, signature: "s".repeat(9_000) })),
  text.map((each) => ({ type: "toolDelta" as const, index: 3, arguments: each })),
  text.map((each) => ({ type: "toolStart" as const, index: 1, id: "call", name: each })),
  text.map((each) => ({ type: "citation" as const, citation: { url: each } })),
);

/** What a client makes of the frames of an entry. */
function putTogether(frames: readonly ServerFrame[]): CanonicalEvent | null {
  let whole: CanonicalEvent | null = null;
  let json = "";
  for (const frame of frames) {
    if (frame.type === "fragment") json += frame.data;
    if (frame.type !== "event") continue;
    whole = whole === null ? frame.event : append(whole, frame.event);
  }
  return json === "" ? whole : (JSON.parse(json) as CanonicalEvent); // an event that was cut
}

function append(a: CanonicalEvent, b: CanonicalEvent): CanonicalEvent {
  if (a.type === "toolDelta" && b.type === "toolDelta") {
    return { ...a, arguments: a.arguments + b.arguments };
  }
  return "text" in a && "text" in b ? { ...a, text: a.text + b.text } : a;
}

test("STR-10 an event's frames are short, numbered, and make the event again", () => {
  fc.assert(
    fc.property(event, (each) => {
      const frames = framesOf(place, each);
      for (const [n, frame] of frames.entries()) {
        const json = JSON.stringify(frame);
        assert.ok(Buffer.byteLength(json) <= maxFrameBytes);
        assert.ok(json.isWellFormed() && !/\\ud[89a-f]/i.test(json));
        assert.ok("part" in frame === n < frames.length - 1);
        if ("part" in frame) assert.equal(frame.part, n + 1);
      }
      assert.deepEqual(putTogether(frames), each);
    }),
  );
});

test("STR-10 the worst text there is fits: each unit an escape of six bytes", () => {
  const frames = framesOf(place, { type: "text", text: "\u0001".repeat(50_000) });
  assert.equal(frames.length, 10);
  for (const frame of frames) assert.ok(JSON.stringify(frame).length <= maxFrameBytes);
});

test("STR-10 a text is cut before a character that would not fit, however long that is", () => {
  const family = "👩‍👩‍👧‍👦";
  const [first = ""] = cutText(`${"x".repeat(maxTextUnits - 3)}${family}`);
  assert.equal(first, "x".repeat(maxTextUnits - 3));
  const endless = `e${"\u0301".repeat(12_000)}`;
  assert.deepEqual(
    cutText(endless).map((each) => each.length),
    [5_000, 5_000, 2_001],
  );
});

test("STR-3 texts that follow one another are one event, up to what a frame holds", () => {
  const say = (said: string) => ({ type: "text", text: said }) as const;
  assert.deepEqual(joined(say("a"), say("b")), say("ab"));
  assert.equal(joined(say("a".repeat(maxTextUnits)), say("b")), null);
  assert.equal(joined(say("a"), { type: "refusal", text: "b" }), null);
  const call = (index: number, said: string) =>
    ({ type: "toolDelta", index, arguments: said }) as const;
  assert.deepEqual(joined(call(1, "a"), call(1, "b")), call(1, "ab"));
  assert.equal(joined(call(1, "a"), call(2, "b")), null);
  const signed = { type: "reasoning", text: "b", signature: "s" } as const;
  assert.equal(joined({ type: "reasoning", text: "a" }, signed), null);
});

test("STR-10 half a character waits for its other half", () => {
  assert.equal(awaitsMore({ type: "text", text: "a\ud83d" }), true);
  assert.equal(awaitsMore({ type: "text", text: "a😀" }), false);
  assert.equal(awaitsMore({ type: "toolEnd", index: 0 }), false);
});

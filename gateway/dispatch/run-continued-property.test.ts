import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { entryKindOf } from "@sekisho/wire/canonical/entry-kind-of.ts";
import type { CanonicalEvent } from "@sekisho/wire/canonical/event.ts";
import { noUsage } from "@sekisho/wire/canonical/usage.ts";
import { failed, setUp } from "./run-harness.ts";

/** No eight letters of it stand twice, so that nothing in it looks like a repetition. */
const story = Array.from({ length: 50 }, (_, n) => `w${n * 37}`).join(" ");

const tokens = (output: number) => ({ ...noUsage, input: 10, output });

/** How one provider tells its part of the story. */
interface Part {
  /** From where it goes on: where it must, some letters before, at the beginning, or elsewhere. */
  readonly from: "there" | "before" | "anew" | "elsewhere";
  readonly back: number;
  readonly slices: readonly number[];
  /** So much of what is left is told before it breaks off; null: all of it, and the end. */
  readonly share: number | null;
  /** It fails before it says anything. */
  readonly isSilent: boolean;
}

const part: fc.Arbitrary<Part> = fc.record({
  from: fc.constantFrom("there", "there", "before", "anew", "elsewhere"),
  back: fc.integer({ min: 8, max: 200 }),
  slices: fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 20 }),
  share: fc.option(fc.double({ min: 0.01, max: 0.99, noNaN: true })),
  isSilent: fc.nat(4).map((n) => n === 0),
});

/** What it says behind so much that was delivered, in pieces. */
function piecesOf({ from, back, slices, share }: Part, delivered: string): string[] {
  const at = delivered.length;
  const start = from === "there" ? at : from === "before" ? Math.max(0, at - back) : 0;
  // One that differs sooner looks like any words that go on.
  const isOther = from === "elsewhere" && at > 100;
  const all = isOther ? `${story.slice(0, 80)} but not so` : story.slice(start);
  const said = share === null ? all : all.slice(0, Math.ceil(all.length * share));
  const pieces: string[] = [];
  for (let place = 0, n = 0; place < said.length; n += 1) {
    const length = slices[n % slices.length] ?? 1;
    pieces.push(said.slice(place, place + length));
    place += length;
  }
  return pieces;
}

/** Plays the parts one after the other, and returns what the client and the books were told. */
async function play(parts: readonly Part[]) {
  const providers = parts.map((_, n) => `p${n}`);
  const scene = setUp(providers, { max: 9, steering: { continued: {} } });
  const events: CanonicalEvent[] = [];
  const cursor = scene.log.open({
    published() {
      for (let event = cursor.takeEvent(); event !== undefined; event = cursor.takeEvent()) {
        events.push(event);
      }
    },
  });
  const textSoFar = (): string =>
    events.map((event) => (event.type === "text" ? event.text : "")).join("");
  scene.run.start();
  for (let n = 0; n < scene.sent.length; n += 1) {
    const { input, sink, aborted } = scene.sent[n] ?? assert.fail();
    const own = parts[n] ?? assert.fail();
    if (own.isSilent) {
      sink.over(failed());
      continue;
    }
    const say = (event: CanonicalEvent): void => {
      input.log.appendEvent(event, entryKindOf(event));
      input.log.publish();
      assert.ok(story.startsWith(textSoFar()), "delivered text is a prefix of the final text");
    };
    sink.committed();
    const pieces = piecesOf(own, n === 0 ? "" : textSoFar());
    for (const text of pieces) say({ type: "text", text });
    const usage = tokens(pieces.length);
    if (own.share === null) {
      say({ type: "usage", usage });
      say({ type: "finish", reason: "stop", stopSequence: null });
    }
    await Promise.resolve();
    if (aborted.length > 0) continue;
    const measured = { usage, source: "reported" } as const;
    sink.over(
      own.share === null
        ? { kind: "complete", finish: "stop", measured }
        : { ...failed({ code: "upstream_cut" }), measured },
    );
  }
  return { ...scene, events, text: textSoFar() };
}

test("RTE-12 whatever segments say, the client is told the text once, or an error (property)", () =>
  fc.assert(
    fc.asyncProperty(fc.array(part, { minLength: 2, maxLength: 5 }), async (parts) => {
      // The first one tells the story as it is.
      const [first, ...others] = parts;
      const all: Part[] = first === undefined ? [] : [{ ...first, from: "there" }, ...others];
      const { told, events, text, settled } = await play(all);
      const ends = told.filter((line) => /^(?:complete|fail)/.test(line));
      assert.equal(ends.length, 1, "one end");
      assert.equal(settled.length, 1, "booked once");
      const finishes = events.filter(({ type }) => type === "finish").length;
      const isWhole = ends[0]?.startsWith("complete") === true;
      assert.equal(finishes, isWhole ? 1 : 0, "never a false stop");
      if (isWhole) assert.equal(text, story);
      const [result] = settled;
      const segments = result?.segments ?? (result?.counts ? [result.counts] : []);
      const sum = segments.reduce((all_, each) => all_ + each.outcome.measured.usage.output, 0);
      assert.equal(result?.counts?.outcome.measured.usage.output ?? 0, sum, "usage is the sum");
      const usage = events.find(({ type }) => type === "usage");
      if (usage?.type === "usage") assert.equal(usage.usage.output, sum);
    }),
  ));

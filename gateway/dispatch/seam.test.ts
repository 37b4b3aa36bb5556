import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Seam } from "./seam.ts";

const story =
  "The first volume is in print. The second one is sold out until the spring of next year.";

/** What is delivered of these pieces behind what was said; null where they do not fit. */
function joined(said: string, pieces: readonly string[]): string | null {
  const seam = new Seam(said);
  const delivered = pieces.map((piece) => seam.push(piece)).join("") + seam.end();
  return seam.isBroken ? null : said + delivered;
}

const letters = (text: string): string[] => text.split("");

const whole = (said: string, ...pieces: string[]): void =>
  assert.equal(joined(said, pieces), story);

test("RTE-12 a continuation goes on where the text ended", () => {
  whole(story.slice(0, 40), story.slice(40));
  whole(story.slice(0, 40), ...letters(story.slice(40)));
  whole(story, "");
});

test("RTE-12 what it says again is left out: some words, many, or all of them", () => {
  whole(story.slice(0, 40), story.slice(30));
  whole(story.slice(0, 84), story.slice(5));
  whole(story.slice(0, 80), story);
  whole(story.slice(0, 80), ...letters(story));
  whole(story.slice(0, 4), story);
});

test("RTE-12 blanks at the end of what was said are not said twice", () => {
  const said = story.slice(0, 30);
  assert.ok(said.endsWith(" "));
  whole(said, ` ${story.slice(30)}`);
  assert.equal(joined("One.\n", ["\n\nTwo."]), "One.\n\nTwo.");
});

test("RTE-12 one that begins anew in other words does not fit", () => {
  assert.equal(joined(story.slice(0, 80), [`${story.slice(0, 70)} never mind`]), null);
  assert.equal(joined(story.slice(0, 80), [story.slice(0, 60)]), null, "it ends before");
});

test("RTE-12 words that stand twice by chance stay", () => {
  assert.equal(joined("a ha", ["ha ha"]), "a haha ha");
});

test("RTE-12 however a text is cut, repeated and sliced, it is delivered once (property)", () => {
  const numbered = Array.from({ length: 60 }, (_, n) => `word${n}`).join(" ");
  const cut = fc.record({
    at: fc.integer({ min: 1, max: numbered.length }),
    back: fc.nat(numbered.length),
    slices: fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 40 }),
  });
  fc.assert(
    fc.property(cut, ({ at, back, slices }) => {
      // Between 1 and 7 characters nobody can tell a repetition from words that stand twice.
      const from = back < 8 ? at : Math.max(0, at - back);
      fc.pre(from === at || from === 0 || at - from >= 8);
      const rest = numbered.slice(from);
      const pieces: string[] = [];
      for (let start = 0, n = 0; start < rest.length; n += 1) {
        const length = slices[n % slices.length] ?? 1;
        pieces.push(rest.slice(start, start + length));
        start += length;
      }
      assert.equal(joined(numbered.slice(0, at), pieces), numbered);
    }),
  );
});

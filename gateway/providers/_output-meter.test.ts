import assert from "node:assert/strict";
import { test } from "node:test";
import { OutputMeter } from "./_output-meter.ts";

/** After which piece of so many bytes it is over; null where it never is within 1,000. */
function overAfter(meter: OutputMeter, pieceBytes: number): number | null {
  for (let piece = 1; piece <= 1_000; piece += 1) {
    if (meter.isOver(piece * pieceBytes)) return piece;
  }
  return null;
}

test("MON-7 the first piece beyond the bound is over, whatever it says", () => {
  assert.equal(overAfter(new OutputMeter(10), 4), 11);
  assert.equal(overAfter(new OutputMeter(10), 2), 11);
  assert.equal(overAfter(new OutputMeter(1), 400), 2);
});

test("MON-7 pieces of one character are no tokens: four of them are at least one", () => {
  assert.equal(overAfter(new OutputMeter(10), 1), 41);
});

test("MON-7 a piece without a word does not count", () => {
  const meter = new OutputMeter(1);
  assert.equal(meter.isOver(3), false);
  for (let piece = 0; piece < 10; piece += 1) assert.equal(meter.isOver(3), false);
  assert.equal(meter.isOver(6), true);
});

test("MON-7 what the provider counts on its way is believed of an answer that is as long", () => {
  const meter = new OutputMeter(100);
  assert.equal(meter.isOver(402, 100), false);
  assert.equal(meter.isOver(404, 101), true);
  assert.equal(new OutputMeter(100).isOver(40, 1_000_000_000), false);
});

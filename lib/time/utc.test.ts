import assert from "node:assert/strict";
import { test } from "node:test";
import { nextUtcDayStartMs, nextUtcMonthStartMs, utcDayStartMs, utcMonthStartMs } from "./utc.ts";

const at = (text: string): number => Date.parse(text);

const cases: readonly (readonly [now: string, day: string, month: string, next: string])[] = [
  ["2026-11-20T23:59:59.999Z", "2026-11-20", "2026-11-01", "2026-12-01"],
  ["2026-12-31T00:00:00.000Z", "2026-12-31", "2026-12-01", "2027-01-01"],
  ["2024-02-29T12:00:00.000Z", "2024-02-29", "2024-02-01", "2024-03-01"],
];

for (const [now, day, month, next] of cases) {
  test(`${now} lies in the UTC day ${day} and the month from ${month} to ${next}`, () => {
    assert.equal(utcDayStartMs(at(now)), at(day));
    assert.equal(nextUtcDayStartMs(at(now)), at(day) + 86_400_000);
    assert.equal(utcMonthStartMs(at(now)), at(month));
    assert.equal(nextUtcMonthStartMs(at(now)), at(next));
  });
}

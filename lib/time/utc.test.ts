import assert from "node:assert/strict";
import { test } from "node:test";
import {
  nextUtcDayStartMs,
  nextUtcMonthStartMs,
  utcDayMs,
  utcDayStartMs,
  utcMonthStartMs,
} from "./utc.ts";

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

test("a month of the first century is none of the 20th", () => {
  const first = at("0050-01-01T00:00:00.000Z");
  assert.equal(utcMonthStartMs(first + 1), first);
  assert.equal(nextUtcMonthStartMs(first), at("0050-02-01T00:00:00.000Z"));
});

test("a written day is its first millisecond, and nothing else is a day", () => {
  assert.equal(utcDayMs("2026-10-07"), at("2026-10-07T00:00:00.000Z"));
  assert.equal(utcDayMs("2024-02-29"), at("2024-02-29T00:00:00.000Z"));
  for (const wrong of ["2026-02-29", "2026-13-01", "2026-00-10", "2026-1-1", "today", ""]) {
    assert.equal(utcDayMs(wrong), null, wrong);
  }
});

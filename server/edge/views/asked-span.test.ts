import assert from "node:assert/strict";
import { test } from "node:test";
import { askedSpan } from "./asked-span.ts";

const nowMs = Date.UTC(2026, 10, 21, 12);
const dayMs = 86_400_000;

test("MON-14 a range ends now, a month and a day end with themselves", () => {
  assert.deepEqual(askedSpan("all", nowMs), { fromMs: 0, untilMs: null });
  assert.deepEqual(askedSpan("24h", nowMs), { fromMs: nowMs - dayMs, untilMs: null });
  const cases: readonly (readonly [calendar: string, fromMs: number, days: number])[] = [
    ["2026-11", Date.UTC(2026, 10, 1), 30],
    ["2026-10", Date.UTC(2026, 9, 1), 31],
    ["2025-12", Date.UTC(2025, 11, 1), 31],
    ["2024-02", Date.UTC(2024, 1, 1), 29],
    ["2024-02-29", Date.UTC(2024, 1, 29), 1],
    ["2026-11-21", Date.UTC(2026, 10, 21), 1],
  ];
  for (const [calendar, fromMs, days] of cases) {
    const expected = { fromMs, untilMs: fromMs + days * dayMs };
    assert.deepEqual(askedSpan({ calendar }, nowMs), expected, calendar);
  }
});

test("MON-14 a month or a day that there is not, or not yet, is refused", () => {
  const cases: readonly (readonly [calendar: string, why: string])[] = [
    ["2026-13", "2026-13 is no month"],
    ["2026-00", "2026-00 is no month"],
    ["2026-02-30", "2026-02-30 is no day"],
    ["2026-12", "2026-12 has not begun"],
    ["2026-11-22", "2026-11-22 has not begun"],
  ];
  for (const [calendar, why] of cases) {
    const message = `Cannot read the query: range ${why}`;
    assert.throws(() => askedSpan({ calendar }, nowMs), { code: "invalid_value", message });
  }
});

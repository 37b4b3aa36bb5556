import assert from "node:assert/strict";
import { test } from "node:test";
import { expectedShares } from "./distribution.ts";

const endpoints = [
  { region: "east", weight: 2, priority: 0 },
  { region: "west", weight: 1, priority: 0 },
  { region: "west", weight: 1, priority: 0 },
  { region: "far", weight: 9, priority: 1 },
];

const rows: readonly (readonly [strategy: string, east: unknown, west: unknown, far: unknown])[] = [
  ["round-robin", 1 / 3, 2 / 3, 0],
  ["weighted", 0.5, 0.5, 0],
  ["failover", 1, 0, 0],
  ["chain", 1, 0, 0],
  ["p2c", null, null, null],
  ["cheapest", null, null, null],
];

for (const [strategy, ...shares] of rows) {
  test(`REF-10 ${strategy}: ${shares.join(", ")}`, () => {
    assert.deepEqual([...expectedShares(strategy, endpoints).values()], shares);
  });
}

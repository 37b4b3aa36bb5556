import assert from "node:assert/strict";
import { test } from "node:test";
import { premiumOf } from "./premium.ts";

const cases: readonly (readonly [body: Record<string, unknown>, field: string | null])[] = [
  [{}, null],
  [{ serviceTier: { type: "default" } }, null],
  [{ serviceTier: { type: "priority" } }, "serviceTier"],
  [{ performanceConfig: { latency: "optimized" } }, "performanceConfig"],
  [{ additionalModelRequestFields: { speed: "fast" } }, "additionalModelRequestFields.speed"],
];

for (const [body, field] of cases) {
  test(`MON-2 ${JSON.stringify(body)} asks for ${field ?? "nothing"} beside the list price`, () => {
    assert.equal(premiumOf(body), field);
  });
}

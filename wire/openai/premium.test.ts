import assert from "node:assert/strict";
import { test } from "node:test";
import { premiumOf } from "./premium.ts";

const cases: readonly (readonly [body: Record<string, unknown>, field: string | null])[] = [
  [{}, null],
  [{ service_tier: "auto" }, null],
  [{ service_tier: "flex" }, null],
  [{ service_tier: "priority" }, "service_tier"],
  [{ service_tier: 7 }, "service_tier"],
  [{ web_search_options: {} }, "web_search_options"],
];

for (const [body, field] of cases) {
  test(`MON-2 ${JSON.stringify(body)} asks for ${field ?? "nothing"} beside the list price`, () => {
    assert.equal(premiumOf(body), field);
  });
}

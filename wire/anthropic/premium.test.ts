import assert from "node:assert/strict";
import { test } from "node:test";
import { premiumOf } from "./premium.ts";

const cases: readonly (readonly [body: Record<string, unknown>, field: string | null])[] = [
  [{}, null],
  [{ speed: "standard", inference_geo: "global" }, null],
  [{ speed: "fast" }, "speed"],
  [{ inference_geo: "us" }, "inference_geo"],
  [{ tools: [{ name: "web_search" }, { type: "bash_20250124" }] }, null],
  [{ tools: [{ name: "a" }, { type: "web_search_20250305" }] }, "tools.[1]"],
];

for (const [body, field] of cases) {
  test(`MON-2 ${JSON.stringify(body)} asks for ${field ?? "nothing"} beside the list price`, () => {
    assert.equal(premiumOf(body), field);
  });
}

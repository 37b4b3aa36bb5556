import assert from "node:assert/strict";
import { test } from "node:test";
import { circuitOf } from "../live/live-fixture.ts";
import { shownState } from "./shown-state.ts";

test("RTE-19 a drained target is shown as drained, whatever its circuit's state", () => {
  assert.equal(shownState(circuitOf("a", { state: "half_open" })), "half_open");
  assert.equal(shownState(circuitOf("a", { isDrained: true })), "drained");
  assert.equal(shownState(circuitOf("a", { isDrained: true, state: "open" })), "drained");
});

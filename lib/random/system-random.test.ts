import assert from "node:assert/strict";
import { test } from "node:test";
import { randomConformance } from "./random-conformance.ts";
import { SystemRandom } from "./system-random.ts";

randomConformance("SystemRandom", () => new SystemRandom());

test("bytes() do not carry what will be drawn next", () => {
  const random = new SystemRandom();
  const drawn = random.bytes(16);
  const memory = Buffer.from(new Uint8Array(drawn.buffer));
  assert.equal(memory.includes(random.bytes(16)), false);
});

test("two sources differ", () => {
  assert.notDeepEqual(new SystemRandom().bytes(16), new SystemRandom().bytes(16));
});

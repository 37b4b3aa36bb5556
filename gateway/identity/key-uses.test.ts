import assert from "node:assert/strict";
import { test } from "node:test";
import { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import { KeyUses } from "./key-uses.ts";

const everyKey = (): boolean => true;

test("SEC-1 a key that is in use was used now, later when it was last looked at", () => {
  const clock = new VirtualClock();
  const uses = new KeyUses(clock);
  assert.equal(uses.lastMs("a"), null);
  uses.load([["b", 7]]);
  uses.touch("a");
  clock.advanceBy(1_000);
  assert.deepEqual([uses.lastMs("a"), uses.lastMs("b")], [clock.wallMs(), 7]);
  assert.deepEqual(uses.settle(10, everyKey), ["a"]);
  const atMs = clock.wallMs();
  clock.advanceBy(1_000);
  assert.equal(uses.lastMs("a"), atMs);
  assert.deepEqual(uses.settle(10, everyKey), []);
});

test("SEC-1 a look settles as many as it may, and forgets who is no key", () => {
  const uses = new KeyUses(new VirtualClock());
  for (let n = 0; n < 10; n++) uses.touch(n % 2 === 0 ? `key_${n}` : `oidc:corp:${n}`);
  const isKey = (id: string): boolean => id.startsWith("key_");
  assert.deepEqual(uses.settle(3, isKey), ["key_0", "key_2", "key_4"]);
  assert.deepEqual(uses.settle(3, isKey), ["key_6", "key_8"]);
  assert.deepEqual(uses.settle(3, isKey), []);
  assert.equal(uses.lastMs("oidc:corp:1"), null);
});

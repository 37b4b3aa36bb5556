import assert from "node:assert/strict";
import { test } from "node:test";
import { KeyUses } from "@sekisho/gateway/identity/key-uses.ts";
import type { KeyRecord } from "@sekisho/gateway/identity/key-record.ts";
import type { Write } from "@sekisho/lib/storage/writer.ts";
import { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import { KeyUpkeep } from "./key-upkeep.ts";

const start = () => {
  const clock = new VirtualClock();
  const uses = new KeyUses(clock);
  const written: string[] = [];
  const store = { used: (id: string, atMs: number) => ({ sql: id, params: [atMs] }) };
  const enqueue = (writes: readonly Write[]): void =>
    written.push(...writes.map(({ sql, params }) => `${sql} ${Number(params[0]) - startMs}`)) > 0
      ? undefined
      : assert.fail("nothing to write");
  const startMs = clock.wallMs();
  const find = () => ({}) as KeyRecord; // whether there is one is all that is asked
  const upkeep = new KeyUpkeep({ clock, keyring: { uses, find }, store, writer: { enqueue } });
  return { clock, uses, written, upkeep };
};

test("SEC-1 each minute the keys are written down that were used in it, once", () => {
  const { clock, uses, written, upkeep } = start();
  for (let n = 0; n < 5; n++) uses.touch("a");
  uses.touch("b");
  clock.advanceBy(59_999);
  assert.deepEqual(written, []);
  clock.advanceBy(1);
  assert.deepEqual(written, ["a 60000", "b 60000"]);
  clock.advanceBy(600_000);
  assert.equal(written.length, 2);
  upkeep[Symbol.dispose]();
});

test("SEC-1 the end of the process writes down what was used since, and looks no more", () => {
  const { clock, uses, written, upkeep } = start();
  uses.touch("a");
  clock.advanceBy(5);
  upkeep[Symbol.dispose]();
  assert.deepEqual(written, ["a 5"]);
  uses.touch("b");
  clock.advanceBy(600_000);
  assert.equal(written.length, 1);
});

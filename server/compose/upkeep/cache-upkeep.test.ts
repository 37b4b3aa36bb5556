import assert from "node:assert/strict";
import { test } from "node:test";
import { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import { CacheUpkeep } from "./cache-upkeep.ts";

test("STR-14 what is over is looked for each minute, in the file by one process", () => {
  const clock = new VirtualClock();
  const looks: boolean[] = [];
  const cache = { sweep: (isLeader: boolean) => void looks.push(isLeader) };
  let leads = false;
  const upkeep = new CacheUpkeep({ clock, cache, leads: () => leads });
  clock.advanceBy(60_000);
  leads = true;
  clock.advanceBy(60_000);
  upkeep[Symbol.dispose]();
  clock.advanceBy(600_000);
  assert.deepEqual(looks, [false, true]);
});

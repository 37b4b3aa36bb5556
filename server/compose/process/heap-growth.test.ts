import assert from "node:assert/strict";
import { test } from "node:test";
import { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import { HeapGrowth, v8Heap } from "./heap-growth.ts";

function setUp() {
  const clock = new VirtualClock();
  const told: number[] = [];
  const heap = { megabytes: 40 };
  const growth = new HeapGrowth({
    clock,
    usedBytes: () => heap.megabytes * 1_024 * 1_024,
    setGrowthPercent: (percent) => told.push(percent),
  });
  const become = (megabytes: number): void => {
    heap.megabytes = megabytes;
    clock.advanceBy(250);
  };
  return { clock, told, growth, become };
}

test("PRF-5 a heap that became large grows by a quarter, until it is much smaller", () => {
  const { told, become } = setUp();
  become(127);
  assert.deepEqual(told, []);
  become(128);
  become(400);
  become(81);
  assert.deepEqual(told, [25]);
  become(79);
  become(127);
  assert.deepEqual(told, [25, 0]);
  become(200);
  assert.deepEqual(told, [25, 0, 25]);
});

test("PRF-5 disposing gives V8 its own choice back, and looks no more", () => {
  const { clock, told, growth, become } = setUp();
  growth[Symbol.dispose]();
  assert.deepEqual(told, []);
  assert.equal(clock.pendingTimers, 0);
  const other = setUp();
  other.become(300);
  other.growth[Symbol.dispose]();
  assert.deepEqual(other.told, [25, 0]);
  become(300);
  assert.deepEqual(told, []);
});

test("V8 tells the size of its heap and takes both choices", () => {
  assert.ok(v8Heap.usedBytes() > 1_000_000);
  v8Heap.setGrowthPercent(25);
  v8Heap.setGrowthPercent(0);
});

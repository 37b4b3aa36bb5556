import assert from "node:assert/strict";
import { test } from "node:test";
import { Gate } from "./gate.ts";

test("calls go in the order in which they came, as many as are let", () => {
  const gate = new Gate(10);
  const gone: number[] = [];
  for (const n of [1, 2, 3]) gate.hold(() => gone.push(n));
  assert.equal(gate.release(2), 2);
  assert.deepEqual([gone, gate.held], [[1, 2], 1]);
  assert.equal(gate.release(), 1);
  assert.equal(gate.release(), 0);
  assert.deepEqual(gone, [1, 2, 3]);
});

test("who leaves is not released", () => {
  const gate = new Gate(10);
  const gone: number[] = [];
  const leave = gate.hold(() => gone.push(1));
  gate.hold(() => gone.push(2));
  leave();
  gate.release();
  assert.deepEqual(gone, [2]);
});

test("a call that holds again during a release waits for the next one", () => {
  const gate = new Gate(10);
  let turns = 0;
  const again = (): void => {
    turns += 1;
    gate.hold(again);
  };
  gate.hold(again);
  assert.equal(gate.release(), 1);
  assert.deepEqual([turns, gate.held], [1, 1]);
});

test("whenHeld runs once, at once when so many are held already", () => {
  const gate = new Gate(10);
  let early = 0;
  let late = 0;
  gate.hold(() => undefined);
  gate.whenHeld(1, () => (early += 1));
  gate.whenHeld(2, () => (late += 1));
  const stop = gate.whenHeld(3, () => assert.fail("was stopped"));
  assert.deepEqual([early, late], [1, 0]);
  stop();
  gate.hold(() => undefined);
  gate.hold(() => undefined);
  assert.deepEqual([early, late], [1, 1]);
});

test("the gate says when it is full", () => {
  const gate = new Gate(2);
  gate.hold(() => undefined);
  assert.ok(!gate.isFull);
  gate.hold(() => undefined);
  assert.ok(gate.isFull);
});

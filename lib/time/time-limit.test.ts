import assert from "node:assert/strict";
import { test } from "node:test";
import { orAborted, TimeLimit } from "./time-limit.ts";
import { VirtualClock } from "./virtual-clock.ts";

const late = new Error("late");
const gone = new Error("gone");

test("the signal is aborted with the reason when the time is over", () => {
  const clock = new VirtualClock();
  using limit = new TimeLimit(clock, {
    ms: 10,
    below: new AbortController().signal,
    reason: late,
  });
  clock.advanceBy(9);
  assert.equal(limit.signal.aborted, false);
  clock.advanceBy(1);
  assert.equal(limit.signal.reason, late);
});

test("the signal above aborts it with its own reason, also one that was aborted before", () => {
  const clock = new VirtualClock();
  const above = new AbortController();
  const before = new TimeLimit(clock, { ms: 10, below: above.signal, reason: late });
  above.abort(gone);
  const after = new TimeLimit(clock, { ms: 10, below: above.signal, reason: late });
  for (const limit of [before, after]) {
    assert.equal(limit.signal.reason, gone);
    limit[Symbol.dispose]();
  }
  assert.equal(clock.pendingTimers, 0);
});

test("nothing happens once it is disposed of", () => {
  const clock = new VirtualClock();
  const above = new AbortController();
  const limit = new TimeLimit(clock, { ms: 10, below: above.signal, reason: late });
  limit[Symbol.dispose]();
  above.abort(gone);
  clock.advanceBy(10);
  assert.equal(limit.signal.aborted, false);
  assert.equal(clock.pendingTimers, 0);
});

test("a promise is waited for until the signal is aborted", async () => {
  const above = new AbortController();
  assert.equal(await orAborted(Promise.resolve(7), above.signal), 7);
  await assert.rejects(orAborted(Promise.reject(late), above.signal), late);
  const waiting = orAborted(new Promise(() => {}), above.signal);
  above.abort(gone);
  await assert.rejects(waiting, gone);
  await assert.rejects(orAborted(new Promise(() => {}), above.signal), gone);
});

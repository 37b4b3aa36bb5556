import assert from "node:assert/strict";
import { test } from "node:test";
import { FetchGate, type FetchGateOptions } from "./fetch-gate.ts";

const never = new AbortController().signal;

const gateOf = (over: Partial<FetchGateOptions>): FetchGate =>
  new FetchGate({ maxAtOnce: 9, maxWaiting: 9, maxAtOnceEach: 9, maxWaitingEach: 9, ...over });

/** What has happened once every promise job that is ready has run. */
const settled = (): Promise<void> => new Promise((resolve) => process.nextTick(resolve));

test("SEC-6 as many as may are inside, the others wait in their order", async () => {
  const gate = gateOf({ maxAtOnce: 1, maxWaiting: 2 });
  const entered: string[] = [];
  const enter = async (name: string): Promise<Disposable> => {
    const place = await gate.enter("a", never);
    entered.push(name);
    return place;
  };
  const first = await enter("first");
  const second = enter("second");
  const third = enter("third");
  await settled();
  assert.deepEqual(entered, ["first"]);
  await assert.rejects(gate.enter("a", never), { code: "overloaded" });
  first[Symbol.dispose]();
  (await second)[Symbol.dispose]();
  (await third)[Symbol.dispose]();
  assert.deepEqual(entered, ["first", "second", "third"]);
  (await enter("fourth"))[Symbol.dispose]();
});

test("SEC-6 who leaves while waiting takes nobody's turn", async () => {
  const gate = gateOf({ maxAtOnce: 1, maxWaiting: 2 });
  const first = await gate.enter("a", never);
  const leaving = new AbortController();
  const second = gate.enter("a", leaving.signal);
  const third = gate.enter("a", never);
  leaving.abort(new Error("gone"));
  await assert.rejects(second, /gone/);
  first[Symbol.dispose]();
  (await third)[Symbol.dispose]();
  (await gate.enter("a", never))[Symbol.dispose]();
});

test("SEC-6 a turn that comes to somebody who has just left goes on to the next", async () => {
  const gate = gateOf({ maxAtOnce: 1, maxWaiting: 2 });
  const first = await gate.enter("a", never);
  const leaving = new AbortController();
  const second = gate.enter("a", leaving.signal);
  const third = gate.enter("a", never);
  leaving.abort(new Error("gone"));
  first[Symbol.dispose]();
  await assert.rejects(second, /gone/);
  (await third)[Symbol.dispose]();
});

test("who has left before does not enter", async () => {
  const gate = gateOf({ maxAtOnce: 1, maxWaiting: 1 });
  await assert.rejects(gate.enter("a", AbortSignal.abort(new Error("gone"))), /gone/);
  (await gate.enter("a", never))[Symbol.dispose]();
});

test("SEC-6 who has its share waits, and nobody behind it does", async () => {
  const gate = gateOf({ maxAtOnce: 3, maxAtOnceEach: 2 });
  const entered: string[] = [];
  const enter = async (party: string): Promise<Disposable> => {
    const place = await gate.enter(party, never);
    entered.push(party);
    return place;
  };
  const [first, second] = [await enter("a"), await enter("a")];
  const third = enter("a");
  const other = await enter("b");
  const behind = enter("b");
  await settled();
  assert.deepEqual(entered, ["a", "a", "b"]);
  other[Symbol.dispose]();
  (await behind)[Symbol.dispose]();
  first[Symbol.dispose]();
  (await third)[Symbol.dispose]();
  second[Symbol.dispose]();
  assert.deepEqual(entered, ["a", "a", "b", "b", "a"]);
});

test("SEC-6 the line has a share for each", async () => {
  const gate = gateOf({ maxAtOnce: 1, maxWaiting: 3, maxWaitingEach: 2 });
  const inside = await gate.enter("a", never);
  const waiting = [gate.enter("a", never), gate.enter("a", never)];
  await assert.rejects(gate.enter("a", never), {
    code: "overloaded",
    message: "2 of the same party wait to be fetched, which is the limit",
  });
  waiting.push(gate.enter("b", never));
  await assert.rejects(gate.enter("c", never), {
    code: "overloaded",
    message: "3 others wait to be fetched, which is the limit",
  });
  inside[Symbol.dispose]();
  for (const place of waiting) (await place)[Symbol.dispose]();
  (await gate.enter("c", never))[Symbol.dispose]();
});

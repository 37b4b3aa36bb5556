import assert from "node:assert/strict";
import { test } from "node:test";
import { FetchGate } from "./fetch-gate.ts";

const never = new AbortController().signal;

/** What has happened once every promise job that is ready has run. */
const settled = (): Promise<void> => new Promise((resolve) => process.nextTick(resolve));

test("SEC-6 as many as may are inside, the others wait in their order", async () => {
  const gate = new FetchGate({ maxAtOnce: 1, maxWaiting: 2 });
  const entered: string[] = [];
  const enter = async (name: string): Promise<Disposable> => {
    const place = await gate.enter(never);
    entered.push(name);
    return place;
  };
  const first = await enter("first");
  const second = enter("second");
  const third = enter("third");
  await settled();
  assert.deepEqual(entered, ["first"]);
  await assert.rejects(gate.enter(never), { code: "overloaded" });
  first[Symbol.dispose]();
  (await second)[Symbol.dispose]();
  (await third)[Symbol.dispose]();
  assert.deepEqual(entered, ["first", "second", "third"]);
  (await enter("fourth"))[Symbol.dispose]();
});

test("SEC-6 who leaves while waiting takes nobody's turn", async () => {
  const gate = new FetchGate({ maxAtOnce: 1, maxWaiting: 2 });
  const first = await gate.enter(never);
  const leaving = new AbortController();
  const second = gate.enter(leaving.signal);
  const third = gate.enter(never);
  leaving.abort(new Error("gone"));
  await assert.rejects(second, /gone/);
  first[Symbol.dispose]();
  (await third)[Symbol.dispose]();
  (await gate.enter(never))[Symbol.dispose]();
});

test("SEC-6 a turn that comes to somebody who has just left goes on to the next", async () => {
  const gate = new FetchGate({ maxAtOnce: 1, maxWaiting: 2 });
  const first = await gate.enter(never);
  const leaving = new AbortController();
  const second = gate.enter(leaving.signal);
  const third = gate.enter(never);
  leaving.abort(new Error("gone"));
  first[Symbol.dispose]();
  await assert.rejects(second, /gone/);
  (await third)[Symbol.dispose]();
});

test("who has left before does not enter", async () => {
  const gate = new FetchGate({ maxAtOnce: 1, maxWaiting: 1 });
  await assert.rejects(gate.enter(AbortSignal.abort(new Error("gone"))), /gone/);
  (await gate.enter(never))[Symbol.dispose]();
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import { TokenSource, type Token } from "./token-source.ts";

function setUp(token: Token) {
  const clock = new VirtualClock();
  const machine = { isOnline: true };
  const host = {
    after(delayMs: number, run: () => void) {
      const timer = clock.after(delayMs, run);
      return () => timer.cancel();
    },
    isOnline: () => machine.isOnline,
  };
  return { clock, machine, source: new TokenSource(token, host) };
}

const failing = (): Promise<string> => Promise.reject(new Error("signed out"));

test("STR-11 a tenth failure in a row is the last, and then it begins anew", async () => {
  const { source } = setUp(failing);
  for (let n = 0; n < 9; n += 1) assert.equal(await source.next(), null);
  await assert.rejects(source.next(), { code: "token_unavailable", message: /10 times/ });
  assert.equal(await source.next(), null);
});

test("STR-11 a token between two failures makes the next one the first", async () => {
  let asked = 0;
  const { source } = setUp(() => ((asked += 1) % 9 === 0 ? "token" : failing()));
  const tokens: (string | null)[] = [];
  for (let n = 0; n < 27; n += 1) tokens.push(await source.next());
  assert.equal(tokens.filter((token) => token === "token").length, 3);
});

test("STR-11 a machine that is offline may be without a token for as long as it is", async () => {
  const { source, machine } = setUp(failing);
  machine.isOnline = false;
  for (let n = 0; n < 100; n += 1) assert.equal(await source.next(), null);
});

test("STR-11 a function that does not answer within 30 s has failed", async () => {
  const { source, clock } = setUp(() => new Promise(() => {}));
  const asked = source.next();
  clock.advanceBy(29_999);
  assert.equal(clock.pendingTimers, 1);
  clock.advanceBy(1);
  assert.equal(await asked, null);
  void source.next();
  source.close();
  assert.equal(clock.pendingTimers, 0);
});

test("STR-11 of five fresh tokens none is taken: the next is none either", () => {
  const { source } = setUp(failing);
  const worth = (): boolean[] => Array.from({ length: 5 }, () => source.refused());
  assert.deepEqual(worth(), [true, true, true, true, false]);
  source.refused();
  source.taken();
  assert.deepEqual(worth(), [true, true, true, true, false]);
  assert.equal(setUp("key").source.refused(), false);
});

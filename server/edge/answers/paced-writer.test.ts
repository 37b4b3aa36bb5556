import assert from "node:assert/strict";
import { test } from "node:test";
import type { Exchange, ExchangeObserver } from "@sekisho/lib/http/exchange.ts";
import { PacedWriter } from "./paced-writer.ts";

/** A socket that takes so many chunks, and then none until it is drained. */
function narrowExchange(room: number) {
  const written: string[] = [];
  let observer: ExchangeObserver | null = null;
  let left = room;
  const exchange = {
    isClosed: false,
    observe: (each: ExchangeObserver) => void (observer = each),
    write(text: string) {
      written.push(text);
      left -= 1;
      return left > 0;
    },
  } as unknown as Exchange; // nothing else of it is used
  return {
    exchange,
    written,
    drain: () => {
      left = room;
      observer?.drained();
    },
    close: () => observer?.closed(false),
  };
}

test("MON-14 an export is written no faster than its reader takes it", async () => {
  const { exchange, written, drain } = narrowExchange(2);
  const writer = new PacedWriter(exchange);
  let done = 0;
  const writing = (async () => {
    for (const text of ["a", "b", "c", "d", "e"]) {
      assert.equal(await writer.write(text), true);
      done += 1;
    }
  })();
  await Promise.resolve();
  for (let turn = 0; turn < 10; turn++) await Promise.resolve();
  assert.deepEqual([written, done], [["a", "b"], 1]);
  drain();
  for (let turn = 0; turn < 10; turn++) await Promise.resolve();
  assert.deepEqual([written, done], [["a", "b", "c", "d"], 3]);
  drain();
  await writing;
  assert.equal(done, 5);
});

test("MON-14 an export ends when its reader leaves, also while it waits", async () => {
  const { exchange, written, close } = narrowExchange(1);
  const writer = new PacedWriter(exchange);
  const waiting = writer.write("a");
  close();
  assert.equal(await waiting, false);
  assert.equal(await writer.write("b"), false);
  assert.deepEqual(written, ["a"]);
});

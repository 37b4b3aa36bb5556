import assert from "node:assert/strict";
import { test } from "node:test";
import { LogMemory } from "@sekisho/lib/event-log/log-memory.ts";
import { Failure } from "@sekisho/lib/failure/failure.ts";
import { Responses } from "./responses.ts";

test("STR-8 while slow readers hold all the memory, nothing new begins", () => {
  const memory = new LogMemory(1_000);
  const responses = new Responses(10, memory);
  responses.enter();
  const { log } = responses.open("a");
  const cursor = log.open({ published() {} });
  log.appendBytes(Buffer.alloc(1_000), { start: 0, end: 1_000 }, 1);
  log.publish();
  assert.throws(
    () => responses.enter(),
    (error) =>
      error instanceof Failure &&
      error.code === "overloaded" &&
      error.details.retryAfterMs === 1_000 &&
      error.message === "Cannot take the request: slow readers hold 1000 bytes, the limit is 1000",
  );
  assert.equal(responses.running, 1, "a refused one does not count");
  cursor.close();
  log.end();
  log.publish();
  responses.enter();
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { LogMemory } from "@sekisho/lib/event-log/log-memory.ts";
import { Failure } from "@sekisho/lib/failure/failure.ts";
import { Responses } from "./responses.ts";

/** Of a tenant whose reader takes nothing. */
function heldUp(responses: Responses, bytes: number) {
  responses.enter("acme");
  const { log } = responses.open("a", "acme");
  const cursor = log.open({ published() {} });
  log.appendBytes(Buffer.alloc(bytes), { start: 0, end: bytes }, 1);
  log.publish();
  return {
    leave() {
      cursor.close();
      log.end();
      log.publish();
    },
  };
}

const refusal = (message: string) => (error: unknown) =>
  error instanceof Failure &&
  error.code === "overloaded" &&
  error.details.retryAfterMs === 1_000 &&
  error.message === `Cannot take the request: ${message}`;

test("STR-8 while slow readers hold all the memory, nothing new begins", () => {
  const responses = new Responses(10, new LogMemory(1_000));
  const slow = heldUp(responses, 1_000);
  const held = "slow readers hold 1000 bytes";
  assert.throws(
    () => responses.enter("acme"),
    refusal(`${held}, 1000 of them of tenant "acme", the limit is 1000`),
  );
  assert.throws(
    () => responses.enter("demo"),
    refusal(`${held}, 0 of them of tenant "demo", the limit is 1000`),
  );
  assert.equal(responses.running, 1, "a refused one does not count");
  slow.leave();
  responses.enter("acme");
});

test("STR-8 the slow readers of one tenant do not have the others refused", () => {
  const responses = new Responses(10, new LogMemory(1_000));
  const slow = heldUp(responses, 800);
  assert.throws(
    () => responses.enter("acme"),
    refusal('slow readers hold 800 bytes, 800 of them of tenant "acme", the limit is 1000'),
  );
  responses.enter("demo");
  slow.leave();
  responses.enter("acme");
});

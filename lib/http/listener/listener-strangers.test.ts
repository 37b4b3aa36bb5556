import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { ClientRequest } from "../exchange-harness.ts";
import { BodyMemory } from "../exchange/body-memory.ts";
import { ListenerHarness } from "../testing/listener-harness.ts";

const post: ClientRequest = {
  method: "POST",
  target: "/",
  headers: [],
  body: Buffer.alloc(60_000),
};

const limits = { bodyBytesInMemory: 200_000, strangersBodyBytes: 100_000 };

for (const protocol of ["h1", "h2"] as const) {
  describe(`SEC-3 bodies of senders not proven yet, on ${protocol}`, () => {
    test("have a part of the memory, and the next is refused", async () => {
      await using harness = await ListenerHarness.open(protocol, limits);
      const first = await harness.call(post);
      await harness.until(first.exchange.body(60_000));
      const second = await harness.call(post);
      await assert.rejects(harness.until(second.exchange.body(60_000)), {
        code: "overloaded",
        message: /all bodies hold \d+ bytes, limit 200000; those of senders not proven yet \d+,/,
      });
      assert.equal(harness.listener.bodyBytes, 60_000);
    });

    test("leave it when their sender is proven, and count among all until the end", async () => {
      await using harness = await ListenerHarness.open(protocol, limits);
      for (const heldBytes of [60_000, 120_000, 180_000]) {
        const { exchange } = await harness.call(post);
        await harness.until(exchange.body(60_000));
        exchange.trust();
        exchange.trust();
        assert.equal(harness.listener.bodyBytes, heldBytes);
      }
      const fourth = await harness.call(post);
      await assert.rejects(harness.until(fourth.exchange.body(60_000)), { code: "overloaded" });
    });

    test("of one proven before its body nothing is taken there", async () => {
      await using harness = await ListenerHarness.open(protocol, limits);
      for (let count = 0; count < 3; count++) {
        const { exchange } = await harness.call(post);
        exchange.trust();
        await harness.until(exchange.body(60_000));
      }
      assert.equal(harness.listener.bodyBytes, 180_000);
    });

    test("are given back when their exchange is over, proven or not", async () => {
      await using harness = await ListenerHarness.open(protocol, limits);
      for (let count = 0; count < 6; count++) {
        const { exchange, client } = await harness.call(post);
        await harness.until(exchange.body(60_000));
        if (count % 2 === 0) exchange.trust();
        exchange.respond(200, [], "ok");
        await harness.until(client.outcome);
        while (harness.listener.bodyBytes > 0) await harness.quiet();
      }
    });
  });
}

test("SEC-3 a part takes from the whole, and nothing where one of them is full", () => {
  const whole = new BodyMemory(100);
  const part = new BodyMemory(60, whole);
  assert.ok(part.take(60));
  assert.ok(!part.take(1));
  assert.deepEqual([part.usedBytes, whole.usedBytes], [60, 60]);
  part.leaveToWhole(60);
  assert.deepEqual([part.usedBytes, whole.usedBytes], [0, 60]);
  assert.ok(!part.take(41));
  assert.deepEqual([part.usedBytes, whole.usedBytes], [0, 60]);
  assert.ok(part.take(40));
  part.take(-40);
  assert.deepEqual([part.usedBytes, whole.usedBytes], [0, 60]);
});

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { get, RecordingObserver } from "../exchange-harness.ts";
import type { Exchange } from "../exchange.ts";
import { ListenerHarness } from "../testing/listener-harness.ts";
import { SlowClient } from "../testing/slow-client.ts";

const read = (name: string): string =>
  readFileSync(new URL(`../fixtures/${name}`, import.meta.url), "utf8");
// Self-signed for localhost; it protects nothing.
const identity = { cert: read("localhost.cert.pem"), key: read("localhost.key.pem") };

/** More than the kernel takes on loopback. */
const largeBytes = 24 * 1_048_576;
const stallTimeoutMs = 200;

const respondLarge = (exchange: Exchange): RecordingObserver => {
  const observer = new RecordingObserver();
  exchange.observe(observer);
  exchange.respond(200, [], Buffer.alloc(largeBytes, "l"));
  return observer;
};

for (const protocol of ["h1", "h2"] as const) {
  for (const tls of [null, identity]) {
    const name = tls === null ? protocol : `${protocol} over TLS`;

    test(`STR-12 drain() waits until ${name} has read a large answer whole`, async () => {
      await using harness = await ListenerHarness.open(protocol, {}, { tls });
      const ca = tls?.cert ?? null;
      using client = await SlowClient.open({ port: harness.port, protocol, ca });
      const exchange = await harness.exchange();
      await harness.until(exchange.body(1_024));
      client.stopReading();
      respondLarge(exchange);
      let isDrained = false;
      const drained = harness.listener.drain().then(() => (isDrained = true));
      for (let n = 0; n < 30; n++) await harness.quiet();
      assert.equal(isDrained, false);
      client.readOn();
      await harness.until(drained);
      await harness.until(harness.listener.close());
      assert.equal(await harness.until(client.outcome), "whole");
      assert.equal(client.bytes, largeBytes);
    });

    test(`STR-7 a whole answer that ${name} does not read is cut`, async () => {
      await using harness = await ListenerHarness.open(protocol, { stallTimeoutMs }, { tls });
      const ca = tls?.cert ?? null;
      using client = await SlowClient.open({ port: harness.port, protocol, ca });
      const exchange = await harness.exchange();
      await harness.until(exchange.body(1_024));
      client.stopReading();
      const observer = respondLarge(exchange);
      assert.equal(await harness.until(observer.closing.promise), false);
      while (harness.listener.openConnections > 0) await harness.quiet();
      assert.deepEqual([observer.closes, harness.listener.openExchanges], [[false], 0]);
      client.readOn();
      assert.equal(await harness.until(client.outcome), "cut");
    });
  }

  test(`STR-7 the tail of a stream that ${protocol} does not read is cut`, async () => {
    await using harness = await ListenerHarness.open(protocol, { stallTimeoutMs });
    const { exchange, client } = await harness.call(get);
    const observer = new RecordingObserver();
    exchange.observe(observer);
    exchange.start(200, []);
    exchange.flushHead();
    await harness.until(client.head);
    client.stopReading();
    while (exchange.write(Buffer.alloc(61_440))) await harness.quiet();
    exchange.end();
    assert.equal(await harness.until(observer.closing.promise), false);
    client.readOn();
    assert.equal(await harness.until(client.outcome), "cut");
  });

  test(`STR-7 a large answer that ${protocol} reads slowly arrives whole`, async () => {
    await using harness = await ListenerHarness.open(protocol, { stallTimeoutMs: 1_200 });
    using client = await SlowClient.open({ port: harness.port, protocol, ca: null });
    const exchange = await harness.exchange();
    await harness.until(exchange.body(1_024));
    const observer = respondLarge(exchange);
    client.stopReading();
    let isOver = false;
    const over = client.outcome.then(() => (isOver = true));
    let pauses = 0;
    while (!isOver) {
      pauses += 1;
      for (let n = 0; n < 10; n++) await harness.quiet();
      await harness.until(Promise.race([client.read(largeBytes / 16), over]));
    }
    // Each is ten quiet times of ten milliseconds.
    assert.ok(pauses * 100 > 1_200, `${pauses} pauses are no longer than a stall may be`);
    assert.equal(await harness.until(observer.closing.promise), true);
    assert.equal(client.bytes, largeBytes);
  });
}

test("STR-7 an answer that waits behind an earlier one does not stall", async () => {
  await using harness = await ListenerHarness.open("h1", { stallTimeoutMs: 100 });
  const client = harness.raw("GET / HTTP/1.1\r\nHost: a\r\n\r\n".repeat(2));
  const first = await harness.exchange();
  const second = await harness.exchange();
  second.respond(200, [], Buffer.alloc(200_000));
  for (let n = 0; n < 30; n++) await harness.quiet();
  assert.equal(second.isClosed, false);
  first.respond(200, [], "first");
  assert.equal(await harness.until(client.outcome), "whole");
  while (!second.isClosed) await harness.quiet();
  while (client.answer.behind.length < 200_000) await harness.quiet();
});

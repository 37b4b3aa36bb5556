import assert from "node:assert/strict";
import { connect } from "node:net";
import { test } from "node:test";
import { get } from "../exchange-harness.ts";
import { ListenerHarness } from "../testing/listener-harness.ts";

/** In one write, in one piece, in many pieces. */
const sizes = [0, 5, 65_536, 65_537, 1_000_000];

for (const protocol of ["h1", "h2"] as const) {
  for (const size of sizes) {
    test(`an answer of ${size} bytes arrives as it was on ${protocol}`, async () => {
      await using harness = await ListenerHarness.open(protocol);
      const { exchange, client } = await harness.call(get);
      const body = Buffer.from(Array.from({ length: size }, (_, n) => n % 251));
      exchange.respond(200, [], new Uint8Array(body));
      assert.equal(await harness.until(client.outcome), "whole");
      assert.deepEqual(client.received, body);
      const { headers } = await client.head;
      assert.equal(headers.get("content-length"), String(size));
      assert.equal(headers.get("transfer-encoding"), undefined);
    });
  }

  test(`a large answer in text arrives as it was on ${protocol}`, async () => {
    await using harness = await ListenerHarness.open(protocol);
    const { exchange, client } = await harness.call(get);
    const text = "大きな答え".repeat(20_000);
    exchange.respond(200, [], text);
    assert.equal(await harness.until(client.outcome), "whole");
    assert.equal(client.received.toString(), text);
  });
}

for (const size of sizes) {
  test(`HEAD: ${size} bytes are announced and not sent on h2`, async () => {
    await using harness = await ListenerHarness.open("h2");
    const { exchange, client } = await harness.call({ ...get, method: "HEAD" });
    exchange.respond(200, [], Buffer.alloc(size, "x"));
    assert.equal(await harness.until(client.outcome), "whole");
    assert.equal((await client.head).headers.get("content-length"), String(size));
    assert.equal(client.received.length, 0);
  });

  test(`HEAD: ${size} bytes are announced and not sent on h1`, async () => {
    await using harness = await ListenerHarness.open("h1");
    const socket = connect(harness.port, "127.0.0.1").setEncoding("latin1");
    let received = "";
    socket.on("data", (text) => (received += text));
    const rest = " / HTTP/1.1\r\nHost: a\r\n\r\n";
    socket.write(`HEAD${rest}GET${rest}`);
    (await harness.exchange()).respond(200, [], Buffer.alloc(size, "x"));
    (await harness.exchange()).respond(200, [], "next");
    while (!received.endsWith("next")) await harness.quiet();
    const [head = "", nextHead = "", body] = received.split("\r\n\r\n");
    assert.ok(head.toLowerCase().includes(`\r\ncontent-length: ${size}\r\n`), head);
    assert.ok(nextHead.startsWith("HTTP/1.1 200"), "nothing stands between the answers");
    assert.equal(body, "next");
    socket.destroy();
  });
}

test("STR-3 what is written in one turn leaves as one chunk, its end with it", async () => {
  await using harness = await ListenerHarness.open("h1");
  const socket = connect(harness.port, "127.0.0.1").setEncoding("latin1");
  let received = "";
  socket.on("data", (text) => (received += text));
  socket.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  const exchange = await harness.exchange();
  exchange.start(200, []);
  exchange.write("one, ");
  exchange.write("two, ");
  exchange.write("three");
  exchange.end();
  while (!received.endsWith("0\r\n\r\n")) await harness.quiet();
  assert.equal(
    received.slice(received.indexOf("\r\n\r\n") + 4),
    "f\r\none, two, three\r\n0\r\n\r\n",
  );
  socket.destroy();
});

test("an answer whose client leaves in the turn that makes it is dropped", async () => {
  await using harness = await ListenerHarness.open("h1");
  const { exchange, client } = await harness.call(get);
  exchange.respond(200, [], "too late");
  exchange.destroy();
  assert.equal(await harness.until(client.outcome), "cut");
  assert.ok(exchange.isClosed);
});

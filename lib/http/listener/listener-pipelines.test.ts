import assert from "node:assert/strict";
import { connect, type Socket } from "node:net";
import { test } from "node:test";
import type { Exchange } from "../exchange.ts";
import { ListenerHarness } from "../testing/listener-harness.ts";

const post = (body: string): string =>
  `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

/** A connection, and what has come over it. */
class Peer implements Disposable {
  readonly socket: Socket;
  readonly #harness: ListenerHarness;
  #received = "";

  constructor(harness: ListenerHarness) {
    this.#harness = harness;
    this.socket = connect(harness.port, "127.0.0.1").setEncoding("latin1");
    this.socket.on("data", (text) => (this.#received += text));
  }

  /** All there is once it ends so. */
  async until(end: string): Promise<string> {
    while (!this.#received.endsWith(end)) await this.#harness.quiet();
    return this.#received;
  }

  [Symbol.dispose](): void {
    this.socket.destroy();
  }
}

async function answered(exchange: Exchange): Promise<string> {
  const body = (await exchange.body(100)).toString();
  exchange.respond(200, [], `<${body}>`);
  return body;
}

test("bodies that come behind one another are each their own request's", async () => {
  await using harness = await ListenerHarness.open("h1");
  using peer = new Peer(harness);
  peer.socket.write(post("one") + post("") + post("three"));
  const bodies: string[] = [];
  for (let n = 0; n < 3; n += 1) bodies.push(await answered(await harness.exchange()));
  assert.deepEqual(bodies, ["one", "", "three"]);
  assert.match(await peer.until("<three>"), /<one>.*<>.*<three>$/s);
});

for (const isAsked of [true, false]) {
  const title = isAsked ? "was asked for" : "nobody asks for";
  test(`the rest of a body that ${title} is no part of the next request`, async () => {
    await using harness = await ListenerHarness.open("h1");
    using peer = new Peer(harness);
    peer.socket.write(post("0123456789").slice(0, -5));
    const early = await harness.exchange();
    const body = isAsked ? early.body(100) : null;
    early.respond(200, [], "early");
    if (body !== null) await assert.rejects(body, { code: "client_closed" });
    await peer.until("early");
    peer.socket.write(`56789${post("next")}`);
    assert.equal(await answered(await harness.exchange()), "next");
    await peer.until("<next>");
  });
}

test("behind a body in chunks, with a trailer, the connection goes on", async () => {
  await using harness = await ListenerHarness.open("h1");
  using peer = new Peer(harness);
  peer.socket.write("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
  const answer = answered(await harness.exchange());
  for (const part of ["3\r\nabc\r\n", "2\r", "\nde\r\n", "0\r\nx: y\r\n\r\n"]) {
    peer.socket.write(part);
    await harness.quiet();
  }
  assert.equal(await answer, "abcde");
  await peer.until("<abcde>");
  peer.socket.write(post("next"));
  assert.equal(await answered(await harness.exchange()), "next");
  await peer.until("<next>");
});

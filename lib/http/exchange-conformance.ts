import assert from "node:assert/strict";
import { Failure } from "../failure/failure.ts";
import {
  get,
  RecordingObserver,
  type ExchangeCheck,
  type ExchangeHarness,
} from "./exchange-harness.ts";
import { harnessChecks } from "./checked-harness.ts";

/** What every adapter of `Exchange` promises about answers; bodies have a suite of their own. */
export const exchangeConformance = (
  name: string,
  makeHarness: () => Promise<ExchangeHarness>,
): void => {
  const check = harnessChecks(name, makeHarness);
  checkHeads(check);
  checkAnswers(check);
  checkStreams(check);
  checkBackPressure(check);
  checkEnds(check);
  checkCuts(check);
  checkMisuse(check);
};

const checkHeads = (check: ExchangeCheck): void => {
  check("the head is as it was on the wire", async (harness) => {
    const target = "/model/a%2Fb%3A0/converse?x=%20&y=?";
    const { exchange } = await harness.call({ ...get, method: "DELETE", target });
    const { head } = exchange;
    assert.equal(head.method, "DELETE");
    assert.equal(head.path, "/model/a%2Fb%3A0/converse");
    assert.equal(head.query, "x=%20&y=?");
    assert.notEqual(head.remoteAddress, "");
  });

  check("headers are found whatever their case, repeated ones joined", async (harness) => {
    const headers = ["X-One", "1", "x-two", "a", "X-Two", "b"];
    const { exchange } = await harness.call({ ...get, headers });
    assert.equal(exchange.head.header("x-one"), "1");
    assert.equal(exchange.head.header("x-two"), "a, b");
    assert.equal(exchange.head.header("x-three"), undefined);
    assert.equal(exchange.head.header("constructor"), undefined);
  });
};

const bodies: readonly (readonly [title: string, body: Buffer | string])[] = [
  ["nothing", ""],
  ["a string of several bytes per character", "マンガ 📚"],
  ["bytes that are not text", Buffer.from([0, 255, 13, 10, 128])],
  ["12 KiB of every byte", Buffer.from(Array.from({ length: 12_288 }, (_, n) => n % 256))],
  ["one byte more", Buffer.from(Array.from({ length: 12_289 }, (_, n) => n % 256))],
  ["a megabyte", Buffer.alloc(1_048_576, "m")],
];

const checkAnswers = (check: ExchangeCheck): void => {
  for (const [title, body] of bodies) {
    check(`respond() with ${title}`, async (harness) => {
      const { exchange, client } = await harness.call(get);
      exchange.respond(201, ["x-answer", "yes", "content-type", "text/plain"], body);
      const { status, headers } = await harness.until(client.head);
      assert.equal(status, 201);
      assert.equal(headers.get("x-answer"), "yes");
      assert.equal(headers.get("content-length"), String(Buffer.byteLength(body)));
      assert.equal(await harness.until(client.outcome), "whole");
      assert.deepEqual(client.received, Buffer.from(body));
    });
  }

  check("a status without a body has no content-length", async (harness) => {
    const { exchange, client } = await harness.call(get);
    exchange.respond(204, [], "");
    const { status, headers } = await harness.until(client.head);
    assert.equal(status, 204);
    assert.equal(headers.has("content-length"), false);
    assert.equal(await harness.until(client.outcome), "whole");
  });

  check("respond() leaves the caller's headers as they are", async (harness) => {
    const headers = ["x-answer", "yes"];
    const { exchange } = await harness.call(get);
    exchange.respond(200, headers, "ok");
    assert.deepEqual(headers, ["x-answer", "yes"]);
  });
};

const checkStreams = (check: ExchangeCheck): void => {
  check("write() arrives before the next one is written", async (harness) => {
    const { exchange, client } = await harness.call(get);
    exchange.start(200, ["content-type", "text/event-stream"]);
    let length = 0;
    for (const chunk of ["one", Buffer.from("two"), "三つ", ""]) {
      exchange.write(chunk);
      length += Buffer.byteLength(chunk);
      await harness.until(client.receive(length));
    }
    exchange.end();
    assert.equal(await harness.until(client.outcome), "whole");
    assert.equal(client.received.toString(), "onetwo三つ");
  });

  check("flushHead() sends the head before there is a body", async (harness) => {
    const { exchange, client } = await harness.call(get);
    exchange.start(200, ["x-answer", "yes"]);
    exchange.flushHead();
    const { headers } = await harness.until(client.head);
    assert.equal(headers.get("x-answer"), "yes");
    exchange.end();
    assert.equal(await harness.until(client.outcome), "whole");
  });

  check("a stream without a byte is whole", async (harness) => {
    const { exchange, client } = await harness.call(get);
    exchange.start(200, []);
    exchange.end();
    assert.equal(await harness.until(client.outcome), "whole");
    assert.equal(client.received.length, 0);
  });

  check("many exchanges at once do not mix", async (harness) => {
    const numbers = Array.from({ length: 30 }, (_, n) => n);
    const calls = await Promise.all(numbers.map((n) => harness.call({ ...get, target: `/${n}` })));
    for (const { exchange } of calls) exchange.start(200, []);
    for (let round = 0; round < 5; round++) {
      for (const { exchange } of calls) exchange.write(`${exchange.head.path};`);
      await harness.quiet();
    }
    for (const { exchange } of calls) exchange.end();
    for (const { exchange, client } of calls) {
      await harness.until(client.outcome);
      assert.equal(client.received.toString(), `${exchange.head.path};`.repeat(5));
    }
  });
};

const checkBackPressure = (check: ExchangeCheck): void => {
  check("write() says stop above 64 KiB, drained() says go, nothing is lost", async (harness) => {
    const { exchange, client } = await harness.call(get);
    const observer = new RecordingObserver();
    exchange.observe(observer);
    exchange.start(200, []);
    exchange.flushHead();
    await harness.until(client.head);
    client.stopReading();
    const chunk = Buffer.alloc(61_440, "c");
    let written = 0;
    let goOn = true;
    while (goOn && written < 64 * 1_048_576) {
      goOn = exchange.write(chunk);
      written += chunk.length;
      if (goOn) await harness.quiet();
    }
    assert.equal(goOn, false, "the client's reading does not matter");
    assert.ok(exchange.bufferedBytes >= 65_536, `${exchange.bufferedBytes} bytes buffered`);
    assert.ok(exchange.bufferedBytes < 65_536 + 2 * chunk.length);
    assert.equal(observer.drains, 0);
    const drain = observer.nextDrain();
    client.readOn();
    await harness.until(drain);
    assert.ok(exchange.bufferedBytes < 65_536);
    exchange.end();
    assert.equal(await harness.until(client.outcome), "whole");
    assert.equal(client.received.length, written);
  });
};

const checkEnds = (check: ExchangeCheck): void => {
  check("closed(true) is told once when the answer was handed over whole", async (harness) => {
    const { exchange, client } = await harness.call(get);
    const observer = new RecordingObserver();
    exchange.observe(observer);
    assert.equal(exchange.isClosed, false);
    exchange.respond(200, [], "ok");
    assert.equal(await harness.until(observer.closing.promise), true);
    assert.equal(exchange.isClosed, true);
    assert.equal(await harness.until(client.outcome), "whole");
    await harness.quiet();
    assert.deepEqual(observer.closes, [true]);
  });

  for (const when of ["before the answer", "while the answer streams"]) {
    check(`closed(false) is told when the client leaves ${when}`, async (harness) => {
      const { exchange, client } = await harness.call(get);
      const observer = new RecordingObserver();
      exchange.observe(observer);
      if (when !== "before the answer") {
        exchange.start(200, []);
        exchange.write("some");
        await harness.until(client.receive(4));
      }
      client.leave();
      assert.equal(await harness.until(observer.closing.promise), false);
      assert.equal(exchange.isClosed, true);
    });
  }

  check("an answer to a client that left goes nowhere and harms nobody", async (harness) => {
    const { exchange, client } = await harness.call(get);
    const observer = new RecordingObserver();
    exchange.observe(observer);
    client.leave();
    await harness.until(observer.closing.promise);
    exchange.start(200, []);
    exchange.flushHead();
    assert.equal(exchange.write(Buffer.alloc(1_048_576)), true);
    exchange.end();
    exchange.respond(200, [], "late");
    exchange.destroy();
    await harness.quiet();
    assert.deepEqual(observer.closes, [false]);
  });

  check("observe() after the end is told about it", async (harness) => {
    const { exchange, client } = await harness.call(get);
    client.leave();
    while (!exchange.isClosed) await harness.quiet();
    const observer = new RecordingObserver();
    exchange.observe(observer);
    assert.equal(await harness.until(observer.closing.promise), false);
  });
};

const checkCuts = (check: ExchangeCheck): void => {
  check("destroy() before the head: the client gets no answer", async (harness) => {
    const { exchange, client } = await harness.call(get);
    const observer = new RecordingObserver();
    exchange.observe(observer);
    exchange.destroy();
    exchange.destroy();
    assert.equal(exchange.isClosed, true);
    await assert.rejects(harness.until(client.head));
    assert.equal(await harness.until(client.outcome), "cut");
    assert.equal(await harness.until(observer.closing.promise), false);
    assert.deepEqual(observer.closes, [false]);
  });

  check("destroy() between head and body: the client sees a cut", async (harness) => {
    const { exchange, client } = await harness.call(get);
    exchange.start(200, []);
    exchange.flushHead();
    await harness.until(client.head);
    exchange.destroy();
    assert.equal(await harness.until(client.outcome), "cut");
  });

  check("destroy() in mid-stream: the client sees a cut, not an end", async (harness) => {
    const { exchange, client } = await harness.call(get);
    exchange.start(200, []);
    exchange.write("some");
    await harness.until(client.receive(4));
    exchange.destroy();
    assert.equal(await harness.until(client.outcome), "cut");
    assert.equal(client.received.toString(), "some");
  });

  check("destroy() right behind a write: the client sees a cut", async (harness) => {
    const { exchange, client } = await harness.call(get);
    exchange.start(200, []);
    exchange.write("some");
    exchange.destroy();
    await harness.until(client.head.catch(() => null));
    assert.equal(await harness.until(client.outcome), "cut");
  });
};

const isInternal = (error: unknown): boolean =>
  error instanceof Failure && error.code === "internal";

const checkMisuse = (check: ExchangeCheck): void => {
  check("an answer out of order is a fault of ours and is thrown", async (harness) => {
    const { exchange, client } = await harness.call(get);
    assert.throws(() => exchange.write("x"), isInternal);
    assert.throws(() => exchange.end(), isInternal);
    assert.throws(() => exchange.flushHead(), isInternal);
    exchange.start(200, []);
    assert.throws(() => exchange.start(200, []), isInternal);
    assert.throws(() => exchange.respond(200, [], ""), isInternal);
    exchange.write("x");
    exchange.end();
    assert.equal(await harness.until(client.outcome), "whole");
    assert.equal(client.received.toString(), "x");
  });
};

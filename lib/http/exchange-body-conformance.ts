import assert from "node:assert/strict";
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import { Failure } from "../failure/failure.ts";
import {
  RecordingObserver,
  type ClientRequest,
  type ExchangeCheck,
  type ExchangeHarness,
} from "./exchange-harness.ts";
import { harnessChecks } from "./checked-harness.ts";

const kibibyte = 1_024;

const post = (body: Buffer | null, ...headers: string[]): ClientRequest => ({
  method: "POST",
  target: "/",
  headers,
  body,
});

const failsWith = (body: Promise<Buffer>, code: string): Promise<void> =>
  assert.rejects(body, (error) => error instanceof Failure && error.code === code);

/**
 * What every adapter of `Exchange` promises about request bodies. The harness must give a body
 * less than two seconds to arrive.
 */
export const exchangeBodyConformance = (
  name: string,
  makeHarness: () => Promise<ExchangeHarness>,
): void => {
  const check = harnessChecks(name, makeHarness);
  checkWhole(check);
  checkLimits(check);
  checkInterrupted(check);
  checkUnread(check);
  checkCodings(check);
};

const checkWhole = (check: ExchangeCheck): void => {
  const bodies: readonly (readonly [title: string, request: ClientRequest, length: number])[] = [
    ["no body", { ...post(Buffer.alloc(0)), method: "GET" }, 0],
    ["an empty body", post(Buffer.alloc(0), "content-length", "0"), 0],
    ["a short body", post(Buffer.from("short")), 5],
    ["a megabyte", post(Buffer.alloc(kibibyte * kibibyte, "m")), kibibyte * kibibyte],
  ];
  for (const [title, request, length] of bodies) {
    check(`body() gives ${title}`, async (harness) => {
      const { exchange, client } = await harness.call(request);
      const body = await harness.until(exchange.body(kibibyte * kibibyte));
      assert.equal(body.length, length);
      assert.deepEqual(body, request.body);
      exchange.respond(200, [], "ok");
      assert.equal(await harness.until(client.outcome), "whole");
    });
  }

  check("body() waits for a body that comes in pieces", async (harness) => {
    const { exchange, client } = await harness.call(post(null));
    const body = exchange.body(kibibyte);
    for (const piece of ["on", "e two ", "三"]) {
      client.send(Buffer.from(piece));
      await harness.quiet();
    }
    client.finish();
    assert.equal((await harness.until(body)).toString(), "one two 三");
  });

  check("body() gives what arrived before it was asked for", async (harness) => {
    const { exchange } = await harness.call(post(Buffer.from("early")));
    await harness.quiet();
    assert.equal((await harness.until(exchange.body(kibibyte))).toString(), "early");
  });

  check("body() a second time is a fault of ours", async (harness) => {
    const { exchange } = await harness.call(post(Buffer.from("once")));
    await harness.until(exchange.body(kibibyte));
    await failsWith(exchange.body(kibibyte), "internal");
  });
};

const checkLimits = (check: ExchangeCheck): void => {
  check("a body of exactly the limit is taken", async (harness) => {
    const { exchange } = await harness.call(post(Buffer.alloc(kibibyte)));
    assert.equal((await harness.until(exchange.body(kibibyte))).length, kibibyte);
  });

  check("a body that announces a byte too much is refused before it arrives", async (harness) => {
    const announced = post(null, "content-length", String(kibibyte + 1));
    const { exchange, client } = await harness.call(announced);
    await harness.until(failsWith(exchange.body(kibibyte), "payload_too_large"));
    exchange.respond(413, [], "too large");
    assert.equal((await harness.until(client.head)).status, 413);
    assert.equal(await harness.until(client.outcome), "whole");
  });

  check("a body that turns out a byte too long is refused", async (harness) => {
    const { exchange, client } = await harness.call(post(null));
    const refused = failsWith(exchange.body(kibibyte), "payload_too_large");
    client.send(Buffer.alloc(kibibyte));
    await harness.quiet();
    client.send(Buffer.alloc(1));
    await harness.until(refused);
    exchange.respond(413, [], "too large");
    client.send(Buffer.alloc(100 * kibibyte));
    assert.equal((await harness.until(client.head)).status, 413);
    assert.equal(await harness.until(client.outcome), "whole");
  });

  check("a body that stops coming is given up, and the client is told", async (harness) => {
    const { exchange, client } = await harness.call(post(null));
    client.send(Buffer.from("half"));
    await harness.until(failsWith(exchange.body(kibibyte), "body_timeout"));
    exchange.respond(408, [], "too slow");
    assert.equal((await harness.until(client.head)).status, 408);
    assert.equal(await harness.until(client.outcome), "whole");
  });
};

const checkInterrupted = (check: ExchangeCheck): void => {
  check("a client that leaves in mid-body ends both", async (harness) => {
    const { exchange, client } = await harness.call(post(null));
    const observer = new RecordingObserver();
    exchange.observe(observer);
    const refused = failsWith(exchange.body(kibibyte), "client_closed");
    client.send(Buffer.from("half"));
    await harness.quiet();
    client.leave();
    await harness.until(refused);
    assert.equal(await harness.until(observer.closing.promise), false);
    await failsWith(exchange.body(kibibyte), "client_closed");
  });

  check("destroy() in mid-body ends the wait for it", async (harness) => {
    const { exchange, client } = await harness.call(post(null));
    const refused = failsWith(exchange.body(kibibyte), "client_closed");
    exchange.destroy();
    await harness.until(refused);
    assert.equal(await harness.until(client.outcome), "cut");
  });
};

const checkUnread = (check: ExchangeCheck): void => {
  const bodies: readonly (readonly [title: string, body: Buffer])[] = [
    ["short", Buffer.from("short")],
    ["long", Buffer.alloc(8 * kibibyte * kibibyte)],
  ];
  for (const [title, body] of bodies) {
    check(`an answer before a ${title} body was read arrives whole`, async (harness) => {
      const { exchange, client } = await harness.call(post(body));
      exchange.respond(401, [], "who are you?");
      assert.equal((await harness.until(client.head)).status, 401);
      assert.equal(await harness.until(client.outcome), "whole");
      assert.equal(client.received.toString(), "who are you?");
    });
  }

  check("an answer while the body is still being sent arrives whole", async (harness) => {
    const { exchange, client } = await harness.call(post(null));
    for (let n = 0; n < 20; n++) client.send(Buffer.alloc(64 * kibibyte));
    exchange.respond(401, [], "who are you?");
    for (let n = 0; n < 20; n++) client.send(Buffer.alloc(64 * kibibyte));
    assert.equal(await harness.until(client.outcome), "whole");
    assert.equal(client.received.toString(), "who are you?");
  });
};

const text = Buffer.from("何度も何度も、".repeat(50));

const coded: readonly (readonly [coding: string, body: Buffer])[] = [
  ["gzip", gzipSync(text)],
  ["x-gzip", gzipSync(text)],
  ["deflate", deflateSync(text)],
  ["br", brotliCompressSync(text)],
  ["zstd", zstdCompressSync(text)],
  ["identity", text],
  ["GZIP", gzipSync(text)],
];

const refused: readonly (readonly [title: string, coding: string, body: Buffer, code: string])[] = [
  ["two codings", "gzip, br", text, "unsupported_media_type"],
  ["an unknown coding", "compress", text, "unsupported_media_type"],
  ["bytes of no coding", "gzip", text, "bad_request"],
  ["a truncated body", "gzip", gzipSync(text).subarray(0, -9), "bad_request"],
  ["no byte at all", "gzip", Buffer.alloc(0), "bad_request"],
  ["a bomb of gzip", "gzip", gzipSync(Buffer.alloc(64 * kibibyte ** 2)), "payload_too_large"],
  ["a bomb of br", "br", brotliCompressSync(Buffer.alloc(kibibyte ** 2)), "payload_too_large"],
  ["a bomb of zstd", "zstd", zstdCompressSync(Buffer.alloc(kibibyte ** 2)), "payload_too_large"],
  ["one byte too much", "gzip", gzipSync(Buffer.alloc(100 * kibibyte + 1)), "payload_too_large"],
];

const checkCodings = (check: ExchangeCheck): void => {
  for (const [coding, body] of coded) {
    check(`SEC-4 a body in the coding ${coding} is decoded`, async (harness) => {
      const { exchange } = await harness.call(post(body, "content-encoding", coding));
      assert.deepEqual(await harness.until(exchange.body(text.length)), text);
    });
  }

  for (const [title, coding, body, code] of refused) {
    check(`SEC-4 ${title}: ${code}`, async (harness) => {
      const { exchange, client } = await harness.call(post(body, "content-encoding", coding));
      await harness.until(failsWith(exchange.body(100 * kibibyte), code));
      exchange.respond(400, [], "no");
      assert.equal(await harness.until(client.outcome), "whole");
    });
  }
};

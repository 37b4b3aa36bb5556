import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { VirtualClock } from "../../time/virtual-clock.ts";
import { egressRefusal, type FetchAsk } from "../egress.ts";
import { ask, authority, fetchOf, refusalOf, type FetchSetting } from "../testing/fetch-harness.ts";
import { until } from "../testing/patience.ts";
import { RawPeer } from "../testing/raw-peer.ts";

/** A peer that has taken one call of a fetch which is allowed to reach it. */
async function called(setting: FetchSetting = {}, over: Partial<FetchAsk> = {}) {
  const peer = await RawPeer.listen();
  const fetch = fetchOf({ allow: [authority(peer)], ...setting });
  const outcome = fetch.fetch(`${peer.origin}/a.png?b=c`, ask(over));
  const call = await until(peer.next());
  return {
    call,
    outcome: until(outcome),
    [Symbol.asyncDispose]: () => peer.close(),
  };
}

const answers: readonly (readonly [title: string, answer: string, expected: object])[] = [
  [
    "what the server has",
    "HTTP/1.1 200 OK\r\ncontent-type: image/png\r\ncontent-length: 2\r\n\r\nok",
    { ok: true, bytes: Buffer.from("ok"), contentType: "image/png" },
  ],
  [
    "in chunks, and without a type",
    "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
    { ok: true, bytes: Buffer.from("ok"), contentType: null },
  ],
  [
    "a length beyond the limit",
    "HTTP/1.1 200 OK\r\ncontent-length: 99999999999\r\n\r\nok",
    egressRefusal("too_large", "it is larger than 1000 bytes, which is the limit"),
  ],
  [
    "a body beyond the limit",
    `HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3e9\r\n${"x".repeat(1_001)}\r\n`,
    egressRefusal("too_large", "it is larger than 1000 bytes, which is the limit"),
  ],
  [
    "a redirect",
    "HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1/\r\ncontent-length: 0\r\n\r\n",
    egressRefusal("bad_answer", "its server redirects, and redirects are not followed"),
  ],
  [
    "nothing there",
    "HTTP/1.1 404 Not Found\r\ncontent-length: 4\r\n\r\nnone",
    egressRefusal("bad_answer", "its server answered with status 404"),
  ],
  [
    "a part",
    "HTTP/1.1 206 Partial Content\r\ncontent-length: 2\r\n\r\nok",
    egressRefusal("bad_answer", "its server answered with status 206"),
  ],
  [
    "two codings",
    "HTTP/1.1 200 OK\r\ncontent-encoding: gzip, gzip\r\ncontent-length: 2\r\n\r\nok",
    egressRefusal("bad_answer", "its server answered in an unknown content coding"),
  ],
  [
    "another coding than it says",
    "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 2\r\n\r\nok",
    egressRefusal("bad_answer", "its content does not match its content coding"),
  ],
  [
    "no HTTP",
    "SSH-2.0-OpenSSH_9.2\r\n",
    egressRefusal("bad_answer", "its server's answer is not HTTP"),
  ],
  [
    "a header that is too long",
    `HTTP/1.1 200 OK\r\nx: ${"a".repeat(20_000)}\r\n\r\n`,
    egressRefusal("bad_answer", "its server's answer is not HTTP"),
  ],
];

describe("SEC-6 what a server answers", () => {
  for (const [title, answer, expected] of answers) {
    test(title, async () => {
      await using pair = await called();
      pair.call.write(answer);
      assert.deepEqual(await pair.outcome, expected);
      await until(pair.call.closed);
    });
  }

  test("the connection ends with the answer, though its server would keep it", async () => {
    await using pair = await called();
    pair.call.write("HTTP/1.1 200 OK\r\nkeep-alive: timeout=60\r\ncontent-length: 2\r\n\r\nok");
    assert.equal((await pair.outcome).ok, true);
    const closed = pair.call.closed.then(() => "closed");
    assert.equal(await Promise.race([closed, sleep(30_000, "open", { ref: false })]), "closed");
  });

  test("the end before the whole", async () => {
    await using pair = await called();
    pair.call.write("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nok");
    pair.call.socket.end();
    assert.equal(refusalOf(await pair.outcome).code, "unreachable");
  });

  test("the request names the host and shows no credential", async () => {
    await using pair = await called();
    assert.equal(pair.call.method, "GET");
    assert.equal(pair.call.path, "/a.png?b=c");
    assert.ok(pair.call.header("host")?.startsWith("127.0.0.1:"));
    assert.equal(pair.call.header("accept-encoding"), "identity");
    assert.equal(pair.call.header("authorization"), undefined);
    assert.equal(pair.call.header("cookie"), undefined);
    pair.call.write("HTTP/1.1 204 No Content\r\n\r\n");
    assert.equal(refusalOf(await pair.outcome).code, "bad_answer");
  });

  test("an endless body ends at the limit", async () => {
    await using pair = await called();
    const { socket } = pair.call;
    pair.call.head(200, []);
    const pump = (): void => {
      while (!socket.destroyed && socket.write(`400\r\n${"x".repeat(1_024)}\r\n`));
    };
    socket.on("drain", pump);
    pump();
    assert.equal(refusalOf(await pair.outcome).code, "too_large");
    await until(pair.call.closed);
  });

  test("one gzip coding is undone", async () => {
    await using pair = await called();
    const coded = gzipSync("plain");
    pair.call.write("HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\n");
    pair.call.write(`content-length: ${coded.length}\r\n\r\n`);
    pair.call.socket.write(coded);
    const outcome = await pair.outcome;
    assert.equal(outcome.ok && outcome.bytes.toString(), "plain");
  });

  test("a gzip bomb is given up at the limit", async () => {
    await using pair = await called({}, { maxBytes: 100_000 });
    const bomb = gzipSync(Buffer.alloc(50_000_000));
    assert.ok(bomb.length < 100_000);
    pair.call.write("HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\n");
    pair.call.write(`content-length: ${bomb.length}\r\n\r\n`);
    pair.call.socket.write(bomb);
    assert.equal(refusalOf(await pair.outcome).code, "too_large");
  });

  test("who asks may refuse bytes before they are kept, decoded ones too", async () => {
    let seen = 0;
    const full = egressRefusal("too_large", "all together are too large");
    const admit = (bytes: number) => ((seen += bytes) > 500 ? full : null);
    await using pair = await called({}, { admit });
    const coded = gzipSync("a".repeat(600));
    pair.call.write(
      `HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: ${coded.length}\r\n\r\n`,
    );
    pair.call.socket.write(coded);
    assert.deepEqual(await pair.outcome, full);
    assert.equal(seen, 600);
  });
});

describe("SEC-6 limits of time and number", () => {
  test("a server that never answers", async () => {
    const clock = new VirtualClock();
    await using pair = await called({ clock });
    await clock.elapse(10_000);
    const expected = egressRefusal("timeout", "it took longer than 10000 ms");
    assert.deepEqual(await pair.outcome, expected);
    await until(pair.call.closed);
    assert.equal(clock.pendingTimers, 0);
  });

  test("a server that answers a byte at a time", async () => {
    const clock = new VirtualClock();
    const arrived = Promise.withResolvers<void>();
    const admit = () => {
      arrived.resolve();
      return null;
    };
    await using pair = await called({ clock }, { admit });
    pair.call.write("HTTP/1.1 200 OK\r\ncontent-length: 900\r\n\r\nx");
    await until(arrived.promise);
    await clock.elapse(10_000);
    assert.equal(refusalOf(await pair.outcome).code, "timeout");
    await until(pair.call.closed);
  });

  test("the signal ends it", async () => {
    const leaving = new AbortController();
    await using pair = await called({}, { signal: leaving.signal });
    leaving.abort();
    assert.equal(refusalOf(await pair.outcome).code, "aborted");
    await until(pair.call.closed);
  });

  test("the others wait until one is done", async () => {
    await using peer = Object.assign(await RawPeer.listen(), {
      [Symbol.asyncDispose]: () => peer.close(),
    });
    const options = { maxAtOnce: 1, maxWaiting: 1 };
    const fetch = fetchOf({ allow: [authority(peer)], options });
    const first = fetch.fetch(`${peer.origin}/1`, ask());
    const second = fetch.fetch(`${peer.origin}/2`, ask());
    const third = await until(fetch.fetch(`${peer.origin}/3`, ask()));
    assert.equal(refusalOf(third).code, "overloaded");
    for (const [outcome, path] of [
      [first, "/1"],
      [second, "/2"],
    ] as const) {
      const call = await until(peer.next());
      assert.equal(call.path, path);
      call.write("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok");
      assert.equal((await until(outcome)).ok, true);
    }
  });
});

describe("SEC-6 a form for a host that the configuration names", () => {
  const form = {
    fields: new URLSearchParams({ code: "a b&c", client_id: "x" }),
    authorization: "Basic eDp5",
  };

  test("is posted whole, and a refusal in words is an answer", async () => {
    await using pair = await called({}, { form });
    const { call } = pair;
    call.write("HTTP/1.1 400 Bad Request\r\ncontent-length: 2\r\n\r\n{}");
    assert.deepEqual(await pair.outcome, { ok: true, bytes: Buffer.from("{}"), contentType: null });
    assert.deepEqual(
      [call.method, call.path, call.body.toString()],
      ["POST", "/a.png?b=c", "code=a+b%26c&client_id=x"],
    );
    assert.equal(call.header("authorization"), "Basic eDp5");
    assert.equal(call.header("content-type"), "application/x-www-form-urlencoded");
  });

  test("does not follow a redirect, and an error is none of its answers", async () => {
    for (const [status, fault] of [
      [302, "its server redirects, and redirects are not followed"],
      [500, "its server answered with status 500"],
    ] as const) {
      await using pair = await called({}, { form });
      pair.call.write(`HTTP/1.1 ${status} x\r\nlocation: /\r\ncontent-length: 0\r\n\r\n`);
      assert.deepEqual(await pair.outcome, egressRefusal("bad_answer", fault));
    }
  });
});

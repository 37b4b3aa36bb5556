import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:http2";
import { test } from "node:test";
import { get } from "../exchange-harness.ts";
import { ClientH2 } from "../testing/client-h2.ts";
import { ListenerHarness } from "../testing/listener-harness.ts";

const host = "Host: a\r\n";
const chunked = "Transfer-Encoding: chunked\r\n";
const many = (count: number): string =>
  Array.from({ length: count }, (_, n) => `x-${n}: 1\r\n`).join("");

const refused: readonly (readonly [title: string, request: string, code: string])[] = [
  ["two Host headers", `GET / HTTP/1.1\r\n${host}${host}\r\n`, "bad_request"],
  ["two Host headers of other case", `GET / HTTP/1.1\r\n${host}HOST: b\r\n\r\n`, "bad_request"],
  ["no Host header on 1.1", "GET / HTTP/1.1\r\n\r\n", "bad_request"],
  ["an absolute target", `GET http://a/x HTTP/1.1\r\n${host}\r\n`, "bad_request"],
  ["an absolute target of another scheme", `GET file:///x HTTP/1.1\r\n${host}\r\n`, "bad_request"],
  ["the asterisk", `OPTIONS * HTTP/1.1\r\n${host}\r\n`, "bad_request"],
  ["HTTP/0.9 without a version", "GET /\r\n\r\n", "bad_request"],
  ["HTTP/0.9 with a version", `GET / HTTP/0.9\r\n${host}\r\n`, "bad_request"],
  ["HTTP/2.0 on a request line", `GET / HTTP/2.0\r\n${host}\r\n`, "bad_request"],
  ["a version nobody knows", `GET / HTTP/1.2\r\n${host}\r\n`, "bad_request"],
  ["TRACE", `TRACE / HTTP/1.1\r\n${host}\r\n`, "method_not_allowed"],
  ["CONNECT", `CONNECT a:443 HTTP/1.1\r\n${host}\r\n`, "method_not_allowed"],
  ["an unknown method", `FETCH / HTTP/1.1\r\n${host}\r\n`, "bad_request"],
  [
    "two Authorization headers",
    `GET / HTTP/1.1\r\n${host}Authorization: Bearer a\r\nauthorization: Bearer a\r\n\r\n`,
    "conflicting_credentials",
  ],
  [
    "a length and a transfer coding",
    `POST / HTTP/1.1\r\n${host}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    "bad_request",
  ],
  [
    "a transfer coding and a length",
    `POST / HTTP/1.1\r\n${host}Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n`,
    "bad_request",
  ],
  [
    "two lengths",
    `POST / HTTP/1.1\r\n${host}Content-Length: 1\r\nContent-Length: 2\r\n\r\nxx`,
    "bad_request",
  ],
  [
    "the same length twice",
    `POST / HTTP/1.1\r\n${host}Content-Length: 1\r\nContent-Length: 1\r\n\r\nx`,
    "bad_request",
  ],
  ["a length list", `POST / HTTP/1.1\r\n${host}Content-Length: 1, 1\r\n\r\nx`, "bad_request"],
  ["a signed length", `POST / HTTP/1.1\r\n${host}Content-Length: +1\r\n\r\nx`, "bad_request"],
  ["a hexadecimal length", `POST / HTTP/1.1\r\n${host}Content-Length: 0x1\r\n\r\nx`, "bad_request"],
  ["an empty length", `POST / HTTP/1.1\r\n${host}Content-Length: \r\n\r\n`, "bad_request"],
  [
    "an unknown transfer coding",
    `POST / HTTP/1.1\r\n${host}Transfer-Encoding: gzip\r\n\r\n`,
    "bad_request",
  ],
  [
    "two transfer codings",
    `POST / HTTP/1.1\r\n${host}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`,
    "bad_request",
  ],
  [
    "two Transfer-Encoding headers",
    `POST / HTTP/1.1\r\n${host}${chunked}${chunked}\r\n0\r\n\r\n`,
    "bad_request",
  ],
  [
    "a disguised transfer coding",
    `POST / HTTP/1.1\r\n${host}Transfer-Encoding: xchunked\r\n\r\n`,
    "bad_request",
  ],
  [
    "a transfer coding on 1.0",
    "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "bad_request",
  ],
  ["a space before the colon", `GET / HTTP/1.1\r\n${host}X-A : 1\r\n\r\n`, "bad_request"],
  ["a folded header", `GET / HTTP/1.1\r\n${host}X-A: 1\r\n 2\r\n\r\n`, "bad_request"],
  ["a header without a colon", `GET / HTTP/1.1\r\n${host}X-A\r\n\r\n`, "bad_request"],
  ["a header without a name", `GET / HTTP/1.1\r\n${host}: 1\r\n\r\n`, "bad_request"],
  ["a NUL in a header", `GET / HTTP/1.1\r\n${host}X-A: a\0b\r\n\r\n`, "bad_request"],
  ["a bare CR in a header", `GET / HTTP/1.1\r\n${host}X-A: a\rb\r\n\r\n`, "bad_request"],
  ["a control character in the path", `GET /a\x01b HTTP/1.1\r\n${host}\r\n`, "bad_request"],
  ["DEL in the path", `GET /a\x7fb HTTP/1.1\r\n${host}\r\n`, "bad_request"],
  ["an encoded control character in the path", `GET /a%0Ab HTTP/1.1\r\n${host}\r\n`, "bad_request"],
  ["an encoded NUL in the path", `GET /%00 HTTP/1.1\r\n${host}\r\n`, "bad_request"],
  ["a bare percent in the path", `GET /100% HTTP/1.1\r\n${host}\r\n`, "bad_request"],
  ["raw UTF-8 in the path", `GET /ã HTTP/1.1\r\n${host}\r\n`, "bad_request"],
  ["a URL that is too long", `GET /${"a".repeat(8_192)} HTTP/1.1\r\n${host}\r\n`, "uri_too_long"],
  ["too many headers", `GET / HTTP/1.1\r\n${host}${many(100)}\r\n`, "headers_too_large"],
  [
    "headers that are too long",
    `GET / HTTP/1.1\r\n${host}x: ${"a".repeat(16_384)}\r\n\r\n`,
    "headers_too_large",
  ],
  ["an endless header", `GET / HTTP/1.1\r\n${host}x: ${"a".repeat(262_144)}`, "headers_too_large"],
  ["TLS on a cleartext port", "\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03", "bad_request"],
  ["a preface with a fault", "PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n", "bad_request"],
];

for (const [title, request, code] of refused) {
  test(`SEC-5 refused: ${title}`, async () => {
    await using harness = await ListenerHarness.open("h1");
    const client = harness.raw(Buffer.from(request, "latin1"));
    const { headers } = await harness.until(client.head);
    assert.equal(headers.get("x-code"), code);
    assert.equal(headers.get("connection"), "close");
    assert.equal(await harness.until(client.outcome), "whole");
    await harness.until(client.closed);
    assert.equal(harness.unclaimedExchanges, 0);
  });
}

const accepted: readonly (readonly [title: string, request: string])[] = [
  ["a header name in any case", "GET / HTTP/1.1\r\nhOsT: a\r\n\r\n"],
  ["an encoded slash and colon", `GET /model/a%2Fb%3A0/converse HTTP/1.1\r\n${host}\r\n`],
  ["a control character in the query", `GET /?q=%0A HTTP/1.1\r\n${host}\r\n`],
  ["a URL of the greatest length", `GET /${"a".repeat(8_191)} HTTP/1.1\r\n${host}\r\n`],
  ["the greatest number of headers", `GET / HTTP/1.1\r\n${host}${many(99)}\r\n`],
  ["an empty Host", "GET / HTTP/1.1\r\nHost:\r\n\r\n"],
  ["an empty line before the request", `\r\nGET / HTTP/1.1\r\n${host}\r\n`],
  [
    "an upgrade that nobody serves",
    `GET / HTTP/1.1\r\n${host}Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n`,
  ],
  ["an upgrade to h2c", `GET / HTTP/1.1\r\n${host}Connection: Upgrade\r\nUpgrade: h2c\r\n\r\n`],
];

for (const [title, request] of accepted) {
  test(`SEC-5 no honest client is refused: ${title}`, async () => {
    await using harness = await ListenerHarness.open("h1");
    const client = harness.raw(request);
    (await harness.exchange()).respond(200, [], "ok");
    assert.equal((await harness.until(client.head)).status, 200);
    assert.equal(await harness.until(client.outcome), "whole");
  });
}

test("a request without Host is served on HTTP/1.0, and the connection closed", async () => {
  await using harness = await ListenerHarness.open("h1");
  const client = harness.raw("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  (await harness.exchange()).respond(200, [], "ok");
  assert.equal((await harness.until(client.head)).headers.get("connection"), "close");
  await harness.until(client.closed);
});

test("a stream to HTTP/1.0 ends with the connection, and a cut one with a reset", async () => {
  await using harness = await ListenerHarness.open("h1");
  for (const [isCut, outcome] of [
    [false, "whole"],
    [true, "cut"],
  ] as const) {
    const client = harness.raw("GET / HTTP/1.0\r\n\r\n");
    const exchange = await harness.exchange();
    exchange.start(200, []);
    exchange.write("some");
    await harness.until(client.receive(4));
    if (isCut) exchange.destroy();
    else exchange.end();
    assert.equal(await harness.until(client.outcome), outcome);
    assert.equal(client.received.toString(), "some");
  }
});

test("a body that breaks its framing is a bad request, and the last one", async () => {
  await using harness = await ListenerHarness.open("h1");
  const client = harness.raw(`POST / HTTP/1.1\r\n${host}Transfer-Encoding: chunked\r\n\r\n`);
  const exchange = await harness.exchange();
  const body = exchange.body(1_024);
  client.socket.write("zz\r\n");
  await assert.rejects(harness.until(body), { code: "bad_request" });
  exchange.respond(400, [], "no");
  assert.equal((await harness.until(client.head)).headers.get("connection"), "close");
  assert.equal(await harness.until(client.outcome), "whole");
  await harness.until(client.closed);
});

test("garbage behind a request does not harm the answer, and ends the connection", async () => {
  await using harness = await ListenerHarness.open("h1");
  const client = harness.raw(`GET / HTTP/1.1\r\n${host}\r\n\x01\x02garbage\r\n\r\n`);
  const exchange = await harness.exchange();
  exchange.start(200, []);
  exchange.write("some");
  await harness.quiet();
  exchange.end();
  assert.equal(await harness.until(client.outcome), "whole");
  assert.equal(client.answer.behind.length, 0);
  await harness.until(client.closed);
});

const refusedH2: readonly (readonly [
  title: string,
  headers: Record<string, string>,
  code: string,
])[] = [
  ["TRACE", { ":method": "TRACE" }, "method_not_allowed"],
  ["another host than the authority", { ":authority": "a", host: "b" }, "bad_request"],
  ["an encoded control character", { ":path": "/%0a" }, "bad_request"],
  ["a URL that is too long", { ":path": `/${"a".repeat(8_192)}` }, "uri_too_long"],
  [
    "too many headers",
    Object.fromEntries(Array.from({ length: 97 }, (_, n) => [`x-${n}`, "1"])),
    "headers_too_large",
  ],
];

for (const [title, headers, code] of refusedH2) {
  test(`SEC-5 refused on HTTP/2: ${title}`, async () => {
    await using harness = await ListenerHarness.open("h2");
    const { ":method": method = "GET", ":path": target = "/", ...rest } = headers;
    const client = harness.request({
      ...get,
      method,
      target,
      headers: Object.entries(rest).flat(),
    });
    assert.equal((await harness.until(client.head)).headers.get("x-code"), code);
    assert.equal(await harness.until(client.outcome), "whole");
    assert.equal(harness.unclaimedExchanges, 0);
  });
}

test("SEC-4 HTTP/2: headers too long for the agreed limit reset their stream alone", async () => {
  await using harness = await ListenerHarness.open("h2");
  const session = connect(`http://127.0.0.1:${harness.port}`);
  const first = session.request({}).resume();
  (await harness.exchange()).respond(200, [], "ok");
  await once(first, "close");
  const tooLong = session.request({ "x-long": "a".repeat(20_000) });
  await assert.rejects(once(tooLong, "close"), { code: "ERR_HTTP2_STREAM_ERROR" });
  const next = session.request({}).resume();
  (await harness.exchange()).respond(200, [], "ok");
  await once(next, "close");
  assert.deepEqual([first.rstCode, next.rstCode], [0, 0]);
  session.destroy();
});

test("connection headers of an answer are left out on HTTP/2", async () => {
  await using harness = await ListenerHarness.open("h2");
  const { exchange, client } = await harness.call(get);
  exchange.respond(200, ["Connection", "close", "Keep-Alive", "1", "X-Kept", "yes"], "ok");
  const { headers } = await harness.until(client.head);
  assert.deepEqual([headers.has("connection"), headers.get("x-kept")], [false, "yes"]);
  assert.ok(client instanceof ClientH2);
});

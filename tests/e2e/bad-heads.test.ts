import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import { GatewayUnderTest } from "../harness/gateway-under-test.ts";
import { RawClient, requestHead } from "../harness/raw-client.ts";

import { until } from "../harness/until.ts";
let gateway: GatewayUnderTest;
before(async () => {
  gateway = await GatewayUnderTest.start();
});
after(async () => {
  await using _ = gateway;
  assert.equal(gateway.simulator.calls().length, served, "nothing refused reached the provider");
  assert.doesNotMatch(gateway.server.log, /nobody foresaw|a handler failed|uncaught/i);
});

let served = 0;
afterEach(async () => {
  served += 1;
  const response = await gateway.chat("Reply with exactly: still here");
  assert.match(await response.text(), /still here/);
});

const body = '{"model":"sole","messages":[{"role":"user","content":"Hello"}]}';

/** A request of the chat surface, line by line; `host` and the credential unless told otherwise. */
const request = (
  lines: readonly string[],
  { target = "/v1/chat/completions", host = "host: localhost", method = "POST", rest = body } = {},
): string =>
  [
    `${method} ${target} HTTP/1.1`,
    ...(host === "" ? [] : [host]),
    `authorization: Bearer ${gateway.key}`,
    "content-type: application/json",
    ...lines,
    "",
    rest,
  ].join("\r\n");

const length = `content-length: ${body.length}`;
const chunked = "transfer-encoding: chunked";
const inChunks = `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;

/** What is sent, and what comes back: status and code. */
const cases: readonly (readonly [
  what: string,
  sent: () => string,
  status: number,
  code: string | null,
])[] = [
  ["two Host headers", () => request([length, "host: other"]), 400, "bad_request"],
  ["two equal Host headers", () => request([length, "Host: localhost"]), 400, "bad_request"],
  ["no Host header", () => request([length], { host: "" }), 400, "bad_request"],
  [
    "an absolute-form target",
    () => request([length], { target: "http://localhost/v1/chat/completions" }),
    400,
    "bad_request",
  ],
  [
    "an absolute-form target to somebody else",
    () => request([length], { target: "http://169.254.169.254/latest/meta-data/" }),
    400,
    "bad_request",
  ],
  [
    "an authority-form target",
    () => request([length], { target: "localhost:80" }),
    400,
    "bad_request",
  ],
  ["an asterisk", () => request([length], { target: "*" }), 400, "bad_request"],
  ["TRACE", () => request([length], { method: "TRACE" }), 405, "method_not_allowed"],
  ["CONNECT", () => request([length], { method: "CONNECT" }), 405, "method_not_allowed"],
  [
    "GET where POST is served",
    () => request([], { method: "GET", rest: "" }),
    405,
    "method_not_allowed",
  ],
  ["an unknown method", () => request([length], { method: "BREW" }), 400, "bad_request"],
  ["both framings", () => request([length, chunked], { rest: inChunks }), 400, "bad_request"],
  [
    "both framings, the other way",
    () => request([chunked, length], { rest: inChunks }),
    400,
    "bad_request",
  ],
  ["two lengths", () => request([length, "content-length: 5"]), 400, "bad_request"],
  ["a length with a sign", () => request([`content-length: +${body.length}`]), 400, "bad_request"],
  ["a length that is no number", () => request(["content-length: many"]), 400, "bad_request"],
  ["a coding twice", () => request([chunked, chunked], { rest: inChunks }), 400, "bad_request"],
  ["an unknown coding", () => request(["transfer-encoding: gzip"]), 400, "bad_request"],
  [
    "chunked not last",
    () => request(["transfer-encoding: chunked, gzip"], { rest: inChunks }),
    400,
    "bad_request",
  ],
  [
    "a chunk that lies",
    () => request([chunked], { rest: `5\r\n${body}\r\n0\r\n\r\n` }),
    400,
    "bad_request",
  ],
  [
    "a chunk size of letters",
    () => request([chunked], { rest: `zz\r\n${body}` }),
    400,
    "bad_request",
  ],
  ["a blank before the colon", () => request([length, "x-a : b"]), 400, "bad_request"],
  ["a folded header", () => request([length, "x-a: b", " c"]), 400, "bad_request"],
  ["a bare line feed in a header", () => request([length, "x-a: b\nx-c: d"]), 400, "bad_request"],
  ["a NUL in a header", () => request([length, "x-a: b\0c"]), 400, "bad_request"],
  ["HTTP/0.9", () => "GET /v1/models\r\n\r\n", 400, "bad_request"],
  ["HTTP/3.0", () => "GET /v1/models HTTP/3.0\r\nhost: a\r\n\r\n", 400, "bad_request"],
  ["no HTTP", () => "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400, "bad_request"],
  [
    "a URL of 9 KiB",
    () => request([length], { target: `/v1/${"a".repeat(9_000)}` }),
    414,
    "uri_too_long",
  ],
  [
    "headers of 20 KiB",
    () => request([length, `x-a: ${"a".repeat(20_000)}`]),
    431,
    "headers_too_large",
  ],
  [
    "150 headers",
    () => request([length, ...Array.from({ length: 150 }, (_, n) => `x-${n}: a`)]),
    431,
    "headers_too_large",
  ],
  [
    "a path out of the tree",
    () => request([length], { target: "/v1/../admin/keys" }),
    404,
    "not_found",
  ],
  ["an encoded NUL", () => request([length], { target: "/v1/models/%00" }), 400, "bad_request"],
  [
    "a bare per cent sign",
    () => request([length], { target: "/v1/models/%zz" }),
    400,
    "bad_request",
  ],
  [
    "images",
    () => request([length], { target: "/v1/images/generations" }),
    404,
    "unsupported_surface",
  ],
  ["nothing of ours", () => request([length], { target: "/wp-login.php" }), 404, "not_found"],
  ["a user with a blank", () => request([length, "x-sekisho-user: a b"]), 400, "invalid_value"],
  [
    "a deadline of nothing",
    () => request([length, "x-sekisho-request-timeout-ms: 0"]),
    400,
    "invalid_value",
  ],
  ["an expectation that nobody knows", () => request([length, "expect: tea"]), 200, null],
];

for (const [what, sent, status, code] of cases) {
  test(`SEC-5 ${what} is ${status} ${code ?? ""}`, async () => {
    if (status === 200) served += 1;
    const answer = await RawClient.ask(gateway.url, Buffer.from(sent(), "latin1"));
    assert.deepEqual([answer.status, answer.code], [status, code], answer.text.slice(0, 400));
  });
}

test("SEC-5 what follows a refused head on its connection is not served", async () => {
  const smuggled = request([length, chunked], { rest: `0\r\n\r\n${request([length])}` });
  const answer = await RawClient.ask(gateway.url, smuggled);
  assert.equal(answer.status, 400);
  assert.equal(answer.text.match(/HTTP\/1\.1 /g)?.length, 1);
});

test("pipelined requests are answered in their order", async () => {
  served += 2;
  const ask = (content: string): string => {
    const text = body.replace("Hello", `Reply with exactly: ${content}`);
    return request([`content-length: ${text.length}`], { rest: text });
  };
  using client = new RawClient(gateway.url, ask("first") + ask("second").replace("POST", "POST"));
  const text = await until("both answers", async () => {
    const { text: so } = await client.answer(10);
    return so.includes('"first"') && so.includes('"second"') ? so : null;
  });
  assert.ok(text.indexOf('"first"') < text.indexOf('"second"'));
});

/** Status and code of an error in the dialect's shape. */
const refusalOf = async (response: Response): Promise<unknown[]> => [
  response.status,
  /"code":"(\w+)"/.exec(await response.text())?.[1],
];

const withHeaders = (headers: Record<string, string>): Promise<Response> =>
  fetch(`${gateway.url}/v1/chat/completions`, { method: "POST", headers, body });

test("SEC-1 no key, a wrong one, another scheme, a mistyped one", async () => {
  const { key } = gateway;
  const last = key.endsWith("0") ? "1" : "0";
  const rows: readonly (readonly [string, Record<string, string>])[] = [
    ["missing_api_key", {}],
    ["invalid_api_key", { authorization: "Bearer wrong" }],
    ["invalid_api_key", { authorization: `Bearer ${key.slice(0, -1)}${last}` }],
    ["invalid_api_key", { authorization: `Bearer ${key}${key}` }],
    ["invalid_api_key", { authorization: `Basic ${key}` }],
    ["invalid_api_key", { authorization: key }],
    ["invalid_api_key", { authorization: `Bearer ${"a".repeat(8_000)}` }],
  ];
  for (const [code, headers] of rows) {
    assert.deepEqual(await refusalOf(await withHeaders(headers)), [401, code]);
  }
});

test("SEC-5 two keys", async () => {
  const authorization = `Bearer ${gateway.key}`;
  const response = await withHeaders({ authorization, "x-api-key": "another-key-of-mine" });
  assert.deepEqual(await refusalOf(response), [400, "conflicting_credentials"]);
  const length = `content-length: ${body.length}\r\n\r\n${body}`;
  const head = "POST /v1/chat/completions HTTP/1.1\r\nhost: a\r\n";
  const twice = `authorization: ${authorization}\r\nauthorization: Bearer other\r\n`;
  const answer = await RawClient.ask(gateway.url, head + twice + length);
  assert.deepEqual([answer.status, answer.code], [400, "conflicting_credentials"]);
});

test("SEC-3 a body is not waited for where its head is refused", async () => {
  const head = requestHead({ authorization: "Bearer wrong", "content-length": "1000000" });
  const answer = await RawClient.ask(gateway.url, head);
  assert.deepEqual([answer.status, answer.code], [401, "invalid_api_key"]);
});

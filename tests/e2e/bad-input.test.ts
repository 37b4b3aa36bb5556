import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { after, afterEach, before, describe, test } from "node:test";
import { GatewayUnderTest } from "../harness/gateway-under-test.ts";
import { RawClient, requestHead } from "../harness/raw-client.ts";
import { memoryBelow } from "../harness/memory-below.ts";
import { residentBytes } from "../harness/resident-memory.ts";

let gateway: GatewayUnderTest;

before(async () => {
  gateway = await GatewayUnderTest.start();
});
after(async () => {
  await using _ = gateway;
  assert.doesNotMatch(gateway.server.log, /nobody foresaw|a handler failed|uncaught/i);
});

afterEach(async () => {
  const response = await gateway.chat("Reply with exactly: still here");
  assert.match(await response.text(), /still here/);
});

type Refusal = readonly [status: number, code: string | null];

const refusalOf = async (response: Response): Promise<Refusal> => {
  assert.match(response.headers.get("x-request-id") ?? "", /^req_/);
  // The error's own shape: all four members, `code` one of the table's.
  const { error } = (await response.json()) as { error: { code: string | null } };
  assert.deepEqual(Object.keys(error), ["message", "type", "param", "code"]);
  return [response.status, error.code];
};

const hello = '"messages":[{"role":"user","content":"Hello"}]';
const body = `{"model":"sole",${hello}}`;
const post = (text: string | Uint8Array, headers = {}): Promise<Response> =>
  gateway.post("/v1/chat/completions", text, headers);

describe("bodies that are no JSON", () => {
  const texts: readonly (string | Buffer)[] = [
    "",
    " ",
    "{",
    "null",
    "7",
    '"model"',
    "[]",
    `[${body}]`,
    body.slice(0, -1),
    `${body}}`,
    `${body} x`,
    body.replaceAll('"', "'"),
    body.replace('"sole"', "NaN"),
    body.replace('"sole"', "01"),
    `{,${body.slice(1)}`,
    body.replace("Hello", "a\nb"),
    Buffer.concat([Buffer.from(body), Buffer.from([0])]),
    Buffer.from(body.replace("Hello", "\u{e9}"), "latin1"),
    Buffer.from(body, "utf16le"),
  ];
  for (const [n, text] of texts.entries()) {
    test(`no. ${n} is 400 invalid_json`, async () => {
      assert.deepEqual(await refusalOf(await post(text)), [400, "invalid_json"]);
    });
  }

  test("SEC-5 invalid UTF-8 anywhere in the body", async () => {
    for (const bytes of [
      [0xff],
      [0xc0, 0xaf],
      [0xed, 0xa0, 0x80],
      [0xf5, 0x80, 0x80, 0x80],
      [0xe3, 0x81],
    ]) {
      const [before = "", after = ""] = body.split("Hello");
      const text = Buffer.concat([Buffer.from(before), Buffer.from(bytes), Buffer.from(after)]);
      assert.deepEqual(await refusalOf(await post(text)), [400, "invalid_json"], bytes.join(" "));
    }
  });
});

describe("bodies that mean nothing", () => {
  const rows: readonly (readonly [field: string, code: string, param: string])[] = [
    ['"model":7', "invalid_value", "model"],
    ['"model":""', "invalid_value", "model"],
    ['"model":null', "invalid_value", "model"],
    ['"model":"sole","stream":"yes"', "invalid_value", "stream"],
    ['"model":"sole","temperature":"hot"', "invalid_value", "temperature"],
    ['"model":"sole","temperature":-1', "invalid_value", "temperature"],
    ['"model":"sole","top_p":1e400', "invalid_value", "top_p"],
    ['"model":"sole","max_tokens":0', "invalid_value", "max_tokens"],
    ['"model":"sole","max_tokens":1.5', "invalid_value", "max_tokens"],
    ['"model":"sole","max_tokens":1e300', "invalid_value", "max_tokens"],
    ['"model":"sole","n":1000000', "invalid_value", "n"],
    ['"model":"sole","stop":[1]', "invalid_value", "stop.[0]"],
    ['"model":"sole","tools":{}', "invalid_value", "tools"],
    [
      '"model":"sole","tools":[{"type":"function"}]',
      "missing_required_parameter",
      "tools.[0].function",
    ],
    ['"model":"sole","response_format":"json"', "invalid_value", "response_format"],
    ['"model":"sole","stream_options":{"include_usage":true}', "invalid_value", "stream_options"],
  ];
  for (const [field, code, param] of rows) {
    test(`${field} is 400 ${code}`, async () => {
      const response = await post(`{${field},${hello}}`);
      const copy = response.clone();
      assert.deepEqual(await refusalOf(response), [400, code]);
      assert.match(
        await copy.text(),
        new RegExp(`"param":${RegExp.escape(JSON.stringify(param))}`),
      );
    });
  }

  const messages: readonly (readonly [text: string, code: string])[] = [
    ["null", "invalid_value"],
    ['"Hello"', "invalid_value"],
    ["[]", "invalid_value"],
    ["[7]", "invalid_value"],
    ['[{"content":"x"}]', "missing_required_parameter"],
    ['[{"role":"alien","content":"x"}]', "invalid_value"],
    ['[{"role":"user"}]', "missing_required_parameter"],
    ['[{"role":"user","content":{}}]', "invalid_value"],
    ['[{"role":"user","content":[{"type":"text"}]}]', "missing_required_parameter"],
    ['[{"role":"user","content":[{"type":"image_url","image_url":7}]}]', "invalid_value"],
    ['[{"role":"tool","content":"x"}]', "missing_required_parameter"],
  ];
  for (const [text, code] of messages) {
    test(`messages ${text} is 400 ${code}`, async () => {
      const response = await post(`{"model":"sole","messages":${text}}`);
      assert.deepEqual(await refusalOf(response), [400, code]);
    });
  }

  test("an unknown model is 404, whatever its name", async () => {
    for (const name of [
      "nobody",
      "__proto__",
      "constructor",
      "../../etc",
      "漫画",
      "a".repeat(256),
    ]) {
      const text = `{"model":${JSON.stringify(name)},${hello}}`;
      assert.deepEqual(await refusalOf(await post(text)), [404, "model_not_found"], name);
    }
  });

  test("SEC-5 fields that steer the call stand once, however they are spelt", async () => {
    for (const twice of [
      '"model":"sole","model":"pair"',
      '"model":"sole","model":"sole"',
      '"model":"sole","mod\\u0065l":"pair"',
      '"\\u006dodel":"sole","model":"pair"',
      '"model":"sole","stream":true,"stream":false',
      '"model":"sole","max_tokens":1,"max_tokens":9999',
      '"model":"sole","n":1,"\\u006e":100',
    ]) {
      assert.deepEqual(
        await refusalOf(await post(`{${twice},${hello}}`)),
        [400, "duplicate_field"],
        twice,
      );
    }
  });

  test("SEC-5 __proto__ is a key like any other", async () => {
    const response = await post(`{"__proto__":{"model":"pair"},"model":"sole",${hello}}`);
    assert.equal(response.status, 200);
    assert.equal(response.headers.get("x-sekisho-provider"), "near");
    await response.arrayBuffer();
  });
});

const mebibyte = 2 ** 20;

/** Half a gibibyte, in half a mebibyte. */
const bomb = gzipSync(Buffer.alloc(512 * mebibyte, " "));
const inGzip = { "content-encoding": "gzip" };

const withField = (json: string): string => `{"x":${json},${body.slice(1)}`;
const many = (count: number, json: string): string =>
  Array.from({ length: count }, () => json).join(",");
const nested = (depth: number): string => "[".repeat(depth) + "]".repeat(depth);
const flat = Array.from({ length: 200_000 }, (_, n) => `"k${n}":0`).join(",");
const tool = '{"type":"function","function":{"name":"f"}}';

/** 40 MiB as they come: in chunks whose sum nobody announces. */
const pour = async (): Promise<Refusal> => {
  const authorization = `Bearer ${gateway.key}`;
  const head = requestHead({ authorization, "transfer-encoding": "chunked" });
  using client = new RawClient(gateway.url, head);
  const chunk = Buffer.concat([
    Buffer.from("100000\r\n"),
    Buffer.alloc(mebibyte, " "),
    Buffer.from("\r\n"),
  ]);
  for (let n = 0; n < 40; n += 1) client.socket.write(chunk);
  const { status, code } = await client.answer();
  return [status, code];
};

/** SEC-4: more than the gateway takes, and what it says. */
const tooMuch: readonly (readonly [what: string, ask: () => Promise<Refusal>, refusal: Refusal])[] =
  [
    ["depth 100", async () => refusalOf(await post(withField(nested(100)))), [400, "too_complex"]],
    [
      "depth 100,000",
      async () => refusalOf(await post(withField(nested(100_000)))),
      [400, "too_complex"],
    ],
    [
      "200,000 keys in one object",
      async () => refusalOf(await post(withField(`{${flat}}`))),
      [400, "too_complex"],
    ],
    [
      "200,000 keys in many objects",
      async () => refusalOf(await post(withField(`[${many(100_000, '{"a":0,"b":0}')}]`))),
      [400, "too_complex"],
    ],
    [
      "10,001 messages",
      async () => {
        const crowd = many(10_001, '{"role":"user","content":"x"}');
        return refusalOf(await post(`{"model":"sole","messages":[${crowd}]}`));
      },
      [400, "too_complex"],
    ],
    [
      "1,001 tools",
      async () => refusalOf(await post(`{"tools":[${many(1_001, tool)}],${body.slice(1)}`)),
      [400, "too_complex"],
    ],
    ["40 MiB in chunks", pour, [413, "payload_too_large"]],
    ["a gzip bomb", async () => refusalOf(await post(bomb, inGzip)), [413, "payload_too_large"]],
  ];

describe("SEC-4 bodies that are too much", () => {
  for (const [what, ask, refusal] of tooMuch) {
    test(what, async () => assert.deepEqual(await ask(), refusal));
  }

  test("40 MiB that are announced are refused before they come", async () => {
    const authorization = `Bearer ${gateway.key}`;
    const announced = requestHead({ authorization, "content-length": String(40 * mebibyte) });
    const { status, code } = await RawClient.ask(gateway.url, announced);
    assert.deepEqual([status, code], [413, "payload_too_large"]);
  });

  test("content codings that are unknown, doubled or a lie; gzip that is none of it", async () => {
    const unknown = await post(body, { "content-encoding": "compress" });
    assert.deepEqual(await refusalOf(unknown), [415, "unsupported_media_type"]);
    const doubled = await post(gzipSync(gzipSync(body)), { "content-encoding": "gzip, gzip" });
    assert.deepEqual(await refusalOf(doubled), [415, "unsupported_media_type"]);
    assert.deepEqual(await refusalOf(await post(body, inGzip)), [400, "bad_request"]);
    const zipped = await post(gzipSync(body), inGzip);
    assert.equal(zipped.status, 200);
    await zipped.arrayBuffer();
  });

  test("the same once more leaves memory as it was", async () => {
    // What the allocator keeps of the first ones is no leak; the next ones have to do with it.
    const usualBytes = residentBytes(gateway.server.pid);
    for (let round = 0; round < 3; round += 1) {
      await Promise.all(tooMuch.map(([, ask]) => ask()));
    }
    await memoryBelow(gateway, usualBytes + 64 * mebibyte);
  });
});

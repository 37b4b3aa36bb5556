import assert from "node:assert/strict";
import { describe, test } from "node:test";

import fc from "fast-check";

import { jsonLimits, JsonScanner, readJson } from "./json-scan.ts";

const scanner = new JsonScanner(["model", "stream", "max_tokens", "n"]);

const codeOf = (text: string | Buffer): string => {
  const scanned = scanner.scan(Buffer.from(text));
  return scanned.ok ? "ok" : scanned.code;
};

const valueOf = (text: string, key: "model" | "stream" | "max_tokens" | "n"): string | null => {
  const bytes = Buffer.from(text);
  const scanned = scanner.scan(bytes);
  assert.ok(scanned.ok);
  const span = scanned.value.span(key);
  return span === null ? null : bytes.toString("utf8", span.start, span.end);
};

/** One character written as an escape. */
const escaped = (char: string): string => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`;

describe("spans", () => {
  const table: readonly (readonly [body: string, key: "model" | "n", value: string | null])[] = [
    ['{"model":"m"}', "model", '"m"'],
    ['{"model" : \n "m" ,"n":1}', "model", '"m"'],
    ['{"n":12345678901234567890 }', "n", "12345678901234567890"],
    ['{"a":{"model":"inner"},"n":[1,{"n":2}]}', "model", null],
    ['{"a":{"model":"inner"},"n":[1,{"n":2}]}', "n", '[1,{"n":2}]'],
    ['{"a":"model","model":"\\"model\\":\\\\"}', "model", '"\\"model\\":\\\\"'],
    [`{"${escaped("m")}odel":"m"}`, "model", '"m"'],
    [`{"${"model".replaceAll(/./g, escaped)}":1}`, "model", "1"],
    ['{"Model":1,"models":2,"mode":3}', "model", null],
    ["{}", "model", null],
  ];
  for (const [body, key, value] of table) {
    test(`${key} in ${body}`, () => assert.equal(valueOf(body, key), value));
  }

  test("the insertion point stands behind the opening brace", () => {
    for (const [body, open, isEmpty] of [
      [' \n{"a":1}', 3, false],
      ["{ }", 1, true],
    ] as const) {
      const scanned = scanner.scan(Buffer.from(body));
      assert.ok(scanned.ok);
      assert.deepEqual([scanned.value.open, scanned.value.isEmpty], [open, isEmpty]);
    }
  });
});

describe("SEC-4 limits", () => {
  const nested = (depth: number): string =>
    `{"a":${"[".repeat(depth - 1)}${"]".repeat(depth - 1)}}`;
  const keys = (count: number): string =>
    `{"a":{${Array.from({ length: count - 1 }, (_, index) => `"${index}":0`).join(",")}}}`;
  const lists = (count: number): string => `{"a":[${"[],".repeat(count - 3)}[]]}`;

  test("nesting", () => {
    assert.equal(codeOf(nested(jsonLimits.depth)), "ok");
    assert.equal(codeOf(nested(jsonLimits.depth + 1)), "too_complex");
  });
  test("keys", () => {
    assert.equal(codeOf(keys(jsonLimits.keys)), "ok");
    assert.equal(codeOf(keys(jsonLimits.keys + 1)), "too_complex");
  });
  test("objects and lists", () => {
    assert.equal(codeOf(lists(jsonLimits.containers)), "ok");
    assert.equal(codeOf(lists(jsonLimits.containers + 1)), "too_complex");
  });
  test("a million open brackets cost no more than the limit", () => {
    assert.equal(codeOf(`{"a":${"[".repeat(1_000_000)}`), "too_complex");
  });
});

describe("SEC-5 what could be read in two ways", () => {
  for (const body of [
    '{"model":"a","model":"b"}',
    `{"model":"a","x":1,"${escaped("m")}odel":"b"}`,
    `{"stream":true,"strea${escaped("m").toUpperCase().replace("\\U", "\\u")}":false}`,
    '{"n":1,"n":1}',
    '{"max_tokens":1,"a":{"max_tokens":2},"max_tokens":3}',
  ]) {
    test(`doubled key: ${body}`, () => assert.equal(codeOf(body), "duplicate_field"));
  }
  test("a doubled key that steers nothing is the provider's business", () => {
    assert.equal(codeOf('{"a":1,"a":2,"b":{"model":1,"model":2}}'), "ok");
  });
  test("invalid UTF-8", () => {
    const whole = Buffer.from('{"a":"é"}');
    const cut = Buffer.concat([whole.subarray(0, 7), whole.subarray(8)]);
    assert.equal(codeOf(cut), "invalid_json");
  });
});

describe("what is no JSON object", () => {
  for (const body of ["", " ", "[]", "null", "1", '"a"', "{", '{"a', '{"a":"\\"}', "\ufeff{}"]) {
    test(JSON.stringify(body), () => assert.equal(codeOf(body), "invalid_json"));
  }
});

describe("readJson", () => {
  test("a syntax error is refused without a word of the body", () => {
    const read = readJson(Buffer.from('{"a":secret}'), scanner);
    assert.ok(!read.ok && read.code === "invalid_json");
    assert.doesNotMatch(read.message, /secret/);
    assert.match(read.message, /^Cannot read the body as JSON/);
  });
  test("what follows the object is refused", () => {
    assert.equal(readJson(Buffer.from('{"a":1} {"model":"x"}'), scanner).ok, false);
  });
});

const keyNames = fc.constantFrom("model", "n", "a", "b\u00e9", "max_tokens", "modelx", "", '"\\');

/** JSON text with odd white space and escapes in its keys. */
const spelledObject = fc
  .tuple(
    fc.uniqueArray(fc.tuple(keyNames, fc.jsonValue({ depthSize: "small" })), {
      selector: ([key]) => key,
    }),
    fc.array(fc.constantFrom("", " ", "\n", "\t\r "), { minLength: 4, maxLength: 4 }),
    fc.boolean(),
  )
  .map(([members, [a = "", b = "", c = "", d = ""], isEscaped]) => {
    const spell = (key: string): string =>
      isEscaped ? `"${key.replaceAll(/./gsu, escaped)}"` : JSON.stringify(key);
    const text = members.map(([key, value]) => {
      return `${a}${spell(key)}${b}:${c}${JSON.stringify(value, null, isEscaped ? 1 : 0)}${d}`;
    });
    return `${b}{${text.join(",")}${a}}${c}`;
  });

describe("properties", () => {
  test("spans are the bytes of the values that JSON.parse finds", () => {
    fc.assert(
      fc.property(spelledObject, (text) => {
        const bytes = Buffer.from(text);
        // The generator makes objects only.
        const json = JSON.parse(text) as Record<string, unknown>;
        const scanned = scanner.scan(bytes);
        assert.ok(scanned.ok);
        for (const key of ["model", "stream", "max_tokens", "n"] as const) {
          const span = scanned.value.span(key);
          assert.equal(span !== null, Object.hasOwn(json, key));
          if (span === null) continue;
          assert.deepEqual(JSON.parse(bytes.toString("utf8", span.start, span.end)), json[key]);
        }
      }),
      { numRuns: 2000 },
    );
  });

  test("hostile bytes are refused or scanned, nothing throws", () => {
    const soup = fc
      .array(fc.constantFrom(...'{}[]",:\\u0 n1\n'.split(""), '"model":', "{", '"a":', "\\u006d"), {
        maxLength: 60,
      })
      .map((parts) => Buffer.from(`{${parts.join("")}`));
    const bytes = fc.oneof(
      soup,
      fc.uint8Array({ maxLength: 80 }).map((raw) => Buffer.from(raw)),
    );
    fc.assert(
      fc.property(bytes, (body) => {
        const scanned = scanner.scan(body);
        const read = readJson(body, scanner);
        if (!scanned.ok) assert.equal(read.ok, false);
        if (!scanned.ok) return;
        for (const key of ["model", "n"] as const) {
          const span = scanned.value.span(key);
          assert.ok(span === null || (span.start <= span.end && span.end <= body.length));
        }
      }),
      { numRuns: 5000 },
    );
  });
});

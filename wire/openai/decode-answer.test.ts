import assert from "node:assert/strict";
import { describe, test } from "node:test";

import fc from "fast-check";

import { recorded } from "./answer-fixture.ts";
import { decodeAnswer, observeAnswer } from "./decode-answer.ts";

describe("whole answers", () => {
  const table: readonly (readonly [file: string, told: string])[] = [
    ["answer-plain.json", "stop 19/10/0/0/0"],
    ["answer-parallel-tool-calls.json", "tool 19/10/0/0/0"],
    ["answer-refusal.json", "refusal 19/10/0/0/0"],
    ["answer-cached-and-reasoning-usage.json", "stop 46/300/1920/40/192"],
    ["answer-reasoning-counted-apart.json", "stop 10/105/0/0/100"],
    ["answer-two-choices.json", "stop 19/10/0/0/0"],
    ["answer-without-finish-reason.json", "upstream_cut"],
    ["answer-error-with-status-200.json", "upstream_unavailable"],
    ["answer-empty-object.json", "upstream_malformed"],
    ["answer-html.html", "upstream_malformed"],
    ["stream-empty.sse", "upstream_malformed"],
  ];
  for (const [file, told] of table) {
    test(`WIR-11 ${file}`, () => {
      const bytes = recorded(file);
      const observed = observeAnswer(bytes);
      const decoded = decodeAnswer(bytes);
      assert.equal(observed.ok, decoded.ok);
      if (!observed.ok || !decoded.ok) {
        assert.ok(!observed.ok && !decoded.ok);
        assert.deepEqual([observed.fault.code, decoded.fault.code], [told, told]);
        return;
      }
      const { finish, usage } = observed.value;
      assert.ok(usage !== null);
      const { input, output, cacheRead, cacheWrite5m, reasoning } = usage;
      const counts = [input, output, cacheRead, cacheWrite5m, reasoning].join("/");
      assert.equal(`${finish} ${counts}`, told);
      const last = decoded.value.at(-1);
      assert.equal(last?.type === "finish" && last.reason, finish);
      const counted = decoded.value.find((event) => event.type === "usage");
      assert.deepEqual(counted?.usage, usage);
    });
  }

  test("output bytes are those of the text", () => {
    const observed = observeAnswer(recorded("answer-plain.json"));
    assert.ok(observed.ok);
    assert.equal(observed.value.outputBytes, "Hello! How can I help you today?".length);
  });

  const answerOf = (content: string): string =>
    `{"id":"x","choices":[{"message":{"content":${content}},"finish_reason":"stop"}]}`;
  const texts: readonly (readonly [json: string, bytes: number])[] = [
    ['"plain"', 5],
    ['"漢字 😀 é"', 6 + 1 + 4 + 1 + 2],
    ['"\\n\\"\\\\"', 3],
    ['"\\u6f22é"', 3 + 2],
    ['"\\ud83d\\ude00"', 4],
    ['"\\\\u0041"', 6],
  ];
  for (const [json, bytes] of texts) {
    test(`the text ${json} is counted as UTF-8`, () => {
      const observed = observeAnswer(Buffer.from(answerOf(json)));
      assert.ok(observed.ok);
      assert.equal(observed.value.outputBytes, bytes);
    });
  }

  test("bytes that are no UTF-8 count as the character that stands for them", () => {
    const bytes = Buffer.from(answerOf('"ab"'));
    bytes[bytes.indexOf("ab")] = 0xff;
    const observed = observeAnswer(bytes);
    assert.ok(observed.ok);
    assert.equal(observed.value.outputBytes, 3 + 1);
  });

  test("bytes that are no UTF-8 make no answer of a fault, and no fault of an answer", () => {
    const plain = recorded("answer-plain.json");
    const place = fc.nat({ max: plain.length - 1 });
    fc.assert(
      fc.property(fc.array(fc.tuple(place, fc.nat({ max: 255 })), { maxLength: 3 }), (changes) => {
        const bytes = Buffer.from(plain);
        for (const [at, byte] of changes) bytes[at] = byte;
        const [observed, decoded] = [observeAnswer(bytes), decodeAnswer(bytes)];
        assert.equal(observed.ok, decoded.ok);
        if (!observed.ok || !decoded.ok) return;
        const last = decoded.value.at(-1);
        assert.equal(last?.type === "finish" && last.reason, observed.value.finish);
      }),
      { numRuns: 1000 },
    );
  });

  test("a fault has the provider's words as they are", () => {
    const bytes = Buffer.from(
      '{"error":{"message":"満員です","type":"invalid_request_error","param":"漢字"}}',
    );
    const observed = observeAnswer(bytes);
    assert.ok(!observed.ok);
    assert.deepEqual(observed, decodeAnswer(bytes));
    assert.equal(observed.fault.param, "漢字");
  });

  test("whatever the JSON, it is an answer or a fault", () => {
    const answer = fc.record({ choices: fc.array(fc.jsonValue()), usage: fc.jsonValue() });
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), answer), (json) => {
        const bytes = Buffer.from(JSON.stringify(json));
        assert.equal(observeAnswer(bytes).ok, decodeAnswer(bytes).ok);
      }),
      { numRuns: 1000 },
    );
  });
});

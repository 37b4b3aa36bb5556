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
    assert.equal(observed.value.upstreamId, "chatcmpl-B9MBs8CjcvOU2jLn4n570S5qMJKcT");
    assert.equal(observed.value.outputBytes, "Hello! How can I help you today?".length);
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

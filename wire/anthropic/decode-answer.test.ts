import assert from "node:assert/strict";
import { describe, test } from "node:test";

import fc from "fast-check";

import { recorded } from "./answer-fixture.ts";
import { decodeAnswer, observeAnswer } from "./decode-answer.ts";

describe("whole answers", () => {
  const table: readonly (readonly [file: string, told: string])[] = [
    ["answer-plain.json", "stop 25/12/0/0/0/0"],
    ["answer-parallel-tool-calls.json", "tool 25/12/0/0/0/0"],
    ["answer-thinking-with-signature.json", "stop 25/40/0/0/0/30"],
    ["answer-web-search-with-citations.json", "stop 25/510/0/0/0/0"],
    ["answer-refusal.json", "refusal 25/12/0/0/0/0"],
    ["answer-ended-by-stop-sequence.json", "stop 25/12/0/0/0/0"],
    ["answer-prompt-from-the-cache.json", "stop 21/393/188086/456/292/0"],
    ["answer-cache-without-a-breakdown.json", "stop 5/6/0/9/0/0"],
    ["answer-paused-turn.json", "length 25/12/0/0/0/0"],
    ["answer-without-a-stop-reason.json", "upstream_cut"],
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
      const { input, output, cacheRead, cacheWrite5m, cacheWrite1h, reasoning } = usage;
      const counts = [input, output, cacheRead, cacheWrite5m, cacheWrite1h, reasoning];
      assert.equal(`${finish} ${counts.join("/")}`, told);
      const last = decoded.value.at(-1);
      assert.equal(last?.type === "finish" && last.reason, finish);
      assert.deepEqual(decoded.value.find((event) => event.type === "usage")?.usage, usage);
    });
  }

  const eventsOf = (file: string): unknown[] => {
    const decoded = decodeAnswer(recorded(file));
    assert.ok(decoded.ok);
    return decoded.value.slice(1, -2);
  };

  test("calls with their arguments", () => {
    assert.deepEqual(eventsOf("answer-parallel-tool-calls.json"), [
      { type: "text", text: "I will look." },
      { type: "toolStart", index: 0, id: "toolu_a", name: "get_weather" },
      { type: "toolDelta", index: 0, arguments: '{"location":"Paris"}' },
      { type: "toolEnd", index: 0 },
      { type: "toolStart", index: 1, id: "toolu_b", name: "get_time" },
      { type: "toolDelta", index: 1, arguments: "{}" },
      { type: "toolEnd", index: 1 },
    ]);
  });

  test("thinking with what proves it", () => {
    assert.deepEqual(eventsOf("answer-thinking-with-signature.json"), [
      { type: "reasoning", text: "The user greets.", signature: "EqQBCgIYAhIM1gbcDa9GJwZA2b3h" },
      { type: "reasoning", text: "", redacted: "EmwKAhgBEgy3va3pzix" },
      { type: "text", text: "Hi." },
    ]);
  });

  test("the sequence that stopped the model", () => {
    const decoded = decodeAnswer(recorded("answer-ended-by-stop-sequence.json"));
    assert.ok(decoded.ok);
    const last = decoded.value.at(-1);
    assert.deepEqual(last, { type: "finish", reason: "stop", stopSequence: "two" });
  });

  test("output bytes are never less than the text", () => {
    const observed = observeAnswer(recorded("answer-plain.json"));
    assert.ok(observed.ok);
    assert.ok(observed.value.outputBytes > "Hello! How can I help you today?".length);
  });

  test("whatever the JSON, it is an answer or a fault", () => {
    const block = fc.record({
      type: fc.constantFrom("text", "tool_use", "thinking"),
      text: fc.jsonValue(),
      id: fc.jsonValue(),
    });
    const answer = fc.record({
      content: fc.array(fc.oneof(fc.jsonValue(), block)),
      stop_reason: fc.constantFrom("end_turn", null, 5),
      usage: fc.jsonValue(),
    });
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), answer), (json) => {
        const bytes = Buffer.from(JSON.stringify(json));
        assert.equal(observeAnswer(bytes).ok, decodeAnswer(bytes).ok);
      }),
      { numRuns: 1000 },
    );
  });
});

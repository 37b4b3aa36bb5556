import assert from "node:assert/strict";
import { describe, test } from "node:test";

import fc from "fast-check";

import { observedKind, type ObservedKind } from "../canonical/codec.ts";
import type { CanonicalEvent } from "../canonical/event.ts";
import { SseScanner } from "../framing/sse-scanner.ts";
import { recorded } from "./answer-fixture.ts";
import { ChatStreamDecoder } from "./decode-stream.ts";
import { ChatStreamObserver } from "./observe-stream.ts";

const fixture = (name: string): Buffer => recorded(`stream-${name}.sse`);

// Every kind has one name.
const letters = new Map<ObservedKind, string>(
  Object.entries(observedKind).map(([name, kind]) => [
    kind,
    name === "error" ? "E" : name.charAt(0),
  ]),
);

interface Observed {
  /** One letter per frame: s(tart) c(ontent) u(sage) t(erminal) o(ther) E(rror) m(alformed). */
  readonly kinds: string;
  readonly observer: ChatStreamObserver;
}

function observe(bytes: Buffer, sliceBytes = bytes.length, choices = 1): Observed {
  const observer = new ChatStreamObserver(choices);
  let kinds = "";
  const sink = {
    frame(frame: Buffer, start: number, end: number): void {
      kinds += letters.get(observer.observe(frame, start, end)) ?? "?";
    },
  };
  const scanner = new SseScanner();
  for (let at = 0; at < bytes.length; at += sliceBytes) {
    scanner.push(bytes.subarray(at, at + sliceBytes), sink);
  }
  scanner.end(sink);
  return { kinds, observer };
}

/** Kinds, why it ended, and output tokens. */
type Row = readonly [kinds: string, finish: string | null, output: number | null];

const table: Readonly<Record<string, Row>> = {
  "plain-answer-with-usage": ["sccccout", "stop", 10],
  "japanese-and-emoji": ["sccccout", "stop", 10],
  "surrogate-pair-split-between-deltas": ["sccout", "stop", 10],
  "tool-call": ["ccccccout", "tool", 10],
  "parallel-tool-calls": ["sccccccout", "tool", 10],
  "parallel-tool-calls-all-with-index-0": ["sccot", "tool", null],
  "tool-call-without-id": ["scot", "tool", null],
  refusal: ["sccout", "refusal", 10],
  "ended-by-length": ["sccout", "length", 10],
  "azure-filter-annotations": ["ssccoout", "stop", 10],
  "azure-content-filtered": ["sscot", "filter", null],
  "error-after-content": ["scE", null, null],
  "error-before-content": ["E", null, null],
  "named-error-event": ["sE", null, null],
  "error-code-as-number-then-done": ["scEm", null, null],
  "finish-reason-error": ["scEm", null, null],
  "cut-after-content": ["scc", null, null],
  "cut-inside-a-frame": ["scm", null, null],
  empty: ["", null, null],
  "finish-without-done": ["sco", "stop", null],
  "done-without-finish": ["scm", null, null],
  "done-without-final-newlines": ["scot", "stop", null],
  "vllm-reasoning-and-no-role-chunk": ["ccccout", "stop", 8],
  "ollama-role-in-every-chunk": ["cccout", "stop", 3],
  "ollama-empty-finish-reason-until-the-end": ["ccot", "stop", null],
  "usage-in-the-finish-chunk": ["scot", "stop", 4],
  "absurd-usage": ["scout", "stop", null],
  "crlf-comments-and-spaced-json": ["osccoout", "stop", 10],
  "data-over-several-lines": ["cot", "stop", null],
  "two-choices": ["ssccoout", "stop", 10],
  "broken-event-among-good-ones": ["scmcot", "stop", null],
  "with-obfuscation": ["scccout", "stop", 10],
  "content-after-the-end": ["scotct", "stop", null],
  citations: ["sccot", "stop", null],
};

describe("STR-1 ChatStreamObserver on recorded streams", () => {
  for (const [name, [kinds, finish, output]] of Object.entries(table)) {
    for (const slice of [undefined, 1, 100]) {
      test(`${name}${slice === undefined ? "" : `, ${slice} bytes at a time`}`, () => {
        const seen = observe(fixture(name), slice);
        assert.equal(seen.kinds, kinds);
        assert.equal(seen.observer.finish, finish);
        assert.equal(seen.observer.usage?.output ?? null, output);
      });
    }
  }

  test("an error says what the provider said", () => {
    const { fault } = observe(fixture("named-error-event")).observer;
    assert.deepEqual([fault?.code, fault?.verdict], ["upstream_rate_limited", "retry"]);
  });

  test("of two choices both must end, unless the provider says that it is done", () => {
    const bytes = fixture("two-choices");
    const secondFinish = bytes.lastIndexOf('"finish_reason":"stop"');
    assert.equal(observe(bytes.subarray(0, secondFinish), undefined, 2).observer.finish, null);
    assert.equal(observe(bytes, undefined, 2).observer.finish, "stop");
    assert.equal(observe(bytes, undefined, 3).observer.finish, "stop");
  });

  test("output bytes are never less than the text", () => {
    const { observer } = observe(fixture("japanese-and-emoji"));
    assert.equal(observer.outputBytes, Buffer.byteLength("こんにちは、世界 🌏👩‍🚀。"));
  });
});

const lines = (...frames: readonly string[]): Buffer =>
  Buffer.from(frames.map((frame) => `data: ${frame}\n\n`).join(""));

const chunk = (delta: string, rest = '"finish_reason":null'): string =>
  `{"id":"x","choices":[{"index":0,"delta":${delta},${rest}}],"usage":null}`;

describe("frames that look like others", () => {
  const said = chunk('{"content":"Hello"}');
  const cases: readonly (readonly [what: string, frames: string[], kinds: string])[] = [
    ["marks inside the text", [said, chunk('{"content":"\\"finish_reason\\":\\"stop\\""}')], "cc"],
    ["an error inside the text", [said, chunk('{"content":"{\\"error\\":{}}"}')], "cc"],
    ["usage inside the text", [said, chunk('{"content":"\\"usage\\":{\\"a\\":1}"}')], "cc"],
    ["the word of the end as text", [said, chunk('{"content":"[DONE]"}')], "cc"],
    ["empty text after text", [said, chunk('{"content":""}')], "co"],
    ["null as text", [chunk('{"content":null}'), said], "sc"],
    ["a text of one quote", [said, chunk('{"content":"\\""}')], "cc"],
    ["a text that ends in a backslash", [said, chunk('{"content":"\\\\"}')], "cc"],
    ["a long text", [said, chunk(`{"content":"${"é\\n".repeat(500)}"}`)], "cc"],
    ["a text that is not closed", [said, chunk('{"content":"a}')], "cm"],
    ["a raw line end in a known place", [said, chunk('{"content":"a\nb"}')], "cm"],
    ["a raw line end in a long text", [said, chunk(`{"content":"${"a".repeat(99)}\nb"}`)], "cm"],
    ["finish beside text", [said, chunk('{"content":"x"}', '"finish_reason":"stop"')], "cc"],
    ["a role alone", [chunk('{"role":"assistant"}')], "s"],
    ["an empty list of calls", [chunk('{"tool_calls":[]}')], "s"],
    ["an error that is null", [said.replace('"id"', '"error":null,"id"')], "c"],
    ["an error beside choices", [said.replace('"id"', '"error":{"code":429},"id"')], "E"],
    ["an error as text", ['{"error":"model not loaded"}'], "E"],
    ["an error as an object of its own", ['{"object":"error","message":"x","code":400}'], "E"],
    ["an object without choices", ['{"id":"x"}'], "o"],
    ["usage alone", ['{"usage":{"prompt_tokens":1,"completion_tokens":2}}'], "u"],
    ["nesting without end", [`{"a":${"[".repeat(100_000)}${"]".repeat(100_000)}}`], "o"],
    ["not JSON", ["hello"], "m"],
    ["a list", ["[1]"], "m"],
    ["no data", [""], "m"],
    ["more behind the JSON", [`${said} x`], "m"],
    ["white space behind the JSON", [`${said}  `], "c"],
  ];
  for (const [what, frames, kinds] of cases) {
    test(what, () => assert.equal(observe(lines(...frames)).kinds, kinds));
  }

  test("chunks that finish beside text are not taken for plain ones", () => {
    const ended = said.replace('"finish_reason":null', '"finish_reason":"stop"');
    assert.equal(observe(lines(ended), undefined, 2).observer.finish, null);
    assert.equal(observe(lines(ended, ended), undefined, 2).observer.finish, "stop");
  });

  test("chunks that count as they go are not taken for plain ones", () => {
    const counted = (tokens: number): string => {
      const usage = `"usage":{"prompt_tokens":1,"completion_tokens":${tokens}}`;
      return said.replace('"usage":null', usage);
    };
    const { observer } = observe(lines(counted(1), counted(2), counted(3)));
    assert.equal(observer.usage?.output, 3);
  });

  test("only what the model said is counted", () => {
    const probable = '"logprobs":{"content":[{"token":"Hello"}]},"finish_reason":null';
    const frames = [
      chunk('{"role":"assistant","content":"ab"}', probable),
      chunk('{"content":"cd","reasoning":"ef"}'),
      chunk('{"content":"gh","reasoning":"ef"}'),
      chunk('{"tool_calls":[{"index":0,"function":{"arguments":"kl"}}]}'),
    ];
    assert.equal(observe(lines(...frames)).observer.outputBytes, 12);
    assert.equal(observe(lines(chunk("{}", probable))).kinds, "s");
  });

  test("finish beside text is seen", () => {
    const bytes = lines(said, said.replace('"finish_reason":null', '"finish_reason":"length"'));
    assert.equal(observe(bytes).observer.finish, "length");
  });
});

const text = fc.string({ unit: fc.constantFrom("a", " ", '"', "\\", "é", "🌏", "\n", "\ud83c") });

const delta = fc.oneof(
  text.map((content) => ({ content })),
  text.map((content) => ({ content })),
  fc.constantFrom({}, { role: "assistant", content: "" }, { content: null }),
  text.map((refusal) => ({ refusal })),
  text.map((words) => ({
    tool_calls: [{ index: 0, id: "c", function: { name: "f", arguments: words } }],
  })),
);

const streamed = fc.record({
  id: fc.constantFrom("chatcmpl-1", "chatcmpl-2", ""),
  choices: fc.array(
    fc.record({
      index: fc.constant(0),
      delta,
      finish_reason: fc.constantFrom(null, null, null, "stop"),
    }),
    { maxLength: 1 },
  ),
  usage: fc.constantFrom(null, null, { prompt_tokens: 3, completion_tokens: 4 }),
});

test("a passed stream is understood as a translated one", () => {
  fc.assert(
    fc.property(fc.array(streamed, { maxLength: 12 }), fc.constantFrom(0, 1), (chunks, space) => {
      const bytes = lines(...chunks.map((made) => JSON.stringify(made, null, 0)), "[DONE]");
      const spaced = Buffer.from(
        space === 0 ? bytes : bytes.toString().replaceAll("data: ", "data:"),
      );
      const { kinds, observer } = observe(spaced, 64);
      const events: CanonicalEvent[] = [];
      const decoder = new ChatStreamDecoder({ event: (event) => events.push(event) });
      const scanner = new SseScanner();
      scanner.push(spaced, decoder);
      decoder.end();
      const last = events.at(-1);
      assert.equal(observer.finish, last?.type === "finish" ? last.reason : null);
      assert.equal(kinds.at(-1), last?.type === "finish" ? "t" : "m");
      const says = new Set(["text", "refusal", "reasoning", "toolStart", "toolDelta"]);
      assert.equal(
        kinds.includes("c"),
        events.some((event) => says.has(event.type)),
      );
      if (last?.type === "finish") {
        const usage = events.find((event) => event.type === "usage")?.usage ?? null;
        assert.deepEqual(observer.usage, usage);
      }
    }),
    { numRuns: 3000 },
  );
});

test("whatever the bytes, a frame has a kind", () => {
  const soup = fc
    .array(
      fc.constantFrom(
        ...'{}[]",:\\ n1\n'.split(""),
        "data: ",
        '"choices":',
        '"delta":',
        "[DONE]",
        "\n\n",
      ),
    )
    .map((parts) => Buffer.from(parts.join("")));
  fc.assert(
    fc.property(
      fc.oneof(
        soup,
        fc.uint8Array().map((raw) => Buffer.from(raw)),
      ),
      (bytes) => {
        assert.doesNotMatch(observe(bytes, 7).kinds, /\?/);
      },
    ),
    { numRuns: 3000 },
  );
});

import assert from "node:assert/strict";
import { describe, test } from "node:test";

import fc from "fast-check";

import { observedKind, type ObservedKind } from "../canonical/codec.ts";
import { SseScanner } from "../framing/sse-scanner.ts";
import { recorded } from "./answer-fixture.ts";
import { MessageStreamDecoder } from "./decode-stream.ts";
import { MessageStreamObserver } from "./observe-stream.ts";

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
  readonly observer: MessageStreamObserver;
}

function observe(bytes: Buffer, sliceBytes = bytes.length): Observed {
  const observer = new MessageStreamObserver();
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
  "plain-answer": ["ssoccccout", "stop", 12],
  "japanese-and-emoji": ["ssccccout", "stop", 12],
  "surrogate-pair-split-between-deltas": ["ssccout", "stop", 12],
  "thinking-with-signature": ["ssocccooccout", "stop", 40],
  "thinking-omitted-but-signed": ["sscoocout", "stop", 90],
  "thinking-redacted": ["scoocout", "stop", 12],
  "tool-call-after-text": ["sscocccccout", "tool", 89],
  "parallel-tool-calls": ["scccocccout", "tool", 60],
  "tool-call-without-arguments": ["sccout", "tool", 12],
  "tool-call-with-its-input-at-once": ["scout", "tool", 12],
  "web-search-with-citations": ["scccocoocccoocout", "stop", 510],
  "document-citation": ["sscooccout", "stop", 12],
  refusal: ["sscout", "refusal", 6],
  "ended-by-max-tokens": ["ssccout", "length", 12],
  "ended-by-stop-sequence": ["sscout", "stop", 3],
  "ended-by-the-context-window": ["sscout", "length", 12],
  "paused-turn": ["sscout", "length", 12],
  "prompt-from-the-cache": ["sscout", "stop", 393],
  "usage-of-output-alone-at-the-end": ["sscout", "stop", 15],
  "overloaded-after-content": ["sscE", null, null],
  "error-before-content": ["sE", null, null],
  "error-as-the-first-event": ["E", null, null],
  "cut-after-content": ["sscc", null, null],
  "cut-inside-a-frame": ["sscm", null, null],
  "cut-before-message-stop": ["sscou", null, 12],
  "stop-without-a-reason": ["sscom", null, null],
  empty: ["", null, null],
  "without-event-names": ["ssccout", "stop", 12],
  "without-block-starts": ["sccut", "stop", 12],
  "unknown-events-between": ["soscccocout", "stop", 12],
  "crlf-comments-and-spaced-json": ["ossccoout", "stop", 12],
  "data-over-several-lines": ["sscout", "stop", 12],
  "broken-event-among-good-ones": ["sscmcout", "stop", 12],
  "content-after-the-end": ["sscoutct", "stop", 12],
  "absurd-usage": ["sscout", "stop", null],
  "without-usage": ["sscout", "stop", null],
  "api-2026-10-21": ["sscout", "stop", 12],
};

describe("STR-1 MessageStreamObserver on recorded streams", () => {
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

  test("the provider's fault", () => {
    const { observer } = observe(fixture("overloaded-after-content"));
    assert.equal(observer.fault?.code, "upstream_unavailable");
    assert.equal(observer.fault?.verdict, "retry");
  });

  test("of a stream that was cut the prompt's usage is known, the answer's is not", () => {
    const bytes = fixture("prompt-from-the-cache");
    const { observer } = observe(bytes.subarray(0, bytes.indexOf("event: message_delta")));
    assert.equal(observer.usage, null);
    assert.deepEqual(observer.promptUsage, {
      input: 21,
      output: 0,
      cacheRead: 188_086,
      cacheWrite5m: 456,
      cacheWrite1h: 292,
      reasoning: 0,
    });
    assert.equal(observe(fixture("empty")).observer.promptUsage, null);
  });

  test("what was said is counted in bytes, signatures are not", () => {
    const bytesOf = (name: string): number => observe(fixture(name)).observer.outputBytes;
    assert.equal(bytesOf("plain-answer"), "Hello! How can I help you today?".length);
    assert.equal(bytesOf("thinking-with-signature"), "The user greets.Hi there.".length);
    assert.equal(bytesOf("thinking-redacted"), "EmwKAhgBEgy3va3pzix/LafPsn4aHi.".length);
    assert.equal(bytesOf("japanese-and-emoji"), Buffer.byteLength("こんにちは、世界 🌏👩‍🚀。"));
  });
});

const delta = (text: string): string =>
  `event: content_block_delta\ndata: {"type":"content_block_delta","index":0,` +
  `"delta":{"type":"text_delta","text":"${text}`;

describe("frames that are nearly like the one before", () => {
  const first = delta(`a"}}\n\n`);
  const rows: readonly (readonly [what: string, frame: string, kind: string, bytes: number])[] = [
    ["the same", delta(`b"}}\n\n`), "c", 1],
    ["no text", delta(`"}}\n\n`), "c", 0],
    ["padded", delta(`b"}}   \n\n`), "c", 1],
    ["padded between its braces", delta(`b"} }\n\n`), "c", 1],
    ["CR in place of LF", delta(`b"}}\r\r`), "c", 1],
    ["escapes", delta(`\\"}}\\\\"}}\n\n`), "c", 6],
    ["a long text", delta(`${"x".repeat(500)}"}}\n\n`), "c", 500],
    ["a long text with escapes", delta(`${"\\n".repeat(200)}"}}\n\n`), "c", 400],
    ["a member more behind", delta(`b","x":1}}\n\n`), "c", 1],
    ["a brace too few", delta(`b"}\n\n`), "m", 0],
    ["a brace too many", delta(`b"}}}\n\n`), "m", 0],
    ["no end of its text", delta(`b\n\n`), "m", 0],
    ["a raw line end in its text", delta(`b\nc"}}\n\n`), "m", 0],
    ["a raw line end far in its text", delta(`${"x".repeat(99)}\rc"}}\n\n`), "m", 0],
    ["another line behind", delta(`b"}}\ndata: x\n\n`), "m", 0],
    ["a comment behind", delta(`b"}}\n: x\n\n`), "c", 1],
  ];
  for (const [what, frame, kind, bytes] of rows) {
    test(what, () => {
      const { kinds, observer } = observe(Buffer.from(first + frame));
      assert.equal(kinds, `c${kind}`);
      assert.equal(observer.outputBytes, 1 + bytes);
    });
  }

  test("text that looks like the end of a frame is text", () => {
    const { kinds, observer } = observe(Buffer.from(first + delta(`\\"text\\":\\"}}"}}\n\n`)));
    assert.deepEqual([kinds, observer.outputBytes], ["cc", 14]);
  });
});

test("WIR-5 the observer of bytes and the decoder of events agree on every cut", () => {
  const names = Object.keys(table);
  fc.assert(
    fc.property(
      fc.constantFrom(...names),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (name, part) => {
        const bytes = fixture(name);
        const cut = bytes.subarray(0, Math.floor(bytes.length * part));
        const { kinds, observer } = observe(cut);
        let finish: string | null = null;
        const decoder = new MessageStreamDecoder({
          event: (event) => {
            if (event.type === "finish") finish = event.reason;
          },
        });
        const scanner = new SseScanner();
        scanner.push(cut, decoder);
        scanner.end(decoder);
        decoder.end();
        if (!kinds.includes("m")) assert.equal(observer.finish, finish);
      },
    ),
    { numRuns: 500 },
  );
});

test("whatever the bytes, every frame has a kind", () => {
  const frame = fc.oneof(
    fc.jsonValue().map((json) => `data: ${JSON.stringify(json)}\n\n`),
    fc
      .tuple(
        fc.constantFrom(
          "message_start",
          "content_block_start",
          "content_block_delta",
          "message_delta",
        ),
        fc.jsonValue(),
      )
      .map(([type, json]) => {
        const made = { type, message: json, content_block: json, delta: json, usage: json };
        return `event: ${type}\ndata: ${JSON.stringify(made)}\n\n`;
      }),
    fc.string().map((text) => delta(`${text}"}}\n\n`)),
    fc.constantFrom("event: message_stop\ndata: {}\n\n", ": x\n\n", "x", "\n\n"),
  );
  fc.assert(
    fc.property(fc.array(frame), fc.integer({ min: 1, max: 99 }), (frames, size) => {
      const { kinds, observer } = observe(Buffer.from(frames.join("")), size);
      assert.doesNotMatch(kinds, /\?/);
      assert.ok(Number.isSafeInteger(observer.outputBytes));
    }),
    { numRuns: 1500 },
  );
});

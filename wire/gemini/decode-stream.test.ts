import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { observedKind } from "../canonical/codec.ts";
import { SseScanner } from "../framing/sse-scanner.ts";
import { decode, recorded, tell } from "./answer-fixture.ts";
import { GenerateStreamObserver } from "./observe-stream.ts";

const start = "start gemini-2.5-flash aBcD1234_-x";

/** By fixture: the events, the observer's kinds as letters, and what the observer knows then. */
interface Row {
  readonly says: readonly string[];
  readonly skipped?: number;
  readonly kinds: string;
  readonly finish: string | null;
}

const rows: Readonly<Record<string, Row>> = {
  "plain-answer": {
    says: [start, "text Hel", "text lo 🌏", "text .", "usage 7 5 0 0", "finish stop"],
    kinds: "cct",
    finish: "stop",
  },
  "thoughts-then-a-signed-call": {
    says: [
      start,
      "reasoning **Thinking** of it||",
      "reasoning |CpMBAdHt|",
      "toolStart 0 call_aBcD1234x_0 get_weather",
      'toolDelta 0 {"city":"東京","n":[1,2]}',
      "toolEnd 0",
      "toolStart 1 given_1 get_time",
      "toolDelta 1 {}",
      "toolEnd 1",
      "usage 20 39 0 30",
      "finish tool",
    ],
    kinds: "ccct",
    finish: "tool",
  },
  "signature-behind-the-text": {
    says: [start, "text Yes.", "reasoning |EtQD|", "usage 7 5 0 0", "finish stop"],
    kinds: "ct",
    finish: "stop",
  },
  "cached-prompt": {
    says: [start, "text Hi", "usage 24 5 80 3", "finish stop"],
    kinds: "t",
    finish: "stop",
  },
  "blocked-prompt": {
    says: ["start gemini-2.5-flash r1", "usage 7 0 0 0", "finish filter"],
    kinds: "t",
    finish: "filter",
  },
  "ended-by-safety": {
    says: [start, "text I", "usage 7 5 0 0", "finish filter"],
    kinds: "ct",
    finish: "filter",
  },
  "ended-by-max-tokens": {
    says: [start, "text I", "usage 7 5 0 0", "finish length"],
    kinds: "t",
    finish: "length",
  },
  "malformed-function-call": {
    says: [start, "text I", "error upstream_error null"],
    kinds: "ce",
    finish: null,
  },
  "cut-after-content": {
    says: [start, "text Hel", "error upstream_cut null"],
    kinds: "c",
    finish: null,
  },
  "cut-inside-a-frame": {
    says: [start, "text Hel", "error upstream_cut null"],
    skipped: 1,
    kinds: "cm",
    finish: null,
  },
  "error-after-content": {
    says: [start, "text Hel", "error upstream_unavailable null"],
    kinds: "ce",
    finish: null,
  },
  "error-as-the-first-event": {
    says: ["error upstream_rate_limited 17500"],
    kinds: "e",
    finish: null,
  },
  "broken-event-among-good-ones": {
    says: [start, "text Hel", "text lo", "usage 7 5 0 0", "finish stop"],
    skipped: 1,
    kinds: "cmt",
    finish: "stop",
  },
  "finish-before-usage": {
    says: [start, "text Hi", "usage 7 5 0 0", "finish stop"],
    kinds: "cot",
    finish: "stop",
  },
  "content-after-the-end": {
    says: [start, "text Hi", "usage 7 5 0 0", "finish stop"],
    kinds: "tt",
    finish: "stop",
  },
  "without-usage": { says: [start, "text Hi", "finish stop"], kinds: "c", finish: "stop" },
  "absurd-usage": { says: [start, "text Hi", "finish stop"], kinds: "c", finish: "stop" },
  "unknown-parts-and-members": {
    says: [start, "text a", "usage 7 5 0 0", "finish stop"],
    kinds: "ct",
    finish: "stop",
  },
  empty: { says: ["error upstream_malformed null"], kinds: "", finish: null },
};

const letters = new Map<number, string>([
  [observedKind.start, "s"],
  [observedKind.content, "c"],
  [observedKind.usage, "u"],
  [observedKind.terminal, "t"],
  [observedKind.other, "o"],
  [observedKind.error, "e"],
  [observedKind.malformed, "m"],
]);

function observe(bytes: Buffer, choices = 1) {
  const proofs: string[] = [];
  const observer = new GenerateStreamObserver(choices, (proof) => proofs.push(proof));
  const scanner = new SseScanner();
  let kinds = "";
  const sink = {
    frame(frame: Buffer, from: number, to: number) {
      kinds += letters.get(observer.observe(frame, from, to)) ?? "?";
    },
  };
  scanner.push(bytes, sink);
  scanner.end(sink);
  return { observer, kinds, proofs };
}

describe("recorded streams of Gemini", () => {
  for (const [name, { says, skipped = 0, kinds, finish }] of Object.entries(rows)) {
    const bytes = recorded(`stream-${name}.sse`);

    test(`${name}: as events`, () => {
      const decoded = decode(bytes);
      assert.deepEqual(decoded.events.map(tell), says);
      assert.equal(decoded.skipped, skipped);
    });

    test(`WIR-7 ${name}: in slices of one, three and seven bytes`, () => {
      for (const slice of [1, 3, 7]) assert.deepEqual(decode(bytes, slice).events.map(tell), says);
    });

    test(`STR-1 ${name}: observed`, () => {
      const seen = observe(bytes);
      assert.equal(seen.kinds, kinds);
      assert.equal(seen.observer.finish, finish);
    });
  }

  test("the observer counts what was said, and hands out usage at the end alone", () => {
    const { observer } = observe(recorded("stream-plain-answer.sse"));
    assert.equal(observer.outputBytes, Buffer.byteLength("Hello 🌏."));
    assert.deepEqual([observer.usage?.input, observer.usage?.output], [7, 5]);
    const cut = observe(recorded("stream-cut-after-content.sse")).observer;
    assert.equal(cut.usage, null);
    assert.deepEqual([cut.promptUsage?.input, cut.promptUsage?.output], [7, 0]);
  });

  test("WIR-13 it tells of signatures", () => {
    const { proofs } = observe(recorded("stream-thoughts-then-a-signed-call.sse"));
    assert.deepEqual(proofs, ["CpMBAdHt"]);
  });

  test("of two candidates the last to end ends the stream", () => {
    const { kinds, observer } = observe(recorded("stream-two-candidates.sse"), 2);
    assert.equal(kinds, "cct");
    assert.equal(observer.finish, "stop");
  });
});

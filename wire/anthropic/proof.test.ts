import assert from "node:assert/strict";
import { test } from "node:test";

import type { CanonicalEvent } from "../canonical/event.ts";
import type { FrameSink } from "../frame.ts";
import { SseScanner } from "../framing/sse-scanner.ts";
import { recorded } from "./answer-fixture.ts";
import { decodeAnswer, observeAnswer } from "./decode-answer.ts";
import { MessageStreamDecoder } from "./decode-stream.ts";
import { MessageStreamObserver } from "./observe-stream.ts";

/** What events say, which other tests hold against the recordings. */
const proofsOf = (events: readonly CanonicalEvent[]): string[] =>
  events.flatMap((event) =>
    event.type === "reasoning" ? (event.redacted ?? event.signature ?? []) : [],
  );

function scan(bytes: Buffer, sink: FrameSink): void {
  const scanner = new SseScanner();
  scanner.push(bytes, sink);
  scanner.end(sink);
}

const streams = {
  "thinking-with-signature": 1,
  "thinking-redacted": 1,
  "thinking-omitted-but-signed": 1,
  "tool-call-after-text": 0,
};
for (const [name, count] of Object.entries(streams)) {
  test(`WIR-13 whose reasoning a passed stream holds: ${name}`, () => {
    const bytes = recorded(`stream-${name}.sse`);
    const events: CanonicalEvent[] = [];
    scan(bytes, new MessageStreamDecoder({ event: (event) => events.push(event) }));
    const proofs: string[] = [];
    const observer = new MessageStreamObserver((proof) => proofs.push(proof));
    scan(bytes, { frame: (frame, start, end) => void observer.observe(frame, start, end) });
    assert.equal(proofs.length, count);
    assert.deepEqual(proofs, proofsOf(events));
  });
}

test("WIR-13 whose reasoning a passed whole answer holds", () => {
  for (const [name, count] of [
    ["thinking-with-signature", 2],
    ["plain", 0],
  ] as const) {
    const bytes = recorded(`answer-${name}.json`);
    const decoded = decodeAnswer(bytes);
    const answer = observeAnswer(bytes);
    assert.ok(decoded.ok && answer.ok);
    assert.equal(answer.value.proofs?.length, count);
    assert.deepEqual(answer.value.proofs, proofsOf(decoded.value));
  }
});

test("WIR-13 encrypted reasoning of a whole answer counts, empty signatures do not", () => {
  const content = [
    { type: "thinking", thinking: "Hm", signature: "" },
    { type: "redacted_thinking", data: "d" },
    { type: "text", text: "Hi", signature: "none of reasoning" },
  ];
  const answer = observeAnswer(Buffer.from(JSON.stringify({ content, stop_reason: "end_turn" })));
  assert.ok(answer.ok);
  assert.deepEqual(answer.value.proofs, ["d"]);
});

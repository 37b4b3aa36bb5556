import assert from "node:assert/strict";
import { test } from "node:test";

import type { ProofSink, StreamObserver } from "../canonical/codec.ts";
import type { CanonicalEvent } from "../canonical/event.ts";
import { decodeWith, pushSliced, recorded } from "./answer-fixture.ts";
import { decodeAnswer, observeAnswer } from "./decode-answer.ts";
import { ConverseStreamDecoder } from "./decode-stream.ts";
import { InvokeStreamDecoder, InvokeStreamObserver } from "./invoke/invoke-stream.ts";
import { ConverseStreamObserver } from "./observe-stream.ts";

/** What events say, which other tests hold against the recordings. */
const proofsOf = (events: readonly CanonicalEvent[]): string[] =>
  events.flatMap((event) =>
    event.type === "reasoning" ? (event.redacted ?? event.signature ?? []) : [],
  );

function observed(bytes: Buffer, make: (proven: ProofSink) => StreamObserver): string[] {
  const proofs: string[] = [];
  const observer = make((proof) => proofs.push(proof));
  const frame = (frameBytes: Buffer, start: number, end: number): void => {
    observer.observe(frameBytes, start, end);
  };
  pushSliced(bytes, { frame });
  return proofs;
}

const converse = {
  "stream-reasoning-with-signature.bin": 1,
  "stream-redacted-reasoning.bin": 1,
  "stream-plain-answer.bin": 0,
};
for (const [name, count] of Object.entries(converse)) {
  test(`WIR-13 whose reasoning a passed stream holds: ${name}`, () => {
    const bytes = recorded(name);
    const { events } = decodeWith((sink) => new ConverseStreamDecoder(sink), bytes);
    assert.equal(proofsOf(events).length, count);
    assert.deepEqual(
      observed(bytes, (proven) => new ConverseStreamObserver(proven)),
      proofsOf(events),
    );
  });
}

test("WIR-13 whose reasoning a passed native stream holds", () => {
  const bytes = recorded("native-claude-thinking.bin");
  const { events } = decodeWith((sink) => new InvokeStreamDecoder(sink), bytes);
  assert.equal(proofsOf(events).length, 1);
  assert.deepEqual(
    observed(bytes, (proven) => new InvokeStreamObserver(proven)),
    proofsOf(events),
  );
});

test("WIR-13 whose reasoning a passed whole answer holds", () => {
  for (const [name, isEmpty] of [
    ["answer-reasoning.json", false],
    ["answer-plain.json", true],
  ] as const) {
    const bytes = recorded(name);
    const decoded = decodeAnswer(bytes);
    const answer = observeAnswer(bytes);
    assert.ok(decoded.ok && answer.ok);
    assert.deepEqual(answer.value.proofs, proofsOf(decoded.value));
    assert.equal(answer.value.proofs?.length === 0, isEmpty);
  }
});

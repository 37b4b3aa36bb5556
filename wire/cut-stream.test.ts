import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { messagesClient, messagesProvider } from "./anthropic/codec.ts";
import { converseClient, converseProvider, invokeClient, invokeProvider } from "./bedrock/codec.ts";
import { writeChunk } from "./bedrock/invoke/chunk-payload.ts";
import {
  observedKind,
  type AnswerContext,
  type EventEncoder,
  type ProviderCodec,
} from "./canonical/codec.ts";
import type { CanonicalEvent } from "./canonical/event.ts";
import { finish, start, text, toolDelta, toolEnd, toolStart } from "./canonical/event-fixture.ts";
import { generateClient, generateProvider } from "./gemini/codec.ts";
import { chatClient, chatProvider } from "./openai/codec.ts";

const context: AnswerContext = {
  id: "id-1",
  requestId: "req_1",
  model: "alias",
  createdMs: 1_700_000_000_000,
  streamUsage: true,
  timing: () => ({ firstTokenMs: 1, latencyMs: 2 }),
  region: () => "us-east-1",
};

interface Dialect {
  readonly client: { streamEncoder(context: AnswerContext): EventEncoder };
  readonly provider: ProviderCodec;
}

const dialects: Readonly<Record<string, Dialect>> = {
  openai: { client: chatClient, provider: chatProvider("max_completion_tokens") },
  anthropic: { client: messagesClient, provider: messagesProvider("2023-06-01") },
  converse: { client: converseClient, provider: converseProvider },
  "invoke, Claude": { client: invokeClient, provider: invokeProvider },
  gemini: { client: generateClient, provider: generateProvider },
};

/** The frames of a stream, each as bytes of its own. */
function framesOf({ client, provider }: Dialect, events: readonly CanonicalEvent[]): Buffer[] {
  const encoder = client.streamEncoder(context);
  const frames: Buffer[] = [];
  const framer = provider.framer();
  const sink = {
    frame: (bytes: Buffer, from: number, to: number): void => {
      frames.push(Buffer.from(bytes.subarray(from, to)));
    },
  };
  for (const event of events) framer.push(Buffer.from(encoder.encode(event)), sink);
  framer.end(sink);
  return frames;
}

/** The stream as it is when it was cut ahead of its piece of content with this number. */
function cutAhead(dialect: Dialect, events: readonly CanonicalEvent[], piece: number): Buffer {
  const { provider } = dialect;
  const observer = provider.streamObserver(1);
  const passed: Buffer[] = [];
  let pieces = 0;
  for (const frame of framesOf(dialect, events)) {
    if (observer.observe(frame, 0, frame.length) === observedKind.content) pieces += 1;
    if (pieces === piece) {
      const end = { bytes: frame, start: 0, end: frame.length, choices: 1, outputTokens: 7 };
      const cut = provider.cutStream(end);
      assert.ok(cut !== null);
      return Buffer.concat([...passed, cut]);
    }
    passed.push(frame);
  }
  assert.fail(`${pieces} pieces`);
}

function decoded({ provider }: Dialect, stream: Buffer): CanonicalEvent[] {
  const events: CanonicalEvent[] = [];
  const decoder = provider.streamDecoder({ event: (event) => events.push(event) });
  const framer = provider.framer();
  framer.push(stream, decoder);
  framer.end(decoder);
  decoder.end();
  assert.equal(decoder.skipped, 0);
  return events;
}

const said = (events: readonly CanonicalEvent[]): string =>
  events.map((event) => (event.type === "text" ? event.text : "")).join("");

const words: readonly CanonicalEvent[] = [
  start,
  ...["漫画 ", "is ", "good ", "for ", "you"].map(text),
  finish("stop"),
];

const call: readonly CanonicalEvent[] = [
  start,
  text("Let me see. "),
  toolStart(0, "call_1", "find"),
  ...['{"q":', '"a', "b", 'c"}'].map((piece) => toolDelta(0, piece)),
  toolEnd(0),
  finish("tool"),
];

describe("MON-7 a stream that passes ends at our word as one that came to its cap", () => {
  for (const [name, dialect] of Object.entries(dialects)) {
    test(`${name}: ahead of the first, a middle and the last piece`, () => {
      for (const [piece, text] of [
        [1, ""],
        [3, "漫画 is "],
        [5, "漫画 is good for "],
      ] as const) {
        const events = decoded(dialect, cutAhead(dialect, words, piece));
        assert.equal(said(events), text);
        assert.deepEqual(events.at(-1), finish("length"));
        assert.equal(events.filter(({ type }) => type === "finish").length, 1);
      }
    });

    test(`${name}: ahead of a call, and in its midst`, () => {
      const pieces = framesOf(dialect, call).length;
      for (const piece of pieces > 6 ? [2, 3, 4] : [2]) {
        const events = decoded(dialect, cutAhead(dialect, call, piece));
        assert.equal(said(events), "Let me see. ");
        assert.deepEqual(events.at(-1), finish("length"), `piece ${piece}`);
      }
    });
  }

  test("what is no JSON is not ended", () => {
    const bytes = Buffer.from("data: nothing\n\n");
    for (const name of ["openai", "anthropic", "gemini"]) {
      const place = { bytes, start: 0, end: bytes.length, choices: 1, outputTokens: 7 };
      assert.equal(dialects[name]?.provider.cutStream(place), null, name);
    }
  });

  test("openai and gemini: every answer that was asked for ends", () => {
    for (const name of ["openai", "gemini"]) {
      const dialect = dialects[name];
      assert.ok(dialect !== undefined);
      const frames = framesOf(dialect, words);
      const bytes = frames.find((frame) => frame.includes("good")) ?? Buffer.alloc(0);
      const place = { bytes, start: 0, end: bytes.length, choices: 3, outputTokens: 7 };
      const cut = String(dialect.provider.cutStream(place));
      for (const index of [0, 1, 2]) assert.ok(cut.includes(`"index":${index}`), cut);
      assert.ok(!cut.includes("good"), cut);
    }
  });

  test("invoke: an event of another family than Claude is not ended", () => {
    const bytes = writeChunk('{"contentBlockDelta":{"delta":{"text":"a"},"contentBlockIndex":0}}');
    const place = { bytes, start: 0, end: bytes.length, choices: 1, outputTokens: 7 };
    assert.equal(invokeProvider.cutStream(place), null);
  });
});

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { CanonicalEvent } from "../canonical/event.ts";
import { decodeAnswer } from "./decode-answer.ts";
import { PartStreamDecoder } from "./decode-stream.ts";
import { PartFramer } from "./part-framer.ts";
import { readProof } from "./proof.ts";
import { testSeal } from "./seal-fixture.ts";

const seal = testSeal("a");

/** What a package's stream comes to, each part handed over as `SdkCall` does. */
function decoded(parts: readonly object[]): { events: CanonicalEvent[]; skipped: number } {
  const events: CanonicalEvent[] = [];
  const decoder = new PartStreamDecoder({ event: (event) => events.push(event) }, seal);
  const framer = new PartFramer();
  for (const part of parts) {
    assert.ok(framer.push(Buffer.from(JSON.stringify(part)), decoder));
  }
  decoder.end();
  return { events, skipped: decoder.skipped };
}

const usage = {
  inputTokens: { total: 12, noCache: 6, cacheRead: 4, cacheWrite: 2 },
  outputTokens: { total: 9, text: 6, reasoning: 3 },
};
const finish = (unified: string, raw: string | undefined = unified) => ({
  type: "finish",
  usage,
  finishReason: { unified, raw },
});
const start = { type: "start", model: "", upstreamId: null, createdMs: null };
const counted = {
  input: 6,
  output: 9,
  cacheRead: 4,
  cacheWrite5m: 2,
  cacheWrite1h: 0,
  reasoning: 3,
};
const ended = (reason: string) => [
  { type: "usage", usage: counted },
  { type: "finish", reason, stopSequence: null },
];

describe("a package's stream", () => {
  test("WIR-9 text in pieces, who answered, usage and why it ended", () => {
    const { events, skipped } = decoded([
      { type: "stream-start", warnings: [] },
      { type: "response-metadata", id: "r1", modelId: "m-large" },
      { type: "text-start", id: "0" },
      { type: "text-delta", id: "0", delta: "Good " },
      { type: "text-delta", id: "0", delta: "" },
      { type: "text-delta", id: "0", delta: "day" },
      { type: "text-end", id: "0" },
      finish("stop"),
      { type: "text-delta", id: "0", delta: "too late" },
    ]);
    assert.deepEqual(events, [
      { type: "start", model: "m-large", upstreamId: "r1", createdMs: null },
      { type: "text", text: "Good " },
      { type: "text", text: "day" },
      ...ended("stop"),
    ]);
    assert.equal(skipped, 0);
  });

  test("calls side by side keep their places; what was streamed is not said twice", () => {
    const { events } = decoded([
      { type: "tool-input-start", id: "a", toolName: "f" },
      { type: "tool-input-delta", id: "a", delta: '{"x":' },
      { type: "tool-input-start", id: "b", toolName: "g" },
      { type: "tool-input-delta", id: "a", delta: "1}" },
      { type: "tool-input-end", id: "a" },
      { type: "tool-call", toolCallId: "a", toolName: "f", input: '{"x":1}' },
      { type: "tool-call", toolCallId: "b", toolName: "g", input: '{"y":2}' },
      { type: "tool-call", toolCallId: "c", toolName: "h", input: "" },
      finish("stop"),
    ]);
    assert.deepEqual(events, [
      start,
      { type: "toolStart", index: 0, id: "a", name: "f" },
      { type: "toolDelta", index: 0, arguments: '{"x":' },
      { type: "toolStart", index: 1, id: "b", name: "g" },
      { type: "toolDelta", index: 0, arguments: "1}" },
      { type: "toolEnd", index: 0 },
      { type: "toolDelta", index: 1, arguments: '{"y":2}' },
      { type: "toolEnd", index: 1 },
      { type: "toolStart", index: 2, id: "c", name: "h" },
      { type: "toolDelta", index: 2, arguments: "{}" },
      { type: "toolEnd", index: 2 },
      ...ended("tool"),
    ]);
  });

  test("WIR-13 what a package says of its reasoning becomes the signature of the block", () => {
    const { events } = decoded([
      { type: "reasoning-start", id: "r", providerMetadata: { anthropic: { redactedData: "a" } } },
      { type: "reasoning-delta", id: "r", delta: "Hm" },
      {
        type: "reasoning-delta",
        id: "r",
        delta: "",
        providerMetadata: { anthropic: { signature: "s1" } },
      },
      { type: "reasoning-end", id: "r" },
      { type: "reasoning-start", id: "q" },
      { type: "reasoning-delta", id: "q", delta: "and" },
      { type: "reasoning-end", id: "q" },
      finish("stop"),
    ]);
    const [, first, signed, bare] = events;
    assert.deepEqual(first, { type: "reasoning", text: "Hm" });
    assert.ok(signed?.type === "reasoning" && signed.signature !== undefined);
    assert.deepEqual(readProof(signed.signature, seal), {
      of: "reasoning",
      words: { anthropic: { redactedData: "a", signature: "s1" } },
    });
    assert.deepEqual(bare, { type: "reasoning", text: "and" });
  });

  test("of a call the signature alone goes back with it, ahead of the call", () => {
    const google = { thoughtSignature: "t1", id: "kept by the provider" };
    const call = { toolName: "f", providerMetadata: { google } };
    const { events } = decoded([
      { type: "tool-input-start", id: "a", ...call },
      { type: "tool-call", toolCallId: "a", input: "{}", ...call },
      finish("tool-calls"),
    ]);
    const [, proof, called] = events;
    assert.ok(proof?.type === "reasoning" && proof.signature !== undefined);
    assert.deepEqual(readProof(proof.signature, seal), {
      of: "call",
      words: { google: { thoughtSignature: "t1" } },
    });
    assert.equal(called?.type, "toolStart");
  });

  test("a source is a citation; tools of the provider's and files are none of the client's", () => {
    const { events, skipped } = decoded([
      { type: "source", sourceType: "url", id: "1", url: "https://a.example", title: "A" },
      { type: "tool-call", toolCallId: "x", toolName: "search", providerExecuted: true, input: "" },
      { type: "source", sourceType: "document", id: "2", title: "B", mediaType: "text/plain" },
      { type: "file", mediaType: "image/png" },
      finish("stop"),
    ]);
    const page = { url: "https://a.example", title: "A", start_index: 0, end_index: 0 };
    const citation = { type: "url_citation", url_citation: page };
    assert.deepEqual(events, [start, { type: "citation", citation }, ...ended("stop")]);
    assert.equal(skipped, 2);
  });
});

const says = { type: "text-delta", id: "0", delta: "Good " };

describe("WIR-5 an answer that did not end by itself is an error", () => {
  const rows: readonly (readonly [name: string, parts: readonly object[], code: string])[] = [
    ["no finish", [says], "upstream_cut"],
    ["nothing at all", [], "upstream_malformed"],
    ["a start alone", [{ type: "stream-start", warnings: [] }], "upstream_malformed"],
    ["interrupted", [says, finish("interrupted", undefined)], "upstream_cut"],
    [
      "a reason that nobody gave",
      [says, { type: "finish", usage, finishReason: { unified: "other" } }],
      "upstream_cut",
    ],
    ["no reason", [says, { type: "finish", usage }], "upstream_cut"],
    ["given up by the provider", [says, finish("error")], "upstream_error"],
    ["an error part", [says, { type: "error", error: "it broke" }], "upstream_error"],
    [
      "an error with words of the provider",
      [says, { type: "error", error: { type: "rate_limit_error", message: "slow" } }],
      "upstream_rate_limited",
    ],
  ];
  for (const [name, parts, code] of rows) {
    test(name, () => {
      const last = decoded(parts).events.at(-1);
      assert.equal(last?.type === "error" ? last.code : last?.type, code);
    });
  }

  test("a reason in words that only the provider knows is an end", () => {
    assert.equal(decoded([says, finish("other", "eos_token")]).events.at(-1)?.type, "finish");
  });
});

test("a frame that is no JSON among good ones is skipped and counted", () => {
  const events: CanonicalEvent[] = [];
  const decoder = new PartStreamDecoder({ event: (event) => events.push(event) }, seal);
  for (const text of ["{", "null", JSON.stringify(says), JSON.stringify(finish("length"))]) {
    decoder.frame(Buffer.from(text), 0, text.length);
  }
  assert.equal(decoder.skipped, 2);
  assert.equal(events.at(-1)?.type, "finish");
});

test("a part longer than 1 MiB ends the stream", () => {
  const sink = { frame: () => assert.fail("not handed out") };
  assert.equal(new PartFramer().push(Buffer.alloc(1_048_577), sink), false);
});

describe("a package's whole answer", () => {
  const bytes = (answer: object) => Buffer.from(JSON.stringify(answer));

  test("says what the same answer says as a stream", () => {
    const answer = decodeAnswer(
      bytes({
        content: [
          { type: "reasoning", text: "Hm" },
          { type: "text", text: "Yes" },
          { type: "tool-call", toolCallId: "a", toolName: "f", input: '{"x":1}' },
        ],
        finishReason: { unified: "tool-calls", raw: "tool_calls" },
        usage,
        response: { id: "r1", modelId: "m" },
      }),
      seal,
    );
    assert.ok(answer.ok);
    assert.deepEqual(answer.value, [
      { type: "start", model: "m", upstreamId: "r1", createdMs: null },
      { type: "reasoning", text: "Hm" },
      { type: "text", text: "Yes" },
      { type: "toolStart", index: 0, id: "a", name: "f" },
      { type: "toolDelta", index: 0, arguments: '{"x":1}' },
      { type: "toolEnd", index: 0 },
      ...ended("tool"),
    ]);
  });

  const rows: readonly (readonly [string, object, string])[] = [
    ["no answer", {}, "upstream_malformed"],
    ["without a reason", { content: [] }, "upstream_cut"],
    ["given up", { content: [], finishReason: { unified: "error" } }, "upstream_error"],
  ];
  for (const [name, answer, code] of rows) {
    test(`WIR-5 ${name} is ${code}`, () => {
      const read = decodeAnswer(bytes(answer), seal);
      assert.equal(read.ok ? null : read.fault.code, code);
    });
  }
});

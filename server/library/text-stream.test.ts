import assert from "node:assert/strict";
import { describe, test } from "node:test";

import type { CompletionResult, StreamChunk } from "./completion.ts";
import { TextStream } from "./text-stream.ts";

const result: CompletionResult = {
  content: "ab",
  model: "m",
  provider: "p",
  region: "r",
  tokens: { input: 1, output: 2, total: 3 },
  costUsd: 0,
  costNanoUsd: 0,
  timeToFirstTokenMs: 0,
  totalLatencyMs: 1,
  tokensPerSecond: 2,
  stopReason: "stop",
  requestId: "req_1",
  firstRequestId: null,
  leftOutMessages: 0,
  isSummarised: false,
  cached: false,
  cache: null,
  arm: null,
  reason: null,
};

const chunk = (text: string, index: number): StreamChunk => ({
  text,
  index,
  cumulativeTokens: index + 1,
  timestamp: 0,
});

interface Source {
  began: number;
  left: number;
  readonly stream: TextStream;
}

/** Two chunks, then the result or a failure; it counts who begins and who leaves early. */
function sourceOf(failure: Error | null = null): Source {
  const source = { began: 0, left: 0 };
  async function* chunks(): AsyncGenerator<StreamChunk, CompletionResult, void> {
    source.began += 1;
    let isWhole = false;
    try {
      yield chunk("a", 0);
      yield chunk("b", 1);
      isWhole = true;
      if (failure !== null) throw failure;
      return result;
    } finally {
      if (!isWhole) source.left += 1;
    }
  }
  return Object.assign(source, { stream: new TextStream(chunks()) });
}

const textOf = async (stream: AsyncIterable<StreamChunk>): Promise<string> => {
  let text = "";
  for await (const { text: piece } of stream) text += piece;
  return text;
};

describe("REF-1 a stream of the library", () => {
  test("for await gives the chunks, and `result` what they come to", async () => {
    const { stream } = sourceOf();
    assert.equal(await textOf(stream), "ab");
    assert.equal(await stream.result, result);
    assert.deepEqual(await stream.next(), { done: true, value: undefined });
    assert.equal(await stream.result, result, "it does not change any more");
  });

  test("by hand, its last step has the result", async () => {
    const { stream } = sourceOf();
    await stream.next();
    await stream.next();
    assert.deepEqual(await stream.next(), { done: true, value: result });
  });

  test("nothing begins before somebody asks", async () => {
    const source = sourceOf();
    await Promise.resolve();
    assert.equal(source.began, 0);
    await source.stream[Symbol.asyncDispose]();
    assert.equal(source.began, 0);
  });

  test("`result` alone reads the chunks away, and the call is made once", async () => {
    const source = sourceOf();
    const [one, other] = await Promise.all([source.stream.result, source.stream.result]);
    assert.deepEqual([one, other, source.began], [result, result, 1]);
  });

  test("whoever leaves early ends the call, and the result says so", async () => {
    const source = sourceOf();
    for await (const { text } of source.stream) if (text === "a") break;
    assert.equal(source.left, 1);
    await assert.rejects(source.stream.result, { name: "SekishoError", code: "client_closed" });
  });

  test("`await using` leaves as well", async () => {
    const source = sourceOf();
    {
      await using stream = source.stream;
      await stream.next();
    }
    assert.equal(source.left, 1);
  });

  test("a failure is thrown to the reader and rejects the result", async () => {
    const failure = new Error("cut");
    const { stream } = sourceOf(failure);
    await assert.rejects(textOf(stream), failure);
    await assert.rejects(stream.result, failure);
  });

  test("a failure that nobody asks `result` for is no unhandled rejection", async () => {
    const { stream } = sourceOf(new Error("cut"));
    await assert.rejects(textOf(stream), /cut/);
  });
});

import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import { makesVectors, windowOf } from "./model-limits.ts";
import { startSimulator, type Simulator } from "./server.ts";

test("a model's window is that of its family, under Bedrock's names too", () => {
  const cases = [
    ["gpt-4", 8_192],
    ["gpt-4-turbo", 128_000],
    ["claude-3-haiku-20240307", 200_000],
    ["anthropic.claude-v2", 100_000],
    ["anthropic.claude-v2:1", 200_000],
    ["us.anthropic.claude-haiku-4-5-20251001-v1:0", 200_000],
    ["apac.amazon.nova-micro-v1:0", 128_000],
    ["my-gpt-4", Infinity],
  ] as const;
  for (const [model, tokens] of cases) assert.equal(windowOf(model), tokens, model);
});

test("models that make vectors are known by their names", () => {
  const making = [
    "text-embedding-3-small",
    "eu.amazon.titan-embed-text-v2:0",
    "us.cohere.embed-v4:0",
    "gemini-embedding-001",
  ];
  for (const model of making) assert.ok(makesVectors(model), model);
  for (const model of ["gpt-4", "cohere.command-r-v1:0", "nomic-embed-text"]) {
    assert.ok(!makesVectors(model), model);
  }
});

describe("SIM-1 a model is asked for what it does, within its window", () => {
  let simulator: Simulator;
  before(async () => {
    simulator = await startSimulator({ port: 0, seed: 1, clock: new VirtualClock() });
  });
  after(() => simulator.close());
  beforeEach(() => simulator.reset());

  async function ask(path: string, body: object): Promise<readonly [number, string]> {
    const answer = await fetch(`${simulator.url}/us-east-1${path}`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: "Bearer any" },
      body: JSON.stringify(body),
    });
    return [answer.status, await answer.text()];
  }

  const chat = (content: string) => ({ messages: [{ role: "user", content }] });
  const converse = (text: string) => ({ messages: [{ role: "user", content: [{ text }] }] });
  const generate = (text: string) => ({ contents: [{ parts: [{ text }] }] });
  /** Some 9,000 tokens. */
  const long = "word ".repeat(9_000);

  test("a prompt beyond the window is refused in the words of its dialect, and free", async () => {
    const gpt4 = { model: "gpt-4", ...chat(long) };
    const refused = await ask("/v1/chat/completions", gpt4);
    assert.equal(refused[0], 400);
    assert.match(refused[1], /context_length_exceeded/);
    const streamed = await ask("/v1/chat/completions", { ...gpt4, stream: true });
    assert.equal(streamed[0], 400);
    const claude2 = "/model/anthropic.claude-v2/converse";
    const tooLong = await ask(claude2, converse(long.repeat(12)));
    assert.equal(tooLong[0], 400);
    assert.match(tooLong[1], /Input is too long/);
    assert.deepEqual(
      simulator.calls().map(({ costNanoUsd }) => costNanoUsd),
      [0, 0, 0],
    );
    assert.equal((await ask("/v1/chat/completions", { ...gpt4, model: "gpt-4-turbo" }))[0], 200);
  });

  test("a fault that was asked for goes before it", async () => {
    simulator.setScenarios([{ name: "down", fault: "503" }]);
    const [status] = await ask("/v1/chat/completions", { model: "gpt-4", ...chat(long) });
    assert.equal(status, 503);
  });

  test("a model that makes vectors says nothing, and one that speaks makes none", async () => {
    const cases = [
      ["/v1/chat/completions", { model: "text-embedding-3-small", ...chat("Hi") }, 403],
      ["/v1/embeddings", { model: "gpt-4", input: "a" }, 403],
      ["/model/amazon.titan-embed-text-v2%3A0/converse", converse("Hi"), 400],
      ["/model/us.cohere.embed-v4%3A0/converse-stream", converse("Hi"), 400],
      ["/v1beta/models/gemini-embedding-001:generateContent", generate("Hi"), 404],
      ["/v1beta/models/gemini-1.5-pro:embedContent", { content: { parts: [{ text: "a" }] } }, 404],
      ["/v1/embeddings", { model: "nomic-embed-text", input: "a" }, 200],
    ] as const;
    for (const [path, body, status] of cases) {
      assert.equal((await ask(path, body))[0], status, path);
    }
  });
});

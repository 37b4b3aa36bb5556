import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { EventLog } from "@sekisho/lib/event-log/event-log.ts";
import { Failure } from "@sekisho/lib/failure/failure.ts";
import { TimerWheel } from "@sekisho/lib/time/timer-wheel.ts";
import { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import { breaksAll } from "@sekisho/wire/ai-sdk/proof.ts";
import type { SdkModel, SpecificationVersion } from "@sekisho/wire/ai-sdk/sdk-model.ts";
import type { CanonicalEvent } from "@sekisho/wire/canonical/event.ts";
import type { AttemptOutcome } from "../../attempt.ts";
import type { AttemptInput } from "../../provider.ts";
import type { PackageFault } from "../../package-fault.ts";
import { validate } from "../../validate/validate.ts";
import { AiSdkProvider } from "./ai-sdk-provider.ts";

const chat = (members: object = {}) => ({
  model: "fast",
  messages: [{ role: "user", content: "Hi" }],
  ...members,
});

function inputOf(body: object): { input: AttemptInput; log: EventLog<CanonicalEvent> } {
  const read = validate({ surface: "openai.chat" }, Buffer.from(JSON.stringify(body)));
  const log = new EventLog<CanonicalEvent>();
  const request = {
    ...read,
    inputTokensBound: 100,
    headerFeatures: [],
    canonical: () => read.read.toCanonical(),
  };
  const input = {
    call: { request, deadlineMs: 600_000 },
    planned: {
      timeouts: { firstTokenMs: 1_000, betweenTokensMs: 500, attemptMs: null },
      defaults: { temperature: null, topP: null },
      target: { provider: "p", upstreamModel: "m-1", facts: {} },
      api: "ai-sdk",
      maxTokens: 50,
    },
    log,
  } as unknown as AttemptInput; // an attempt reads nothing else of it
  return { input, log };
}

interface Played {
  readonly version?: SpecificationVersion;
  readonly body?: object;
  readonly answer: (options: object) => Promise<unknown>;
}

function play({ version = "v4", body = chat(), answer }: Played) {
  const clock = new VirtualClock();
  const origins = { remember() {}, signerOf: () => null };
  const told: PackageFault[] = [];
  const faults = { record: (fault: PackageFault): void => void told.push(fault) };
  const over = Promise.withResolvers<AttemptOutcome>();
  const asked: object[] = [];
  const ask = (options: object): Promise<unknown> => {
    asked.push(options);
    return answer(options);
  };
  const model: SdkModel = { specificationVersion: version, doGenerate: ask, doStream: ask };
  const provider = new AiSdkProvider(
    { clock, wheel: new TimerWheel(clock), origins, seal: breaksAll, faults },
    { name: "p", model: () => model },
  );
  const { input, log } = inputOf(body);
  const attempt = provider.start(input, { committed() {}, over: over.resolve });
  return { clock, attempt, over: over.promise, asked, log, told };
}

const usage = { inputTokens: { total: 3 }, outputTokens: { total: 2 } };
const finishReason = { unified: "stop", raw: "stop" };
const whole = { content: [{ type: "text", text: "Yes" }], finishReason, usage, warnings: [] };

const streamOf = (parts: readonly object[], isOpen = false) => ({
  stream: new ReadableStream({
    start(controller) {
      for (const part of parts) controller.enqueue(part);
      if (!isOpen) controller.close();
    },
  }),
});

describe("a model of a package as a target", () => {
  test("WIR-8 is asked in its words, with the plan's limit of tokens", async () => {
    const { over, asked, attempt } = play({
      body: chat({ top_p: 0.5, reasoning_effort: "low", user: "u" }),
      answer: async () => whole,
    });
    assert.equal((await over).kind, "complete");
    const [options = assert.fail()] = asked;
    const { abortSignal, ...words }: { abortSignal?: unknown } = options;
    assert.ok(abortSignal instanceof AbortSignal);
    assert.deepEqual(words, {
      prompt: [{ role: "user", content: [{ type: "text", text: "Hi" }] }],
      maxOutputTokens: 50,
      topP: 0.5,
      reasoning: "low",
    });
    assert.deepEqual(attempt.dropped, ["user"]);
  });

  test("of v3 has bare files and no effort", async () => {
    const image = { type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } };
    const { over, asked, attempt } = play({
      version: "v3",
      body: chat({ reasoning_effort: "low", messages: [{ role: "user", content: [image] }] }),
      answer: async () => whole,
    });
    await over;
    assert.deepEqual(Reflect.get(asked[0] ?? {}, "prompt"), [
      { role: "user", content: [{ type: "file", mediaType: "image/png", data: "AAAA" }] },
    ]);
    assert.deepEqual(attempt.dropped, ["reasoning_effort"]);
  });

  test("MON-14 what it reports is measured; what it left out is known by then", async () => {
    const warnings = [{ type: "unsupported", feature: "seed" }];
    const { over, attempt } = play({
      body: chat({ seed: 1 }),
      answer: async () => ({ ...whole, warnings }),
    });
    const outcome = await over;
    assert.ok(outcome.kind === "complete");
    assert.equal(outcome.measured.source, "reported");
    assert.deepEqual([outcome.measured.usage.input, outcome.measured.usage.output], [3, 2]);
    assert.deepEqual(attempt.dropped, ["seed"]);
  });

  test("RTE-10 a stream that stalls behind its first part fails at its timer", async () => {
    const aborted: unknown[] = [];
    const { clock, over, log } = play({
      body: chat({ stream: true }),
      async answer(options) {
        const signal = Reflect.get(options, "abortSignal");
        assert.ok(signal instanceof AbortSignal);
        signal.addEventListener("abort", () => aborted.push(signal.reason));
        return streamOf([{ type: "text-delta", id: "0", delta: "a" }], true);
      },
    });
    while (log.nextSeq === 0) await Promise.resolve();
    clock.advanceBy(520);
    const outcome = await over;
    assert.ok(outcome.kind === "failed");
    assert.equal(outcome.failure.code, "upstream_timeout");
    assert.match(outcome.failure.message, /next token within 500 ms/);
    assert.equal(aborted.length, 1);
  });

  test("RTE-10 a package that never answers fails at the first-token timer", async () => {
    const { clock, over } = play({
      body: chat({ stream: true }),
      answer: () => new Promise(() => {}),
    });
    clock.advanceBy(1_020);
    const outcome = await over;
    assert.ok(outcome.kind === "failed" && outcome.failure.code === "upstream_timeout");
  });

  test("WIR-5 a stream without a finish is cut", async () => {
    const { over } = play({
      body: chat({ stream: true }),
      answer: async () => streamOf([{ type: "text-delta", id: "0", delta: "a" }]),
    });
    const outcome = await over;
    assert.ok(outcome.kind === "failed" && outcome.failure.code === "upstream_cut");
    assert.equal(outcome.measured.source, "estimated");
  });

  test("RTE-14 a missing key is the credential's fault and not the target's", async () => {
    const { over } = play({
      answer: () =>
        Promise.reject(Object.assign(new Error("set X_API_KEY"), { name: "AI_LoadAPIKeyError" })),
    });
    const outcome = await over;
    assert.ok(outcome.kind === "failed");
    const { code, verdict, credentialFault, status, message } = outcome.failure;
    assert.deepEqual([code, verdict, credentialFault], ["upstream_auth", "failover", true]);
    assert.equal(status, null);
    assert.doesNotMatch(message, /X_API_KEY/);
  });

  test("a package that throws is told of, and its error goes with the failure", async () => {
    const error = new TypeError("Cannot read properties of undefined (reading 'x')");
    for (const stream of [false, true]) {
      const { over, told } = play({
        body: chat({ stream }),
        answer: () => Promise.reject(error),
      });
      const outcome = await over;
      assert.ok(outcome.kind === "failed");
      const { code, reach, thrown, message } = outcome.failure;
      assert.deepEqual([code, reach], ["upstream_defect", "unsent"]);
      assert.equal(thrown, error);
      assert.doesNotMatch(message, /properties of undefined/);
      assert.deepEqual(told, [{ provider: "p", model: "m-1", code, error }]);
    }
  });

  test("what a provider answers is told to nobody but the client", async () => {
    const refusal = Object.assign(new Error("no"), { name: "AI_APICallError", statusCode: 500 });
    const { over, told } = play({ answer: () => Promise.reject(refusal) });
    assert.equal((await over).kind, "failed");
    assert.deepEqual(told, []);
  });
});

test("a model that a package does not have, or that is none, is refused before it is asked", () => {
  const clock = new VirtualClock();
  const ports = {
    clock,
    wheel: new TimerWheel(clock),
    origins: { remember() {}, signerOf: () => null },
    seal: breaksAll,
    faults: { record() {} },
  };
  const none = Object.assign(new Error("No such model: m-1"), { name: "AI_NoSuchModelError" });
  const rows: readonly (readonly [model: () => unknown, code: string])[] = [
    [
      () => {
        throw none;
      },
      "upstream_rejected",
    ],
    [() => ({ specificationVersion: "v9", doStream() {}, doGenerate() {} }), "upstream_rejected"],
    [() => null, "upstream_rejected"],
  ];
  for (const [model, code] of rows) {
    const provider = new AiSdkProvider(ports, { name: "p", model });
    const { input } = inputOf(chat());
    assert.throws(
      () => provider.start(input, { committed() {}, over() {} }),
      (error) => error instanceof Failure && error.code === code,
    );
  }
});

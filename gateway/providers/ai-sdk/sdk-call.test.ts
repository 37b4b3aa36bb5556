import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Failure } from "@sekisho/lib/failure/failure.ts";
import type {
  UpstreamFailureCode,
  UpstreamHandler,
  UpstreamHeaders,
} from "@sekisho/lib/http/upstream.ts";
import type { SdkModel } from "@sekisho/wire/ai-sdk/sdk-model.ts";
import { SdkCall } from "./sdk-call.ts";

/** Records what a call tells its handler. */
class Recorder implements UpstreamHandler {
  readonly told: string[] = [];
  readonly over = Promise.withResolvers<void>();

  onHead(status: number, headers: UpstreamHeaders): void {
    const hint = headers["retry-after"];
    this.told.push(`head ${status} ${typeof hint === "string" ? hint : ""}`.trim());
  }
  onBytes(bytes: Buffer): void {
    this.told.push(bytes.toString());
  }
  onEnd(): void {
    this.told.push("end");
    this.over.resolve();
  }
  onFailure({ code }: Failure<UpstreamFailureCode>): void {
    this.told.push(code);
    this.over.resolve();
  }
}

/** A stream of a package: what was asked of it is counted. */
class Parts {
  readonly #parts: (object | Error)[];
  reads = 0;
  cancelled = false;
  signal: AbortSignal | undefined;

  constructor(parts: readonly (object | Error)[]) {
    this.#parts = [...parts];
  }

  getReader(): object {
    return {
      read: async () => {
        this.reads += 1;
        const value = this.#parts.shift();
        if (value instanceof Error) throw value;
        if (value === waits) return new Promise(() => {});
        return { done: value === undefined, value };
      },
      cancel: async () => {
        this.cancelled = true;
      },
    };
  }
}

/** In the place of a part that never comes. */
const waits = {};

const modelOf = (over: Partial<SdkModel>): SdkModel => ({
  specificationVersion: "v4",
  doGenerate: () => assert.fail("not asked whole"),
  doStream: () => assert.fail("not asked as a stream"),
  ...over,
});

function streamed(given: readonly (object | Error)[]) {
  const parts = new Parts(given);
  const leftOut: string[] = [];
  const handler = new Recorder();
  const model = modelOf({
    async doStream(options) {
      parts.signal = Reflect.get(options, "abortSignal");
      return { stream: parts };
    },
  });
  const call = new SdkCall(
    {
      model,
      options: {},
      stream: true,
      leftOut: (names) => void leftOut.push(...names),
      threw() {},
    },
    handler,
  ).start();
  return { parts, leftOut, handler, call };
}

function failing(error: unknown) {
  const handler = new Recorder();
  const doGenerate = async (): Promise<never> => {
    throw error;
  };
  const asked = {
    model: modelOf({ doGenerate }),
    options: {},
    stream: false,
    leftOut() {},
    threw() {},
  };
  new SdkCall(asked, handler).start();
  return handler;
}

const says = { type: "text-delta", id: "0", delta: "a" };
const failure = (code: UpstreamFailureCode) => new Failure<UpstreamFailureCode>(code, "…");
const thrown = (name: string, members: object = {}) =>
  Object.assign(new Error("why"), { name, ...members });

describe("a call to a model of a package", () => {
  test("a stream is head, one piece for each part, end", async () => {
    const { handler } = streamed([{ type: "stream-start", warnings: [] }, says, { type: "raw" }]);
    assert.deepEqual(handler.told, [], "nothing before it has returned");
    await handler.over.promise;
    assert.deepEqual(handler.told, ["head 200", JSON.stringify(says), "end"]);
  });

  test("a whole answer is one piece, without what the package keeps of the wire", async () => {
    const handler = new Recorder();
    const doGenerate = async () => ({
      content: [],
      finishReason: { unified: "stop" },
      response: { id: "r", modelId: "m", body: { large: true }, headers: { a: "b" } },
      request: { body: "x" },
    });
    const asked = {
      model: modelOf({ doGenerate }),
      options: {},
      stream: false,
      leftOut() {},
      threw() {},
    };
    new SdkCall(asked, handler).start();
    await handler.over.promise;
    const answer = {
      content: [],
      finishReason: { unified: "stop" },
      response: { id: "r", modelId: "m" },
    };
    assert.deepEqual(handler.told, ["head 200", JSON.stringify(answer), "end"]);
  });

  test("WIR-13 what a package leaves out is told before the head", async () => {
    const warnings = [{ type: "unsupported", feature: "topK" }];
    const { handler, leftOut } = streamed([{ type: "stream-start", warnings }, says]);
    await handler.over.promise;
    assert.deepEqual(leftOut, ["top_k"]);
    assert.equal(handler.told.at(-1), "end");
  });

  test("WIR-13 a package that leaves out a schema has failed, and is left", async () => {
    const warnings = [{ type: "unsupported", feature: "responseFormat" }];
    const { handler, parts } = streamed([{ type: "stream-start", warnings }, says]);
    await handler.over.promise;
    const [head, body = "", end] = handler.told;
    assert.deepEqual([head, end], ["head 0", "end"]);
    assert.match(body, /AI_UnsupportedFunctionalityError.*responseFormat/);
    assert.ok(parts.cancelled && parts.signal?.aborted);
  });

  test("STR-7 nothing is read while it is paused", async () => {
    const { handler, parts, call } = streamed([says, says]);
    call.pause();
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
    assert.equal(parts.reads, 0);
    call.resume();
    await handler.over.promise;
    assert.equal(handler.told.length, 4);
  });

  test("STR-6 an abort ends the package's request and its stream, in the same turn", async () => {
    const { handler, parts, call } = streamed([says, waits]);
    while (parts.reads < 2) await Promise.resolve();
    call.abort();
    assert.ok(parts.signal?.aborted && parts.cancelled);
    await handler.over.promise;
    call.abort();
    assert.deepEqual(handler.told, ["head 200", JSON.stringify(says), "aborted"]);
  });

  test("an abort before anything was asked asks nothing", async () => {
    const handler = new Recorder();
    const asked = { model: modelOf({}), options: {}, stream: true, leftOut() {}, threw() {} };
    new SdkCall(asked, handler).start().abort();
    await handler.over.promise;
    assert.deepEqual(handler.told, ["aborted"]);
  });
});

describe("RTE-7 how a call to a package fails", () => {
  test("the transport's failure is itself, however deep it lies", async () => {
    const wrapped = thrown("AI_APICallError", {
      statusCode: 200,
      cause: Object.assign(new Error("x"), { cause: failure("upstream_cut") }),
    });
    for (const [error, code] of [
      [failure("connect_failed"), "connect_failed"],
      [wrapped, "upstream_cut"],
      [thrown("Error", { cause: thrown("Error", { code: "ECONNREFUSED" }) }), "connect_failed"],
    ] as const) {
      const handler = failing(error);
      await handler.over.promise;
      assert.deepEqual(handler.told, [code]);
    }
  });

  test("a refusal has the provider's status and its hint to wait", async () => {
    const handler = failing(
      thrown("AI_APICallError", { statusCode: 429, responseHeaders: { "Retry-After": "3" } }),
    );
    await handler.over.promise;
    const [head, body = ""] = handler.told;
    assert.equal(head, "head 429 3");
    assert.equal(JSON.parse(body).status, 429);
  });

  test("a cut in mid-stream is a failure, another error a piece", async () => {
    const cut = streamed([says, failure("upstream_cut")]);
    await cut.handler.over.promise;
    assert.equal(cut.handler.told.at(-1), "upstream_cut");
    const broken = streamed([says, { type: "error", error: "it broke" }, says]);
    await broken.handler.over.promise;
    assert.match(broken.handler.told[2] ?? "", /"type":"error".*it broke/);
  });

  test("what cannot be looked at is a failure all the same", async () => {
    const veiled = new Proxy(new Error("x"), {
      get() {
        throw new TypeError("no");
      },
    });
    const handler = failing(veiled);
    await handler.over.promise;
    assert.deepEqual(handler.told, ["upstream_malformed"]);
  });

  test("what is no stream, and no answer, is told apart from one", async () => {
    const handler = new Recorder();
    const model = modelOf({ doStream: async () => ({ stream: "no" }) });
    new SdkCall({ model, options: {}, stream: true, leftOut() {}, threw() {} }, handler).start();
    await handler.over.promise;
    assert.match(handler.told[1] ?? "", /gave no stream/);
  });
});

import { Buffer } from "node:buffer";

import { AnswerSum } from "../../anthropic/answer-sum.ts";
import { BlockSplitter, type BlockSink, type NewBlock } from "../../anthropic/block-splitter.ts";
import type { AnswerContext, EventEncoder } from "../../canonical/codec.ts";
import type { CanonicalEvent, FinishReason } from "../../canonical/event.ts";
import { noUsage, type Usage } from "../../canonical/usage.ts";
import { writeChunk } from "./chunk-payload.ts";
import { heartbeatFrame } from "../encode-stream.ts";
import { encodeStreamError } from "../errors.ts";
import { withMetrics } from "./invocation-metrics.ts";

const reasons = {
  stop: "FINISH",
  tool: "FINISH",
  length: "LENGTH",
  filter: "CONTENT_FILTERED",
  refusal: "CONTENT_FILTERED",
  budget: "LENGTH",
  deadline: "LENGTH",
  cancelled: "LENGTH",
} as const satisfies Record<FinishReason, string>;

const reasonOf = (reason: FinishReason, stopSequence: string | null): string =>
  reason === "stop" && stopSequence !== null ? "STOP_CRITERIA_MET" : reasons[reason];

const inputOf = ({ input, cacheRead, cacheWrite5m, cacheWrite1h }: Usage): number =>
  input + cacheRead + cacheWrite5m + cacheWrite1h;

/** The events of a complete answer as one native answer of Titan Text's, which has but text. */
export function encodeTitanAnswer(events: readonly CanonicalEvent[]): string {
  const sum = new AnswerSum(events);
  const usage = sum.usage ?? noUsage;
  const texts = sum.blocks.filter(({ begun }) => begun.kind === "text");
  return JSON.stringify({
    inputTextTokenCount: inputOf(usage),
    results: [
      {
        tokenCount: usage.output,
        outputText: texts.map(({ said }) => said).join(""),
        completionReason: reasonOf(sum.finish, sum.stopSequence),
      },
    ],
  });
}

/** Events as the messages of a native stream of Titan Text's. */
export class TitanStreamEncoder implements EventEncoder, BlockSink {
  readonly #context: Pick<AnswerContext, "timing">;
  readonly #splitter = new BlockSplitter(this);
  readonly #frames: Buffer[] = [];
  #kind: NewBlock["kind"] = "text";
  #usage: Usage | null = null;

  constructor(context: Pick<AnswerContext, "timing">) {
    this.#context = context;
  }

  encode(event: CanonicalEvent): string | Buffer {
    switch (event.type) {
      case "start":
        return "";
      case "usage":
        this.#usage = event.usage;
        return "";
      case "ping":
        return heartbeatFrame;
      case "error":
        return encodeStreamError(event.code, event.message, "invoke");
      case "finish":
        this.#splitter.end();
        this.#finish(reasonOf(event.reason, event.stopSequence));
        break;
      case "text":
      case "refusal":
      case "reasoning":
      case "citation":
      case "toolStart":
      case "toolDelta":
      case "toolEnd":
        this.#splitter.take(event);
    }
    return Buffer.concat(this.#frames.splice(0));
  }

  open({ kind }: NewBlock): void {
    this.#kind = kind;
  }

  say(text: string): void {
    if (this.#kind !== "text") return;
    this.#frames.push(writeChunk(partJson(text, null, { input: null, output: null })));
  }

  sign(): void {
    // There is no word for it.
  }

  cite(): void {
    // Nor for this.
  }

  close(): void {
    // Blocks have no end here.
  }

  #finish(reason: string): void {
    const usage = this.#usage ?? noUsage;
    const last = partJson("", reason, { input: inputOf(usage), output: usage.output });
    this.#frames.push(writeChunk(withMetrics(last, this.#usage, this.#context.timing())));
  }
}

interface PartCounts {
  readonly input: number | null;
  readonly output: number | null;
}

const partJson = (text: string, reason: string | null, { input, output }: PartCounts): string =>
  JSON.stringify({
    outputText: text,
    index: 0,
    totalOutputTextTokenCount: output,
    completionReason: reason,
    inputTextTokenCount: input,
  });

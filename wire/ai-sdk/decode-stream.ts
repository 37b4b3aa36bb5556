import type { EventSink, StreamDecoder } from "../canonical/codec.ts";
import type { FaultRow } from "../canonical/fault-row.ts";
import type { ProviderFault } from "../canonical/provider-fault.ts";
import { isObject, type JsonObject } from "../field-rules.ts";
import { jsonOf } from "../framing/json-of.ts";
import { readFinishReason } from "./finish-reason.ts";
import { PartReader } from "./part-reader.ts";
import type { ProofSeal } from "./proof.ts";
import { readSaidError, silentFault } from "./provider-fault.ts";
import { cutAnswer, malformedAnswer, unknownFault } from "./retryable.data.ts";
import { describeError } from "./said-error.ts";
import { readUsage } from "./usage.ts";

/** The parts of a package's stream as events: each frame is one part as JSON. */
export class PartStreamDecoder implements StreamDecoder {
  readonly #sink: EventSink;
  readonly #reader: PartReader;
  #skipped = 0;
  #understood = 0;
  #isOver = false;

  constructor(sink: EventSink, seal: ProofSeal) {
    this.#sink = sink;
    this.#reader = new PartReader(sink, seal);
  }

  get skipped(): number {
    return this.#skipped;
  }

  frame(bytes: Buffer, start: number, end: number): void {
    if (this.#isOver) return;
    const part = jsonOf(bytes.subarray(start, end));
    if (!isObject(part)) {
      this.#skipped += 1;
      return;
    }
    switch (part["type"]) {
      case "stream-start":
        return;
      case "response-metadata":
        return this.#reader.start(part);
      case "error":
        return this.#fail(readSaidError(describeError(part["error"]), null));
      case "finish":
        return this.#finish(part);
      default:
        if (this.#reader.read(part)) this.#understood += 1;
        else this.#skipped += 1;
    }
  }

  end(): void {
    if (!this.#isOver) this.#wrong(this.#understood === 0 ? malformedAnswer : cutAnswer);
  }

  #finish({ finishReason, usage: said }: JsonObject): void {
    const reason = readFinishReason(finishReason);
    if (reason === "error") return this.#wrong(unknownFault);
    if (reason === "cut") return this.end();
    this.#isOver = true;
    this.#reader.start({});
    this.#reader.end();
    const usage = readUsage(said);
    if (usage !== null) this.#sink.event({ type: "usage", usage });
    const ended = reason === "stop" && this.#reader.calls > 0 ? "tool" : reason;
    this.#sink.event({ type: "finish", reason: ended, stopSequence: null });
  }

  #wrong(row: FaultRow): void {
    this.#fail(silentFault(row));
  }

  #fail({ code, message, retryAfterMs }: ProviderFault): void {
    this.#isOver = true;
    this.#sink.event({ type: "error", code, message, retryAfterMs });
  }
}

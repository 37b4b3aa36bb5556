import type { UpstreamHeaders } from "@sekisho/lib/http/upstream.ts";
import type { AttemptOutcome } from "../attempt.ts";
import type { AttemptInput, AttemptSink } from "../provider.ts";
import type { MeasuredUsage } from "../usage.ts";
import { isBrokenJson } from "./_broken-json.ts";
import { malformed } from "./_faults.ts";
import { nothingMeasured, unknownMeasured } from "./_measure.ts";
import type { AnswerReader } from "./http-attempt.ts";

/**
 * Appends the answer that these bytes are to the log, after `sink.committed()`, or says its fault.
 */
export type ReadWhole = (
  answer: WholeBody,
  input: AttemptInput,
  sink: AttemptSink,
) => AttemptOutcome;

/** Some dialects say in a header what others say in the body. */
export interface WholeBody {
  readonly bytes: Buffer;
  readonly headers: UpstreamHeaders;
}

/** A model's whole answer, as large as the largest request may be. */
export const answerBytesLimit = 32 * 1024 * 1024;

export interface WholeAnswerParts {
  readonly input: AttemptInput;
  readonly sink: AttemptSink;
  /** An answer of more bytes is a failure of its provider. */
  readonly limitBytes: number;
  /** What an answer of about so many bytes has cost whose provider did not hand it over whole. */
  readonly brokenOff: (bytes: number) => MeasuredUsage;
}

/** Collects an answer that is of use to nobody until it is whole. */
export class WholeAnswer implements AnswerReader {
  readonly contentCount = 0;
  readonly measuredIfEnded: MeasuredUsage = unknownMeasured;
  readonly #read: ReadWhole;
  readonly #parts: WholeAnswerParts;
  #pieces: Buffer[] = [];
  #bytes = 0;
  #headers: UpstreamHeaders | null = null;

  constructor(read: ReadWhole, parts: WholeAnswerParts) {
    this.#read = read;
    this.#parts = parts;
  }

  /** A head says that the answer is made: it is billed, however little of it comes (MON-16). */
  get measured(): MeasuredUsage {
    if (this.#headers === null) return nothingMeasured;
    const announced = Number(this.#headers["content-length"] ?? 0);
    return this.#parts.brokenOff(Math.max(this.#bytes, announced || 0));
  }

  head(headers: UpstreamHeaders): null {
    this.#headers = headers;
    return null;
  }

  bytes(bytes: Buffer): AttemptOutcome | null {
    this.#bytes += bytes.length;
    const { limitBytes } = this.#parts;
    if (this.#bytes > limitBytes) {
      this.#pieces = [];
      return malformed(`it is larger than ${limitBytes} bytes`, this.measured);
    }
    this.#pieces.push(bytes);
    return null;
  }

  end(): AttemptOutcome {
    const [first] = this.#pieces;
    const isOne = this.#pieces.length === 1 && first !== undefined;
    const bytes = isOne ? first : Buffer.concat(this.#pieces);
    const { input, sink } = this.#parts;
    const outcome = this.#read({ bytes, headers: this.#headers ?? {} }, input, sink);
    const isBroken = outcome.kind === "failed" && isBrokenJson(bytes);
    return isBroken ? { ...outcome, measured: this.measured } : outcome;
  }
}

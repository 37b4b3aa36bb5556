import type { Surface } from "@sekisho/gateway/request.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";

/** What every cell of the matrix asks. */
export interface FaultQuestion {
  readonly model: string;
  readonly text: string;
  /** A number of its own for each call: the provider's journal knows the call by it. */
  readonly maxTokens: number;
  readonly stream: boolean;
  /** The model must call `toolName`. */
  readonly tool: boolean;
}

/** A tool with one argument, in whose midst its JSON may stop. */
export const toolName = "find_title";
export const toolSchema = {
  type: "object",
  properties: { title: { type: "string" } },
  required: ["title"],
  additionalProperties: false,
} as const;

export interface ClientRequest {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: object;
}

/** What a 200 says, read to its last byte. */
export interface Told {
  /** What the model said, refusals included. */
  readonly text: string;
  /** The arguments of each tool that it calls, as they are written. */
  readonly calls: readonly string[];
  /** Every reason that is given for the end of the answer: a whole one has exactly one. */
  readonly reasons: readonly string[];
  /** How many events or documents end the answer: a whole one has exactly one, its last. */
  readonly ends: number;
  /** The error that the last event is, in the dialect's words. */
  readonly error: string | null;
}

/** An HTTP error as the dialect documents it. */
export interface ErrorWords {
  readonly status: number;
  readonly words: string;
}

/** One client dialect, spoken without a library: whatever bytes come are looked at. */
export interface FaultClient {
  readonly surface: Surface;
  request(question: FaultQuestion): ClientRequest;
  /** Throws when the body is not a whole answer's, or goes on behind its end. */
  readAnswer(body: Buffer): Told;
  /** Throws when an event is broken, or one stands behind the end or behind an error. */
  readStream(body: Buffer): Told;
  /** The words of an HTTP error. Throws when it is none of the dialect's. */
  readError(headers: Headers, body: Buffer): string;
  /** What an HTTP error of this code is. */
  errorOf(code: Code): ErrorWords;
  /** What an error of this code is in a stream. */
  streamErrorOf(code: Code): string;
}

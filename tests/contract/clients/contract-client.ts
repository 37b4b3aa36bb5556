import type { Surface } from "@sekisho/gateway/request.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";

/** A tool that a model may call, with its arguments as a JSON schema. */
export interface OfferedTool {
  readonly name: string;
  readonly description: string;
  readonly schema: ObjectSchema;
}

/** The few words of JSON Schema that every client's types accept. */
export interface ObjectSchema {
  readonly type: "object";
  readonly properties: Readonly<Record<string, { readonly type: "string" | "integer" }>>;
  readonly required: readonly string[];
  readonly additionalProperties: false;
}

export interface ToolCall {
  readonly id: string;
  readonly name: string;
  readonly input: unknown;
}

export type AskedPart =
  | { readonly kind: "text"; readonly text: string }
  /** What stands before it may be kept in the provider's cache. */
  | { readonly kind: "cachePoint" }
  | { readonly kind: "image"; readonly mediaType: "image/png"; readonly base64: string }
  | { readonly kind: "imageUrl"; readonly url: string }
  | { readonly kind: "documentUrl"; readonly url: string }
  | {
      readonly kind: "document";
      readonly mediaType: "application/pdf";
      readonly base64: string;
      readonly name: string;
    };

export type Turn =
  | { readonly by: "user"; readonly parts: readonly AskedPart[] }
  /** An earlier answer of the same client, handed back as the client had it. */
  | { readonly by: "model"; readonly answer: Answer }
  | {
      readonly by: "tools";
      readonly results: readonly ToolResult[];
    };

export interface ToolResult {
  readonly call: ToolCall;
  readonly text: string;
  /** A picture beside the text: a PNG in base64. */
  readonly image?: string;
}

/** When an answer is to end. */
export interface Ending {
  readonly maxTokens?: number;
  readonly stop?: readonly string[];
}

/** A question in no client's words: each driver writes it in those of its client. */
export interface Question {
  readonly model: string;
  readonly turns: readonly Turn[];
  readonly system?: string;
  readonly tools?: readonly OfferedTool[];
  readonly ending?: Ending;
  /** The answer is a JSON value of this schema. */
  readonly schema?: ObjectSchema;
  /** The model may think in so many tokens, and shows what it thought. */
  readonly thinkingTokens?: number;
  /** So many answers in one; the first is the one that is seen. */
  readonly choices?: number;
}

/** Input without what was read from and written to a cache; `null` where the client has no word. */
export interface SeenUsage {
  readonly input: number;
  readonly cacheRead: number;
  readonly cacheWrite: number | null;
  readonly output: number;
  readonly reasoning: number | null;
}

/** What a client made of an answer, whole or streamed. */
export interface Answer {
  readonly text: string;
  readonly toolCalls: readonly ToolCall[];
  /** The client's own word for why the answer ended. */
  readonly ended: string | null;
  readonly usage: SeenUsage | null;
  readonly reasoning: { readonly text: string; readonly isSigned: boolean } | null;
  /** The message as the client wants it back in the next turn. */
  readonly native: unknown;
}

/** An answer that is this call and nothing else. */
export const answerCalling = (call: ToolCall, native: unknown): Answer => ({
  text: "",
  toolCalls: [call],
  ended: null,
  usage: null,
  reasoning: null,
  native,
});

export interface Piece {
  readonly kind: "text" | "reasoning" | "tool";
  readonly text: string;
}

/** An error as a program that uses the client can tell it from others. */
export interface SeenFailure {
  /** The class of the error. */
  readonly name: string;
  readonly status: number | null;
  /** The dialect's type or exception, where the client hands it on. */
  readonly type: string | null;
  readonly message: string;
  /** A header of the answer, where the client hands them on; `undefined` where it does not. */
  readonly header: ((name: string) => string | null) | undefined;
}

/** Why an answer may end. */
export type EndReason = "stop" | "length" | "tool" | "sequence" | "filter";

/** What a client has no words for, so that nobody can ask for it by this client. */
export type Lack =
  | "thinking"
  | "cachePoint"
  | "imageUrl"
  | "documentUrl"
  | "toolImage"
  | "choices"
  /** Words that end an answer. */
  | "stop"
  /** It reads events of one line of data alone. */
  | "oddFraming"
  /** Nothing ends its wait for a whole answer. */
  | "leaving"
  | "key"
  | "pair";

/** A key, or a pair of access key and secret: whichever a client is not given, it lacks. */
export const lacksOf = (
  credential: "bearer" | "sigv4",
  ...others: readonly Lack[]
): ReadonlySet<Lack> => new Set([credential === "bearer" ? "pair" : "key", ...others]);

export interface AskOptions {
  readonly signal?: AbortSignal;
  readonly onPiece?: (piece: Piece) => void;
}

/**
 * An official client as it is on its registry. Only the address, the credential and the number of
 * retries are set.
 */
export interface ContractClient {
  readonly name: string;
  /** The gateway's surface that its requests arrive on. */
  readonly surface: Surface;
  /** The client's word for each reason. */
  readonly endings: Readonly<Record<EndReason, string>>;
  readonly lacks: ReadonlySet<Lack>;
  ask(question: Question, options?: AskOptions): Promise<Answer>;
  stream(question: Question, options?: AskOptions): Promise<Answer>;
  /** An answer that called this tool, as if the model had given it. */
  called(call: ToolCall): Answer;
  failureOf(error: unknown): SeenFailure;
  /** The class of its error for an answer of this status and type. */
  classOf(status: number, type: string | null): string;
  /** Its error for a stream that ends with this code. */
  streamErrorOf(code: Code): ExpectedError;
  close(): void;
}

export interface ExpectedError {
  /** The class. */
  readonly name: string;
  readonly type: string | null;
}

export interface AccessPair {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** Where a client goes, and what it shows there. */
export interface Access {
  readonly url: string;
  readonly key: string;
  readonly pair: AccessPair | null;
  readonly retries: number;
}

export type OpenClient = (access: Access) => ContractClient;

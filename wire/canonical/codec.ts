import type { Framer } from "../frame.ts";
import type { Parsed } from "../result.ts";
import type { Code } from "./codes.data.ts";
import { entryKind, type CanonicalEvent, type FinishReason } from "./event.ts";
import type { NativeWords } from "./native-words.ts";
import type { FromProvider, ProviderFault } from "./provider-fault.ts";
import type { ReadRequest } from "./read-request.ts";
import type { CanonicalRequest } from "./request.ts";
import type { StreamCut } from "./stream-cut.ts";
import type { Usage } from "./usage.ts";

/** What an encoder must know beside the events. */
export interface AnswerContext {
  /** The answer's id with the dialect's own prefix. */
  readonly id: string;
  /** As it stands in the head of the answer: some dialects repeat it in an error. */
  readonly requestId: string;
  /** Where the provider named none, or an answer ends that it did not begin. */
  readonly model: string;
  /** When the provider did not say. */
  readonly createdMs: number;
  /** Does the client want usage at the end of a stream? */
  readonly streamUsage: boolean;
  /** As `RequestFacts.nativeWords`: what an answer to a native body is written in. */
  readonly nativeWords?: NativeWords | null;
  /** Of the request, as an answer repeats it: members between the braces of an object. */
  readonly repeatedMembers?: () => string;
  /** What an answer says of itself that its client may ask for again; absent for others. */
  readonly kept?: KeptWords;
  /** How long the answer took; asked for no sooner than at its end. */
  readonly timing: () => AnswerTiming;
  /** Of the target that answered, as the configuration calls it; asked for at the end. */
  readonly region: () => string;
}

/** What an answer that is kept says of how it was asked for. */
export interface KeptWords {
  readonly isBackground: boolean;
  /** The id of the answer that it goes on from; null where it begins a conversation. */
  readonly previous: string | null;
}

/** Whole milliseconds since the request arrived. */
export interface AnswerTiming {
  readonly firstTokenMs: number;
  readonly latencyMs: number;
}

/**
 * Events of one answer to the bytes of one reader: a function of the events so far, nothing else.
 */
export interface EventEncoder {
  /** "" when the event has no bytes of its own. */
  encode(event: CanonicalEvent): string | Buffer;
}

export interface EventSink {
  event(event: CanonicalEvent): void;
}

/** Frames of a provider's stream to events. After `finish` or `error` it says nothing more. */
export interface StreamDecoder {
  /** Frames that could not be understood among good ones. */
  readonly skipped: number;
  /** As `StreamObserver.promptUsage`. */
  readonly promptUsage?: Usage | null;
  /** As `StreamObserver.countedTokens`. */
  readonly countedTokens?: number;
  frame(bytes: Buffer, start: number, end: number): void;
  /** The provider closed the stream: without its terminal event that is an error (WIR-5). */
  end(): void;
}

/** What a frame is to who passes it on: an entry of the log, or the end of the attempt. */
export const observedKind = { ...entryKind, error: 5, malformed: 6 } as const;
export type ObservedKind = (typeof observedKind)[keyof typeof observedKind];

/** Looks at frames that pass untouched; reads no more of them than it must. */
export interface StreamObserver {
  /** The last usage reported of an answer, once that counts its output. */
  readonly usage: Usage | null;
  /** What a provider tells of the prompt ahead of the answer: all but `output` is exact. */
  readonly promptUsage?: Usage | null;
  /** Output tokens that the provider has counted by now, where it counts on its way. */
  readonly countedTokens?: number;
  /** Why the answer ended; null while it has not. */
  readonly finish: FinishReason | null;
  /** UTF-8 bytes of what the model said so far, escapes included: never less than its tokens. */
  readonly outputBytes: number;
  /** What the provider said went wrong, once a frame of kind `error` was seen. */
  readonly fault: ProviderFault | null;
  observe(bytes: Buffer, start: number, end: number): ObservedKind;
}

/**
 * Told what proves whose reasoning an answer holds: a signature, or reasoning that is encrypted.
 */
export type ProofSink = (proof: string) => void;

/** A whole answer that passes untouched. */
export interface ObservedAnswer {
  readonly usage: Usage | null;
  readonly finish: FinishReason;
  /** As `StreamObserver.outputBytes`; asked for where no usage was reported. */
  readonly outputBytes: number;
  /** As `ProofSink` is told. */
  readonly proofs?: readonly string[];
}

/** Facts that travel with a failure to the client. */
export interface ErrorDetails {
  readonly param?: string | null;
  readonly retryAfterMs?: number | null;
  /** Overrides the table's answer to "should the client retry?". */
  readonly retryable?: boolean;
  /** Overrides the table's HTTP status. */
  readonly status?: number;
  readonly facts?: Readonly<Record<string, string | number>>;
  /** For dialects that repeat it in the body; its header is the edge's. */
  readonly requestId?: string;
}

export interface EncodedError {
  readonly status: number;
  /** Flat: name, value, name, value. */
  readonly headers: readonly string[];
  readonly body: string;
}

/** A header by its lower-case name. */
export type HeaderReader = (name: string) => string | undefined;

/**
 * What every dialect's folder offers to those who serve its clients. `Path` is what stands in the
 * path of its requests, `PathFacts` or nothing.
 */
export interface ClientCodec<Request extends ReadRequest, Path = void> {
  /** `query` as it stands in the URL: one dialect's clients put their key there. */
  readCredential(header: HeaderReader, query?: string): Parsed<string, CredentialCode>;
  readRequest(bytes: Buffer, path: Path): Parsed<Request>;
  encodeAnswer(events: readonly CanonicalEvent[], context: AnswerContext): string;
  streamEncoder(context: AnswerContext): EventEncoder;
  encodeError(code: Code, message: string, details?: ErrorDetails): EncodedError;
}

export type CredentialCode =
  | "missing_credential"
  | "invalid_credential"
  | "conflicting_credentials";

/** A request as it will be sent. */
export interface WrittenRequest {
  readonly bytes: Buffer;
  /** What was left out because it only tunes, as the client is told (WIR-13); each name once. */
  readonly dropped: readonly string[];
}

/** What every dialect's folder offers to those who call its providers. */
export interface ProviderCodec {
  /** `model` is the provider's name of it. */
  writeRequest(
    request: CanonicalRequest,
    model: string,
  ): Parsed<WrittenRequest, "unsupported_by_target">;
  /** What `content-type` of a stream begins with. */
  readonly streamContentType: string;
  /** What ends a stream of a server that closes after the reason; null where that is a cut. */
  readonly streamEnd: string | null;
  /** What ends a stream at our word, ahead of a frame of content; null where nothing does. */
  cutStream(cut: StreamCut): Buffer | null;
  framer(): Framer;
  streamDecoder(sink: EventSink): StreamDecoder;
  streamObserver(choices: number, proven?: ProofSink): StreamObserver;
  decodeAnswer(bytes: Buffer): FromProvider<readonly CanonicalEvent[]>;
  observeAnswer(bytes: Buffer, headers?: AnswerHeaders): FromProvider<ObservedAnswer>;
  /** Of the head of a whole answer that passes, what its client is told as well. */
  readonly passedHeaders?: readonly string[];
  readFault(answer: FaultyAnswer): ProviderFault;
}

/** Names in lower case. Some dialects say in a header what others say in the body. */
export type AnswerHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/** An answer that is none. `status` is null when the error came inside an answer. */
export interface FaultyAnswer {
  readonly status: number | null;
  readonly headers?: AnswerHeaders;
  readonly body: Buffer;
  readonly retryAfterMs: number | null;
}

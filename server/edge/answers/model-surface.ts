import type { Completion } from "@sekisho/gateway/answer.ts";
import type { Principal } from "@sekisho/gateway/principal.ts";
import type { AnyHead, CountHead, EmbeddingHead, SurfaceHead } from "@sekisho/gateway/request.ts";
import type { RequestHead } from "@sekisho/lib/http/exchange.ts";
import type { PathParameters } from "@sekisho/lib/http/router.ts";
import type { ClientCodec } from "@sekisho/wire/canonical/codec.ts";
import type { RateLevels } from "@sekisho/wire/canonical/rate-level.ts";
import type { ReadRequest } from "@sekisho/wire/canonical/read-request.ts";
import type { StreamWords } from "./stream-words.ts";

type Codec<Part extends keyof ClientCodec<ReadRequest>> = Pick<ClientCodec<ReadRequest>, Part>;

/** What all ways in have: a place in the gateway and the words of a dialect. */
export interface ClientSurface<Head extends AnyHead> {
  readonly name: Head["surface"];
  readonly codec: Codec<"readCredential" | "encodeError">;
  /** The header in which the dialect's clients look for the request's id. */
  readonly requestIdHeader: string;
  /** Flat: what rates leave, as the dialect's own service says it; none where it says nothing. */
  readonly rateHeaders?: (levels: RateLevels) => readonly string[];
  /** What the request says outside of its body. Throws Failure. */
  said(head: RequestHead, parameters: PathParameters): Head;
  /** Whose request it is though it shows no credential; null where that is nobody's. */
  readonly keyless?: (head: RequestHead) => Principal | null;
}

type CompletionHeaders = (
  completion: Pick<Completion, "headers" | "usage" | "timing">,
) => readonly string[];

/** What an answer is written with. */
export interface AnswerWords {
  readonly codec: Codec<"encodeAnswer" | "encodeError">;
  /** Before the id of an answer, as the dialect writes it: `chatcmpl-`. */
  readonly idPrefix: string;
  /** Flat: what the dialect tells in the head of a whole answer. */
  readonly completionHeaders?: CompletionHeaders;
  /** Null where every answer is whole. */
  readonly stream: StreamWords | null;
}

/** One way in whose answers can be recorded, and written out of the record. */
export type RecordedSurface<Head extends AnyHead> = ClientSurface<Head> & AnswerWords;

/** One way in for model requests. */
export type ModelSurface = RecordedSurface<SurfaceHead>;

/** One way in for counts of tokens. */
export interface CountingSurface extends ClientSurface<CountHead> {
  readonly encodeCount: (tokens: number) => string;
}

/** One way in for vectors. */
export type EmbeddingSurface = RecordedSurface<EmbeddingHead> & { readonly stream: null };

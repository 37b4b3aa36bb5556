import type { Surface, SurfaceHead } from "@sekisho/gateway/request.ts";
import type { RequestHead } from "@sekisho/lib/http/exchange.ts";
import type { PathParameters } from "@sekisho/lib/http/router.ts";
import type { ClientCodec } from "@sekisho/wire/canonical/codec.ts";
import type { ReadRequest } from "@sekisho/wire/canonical/read-request.ts";

/** One way in for model requests: its place in the gateway and its words. */
export interface ModelSurface {
  readonly name: Surface;
  readonly codec: Pick<
    ClientCodec<ReadRequest>,
    "readCredential" | "encodeAnswer" | "streamEncoder" | "encodeError"
  >;
  /** Before the id of an answer, as the dialect writes it: `chatcmpl-`. */
  readonly idPrefix: string;
  /** The header in which the dialect's clients look for the request's id. */
  readonly requestIdHeader: string;
  /** Flat: what stands in the head of a stream. */
  readonly streamHeaders: readonly string[];
  /** What the dialect's clients pass over. */
  readonly heartbeat: string | Buffer;
  /** What the request says outside of its body. Throws Failure. */
  said(head: RequestHead, parameters: PathParameters): SurfaceHead;
}

import { heartbeatFrame } from "@sekisho/wire/bedrock/encode-stream.ts";
import type { ClientCodec } from "@sekisho/wire/canonical/codec.ts";
import type { ReadRequest } from "@sekisho/wire/canonical/read-request.ts";
import { eventStreamHeaders, sseHeaders } from "./answer-headers.ts";

type Encoding = Pick<ClientCodec<ReadRequest>, "streamEncoder">;

/** How a surface writes streams. */
export interface StreamWords extends Encoding {
  /** Flat: what stands in the head of a stream. */
  readonly headers: readonly string[];
  /** Can its events carry their place in the answer (STR-5)? */
  readonly isNumbered: boolean;
  /** What the dialect's clients pass over. */
  readonly heartbeat: string | Buffer;
}

/** Server-sent events. */
export const sseWords = ({ streamEncoder }: Encoding): StreamWords => ({
  streamEncoder,
  headers: sseHeaders,
  isNumbered: true,
  heartbeat: ": ping\n\n",
});

/** Event streams as the AWS SDKs read them; `headers` stand beside those of each stream. */
export const eventStreamWords = (
  { streamEncoder }: Encoding,
  headers: readonly string[] = [],
): StreamWords => ({
  streamEncoder,
  headers: [...eventStreamHeaders, ...headers],
  isNumbered: false,
  heartbeat: heartbeatFrame,
});

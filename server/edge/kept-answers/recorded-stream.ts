import { readerOf } from "@sekisho/gateway/principal.ts";
import type { Call } from "@sekisho/gateway/call.ts";
import type { FoundStream } from "@sekisho/gateway/responses/found-stream.ts";
import type { LiveStream } from "@sekisho/gateway/responses/live-stream.ts";
import { NumberedWords } from "@sekisho/gateway/responses/numbered-words.ts";
import type { PumpLog } from "@sekisho/gateway/responses/pump.ts";
import { streamIdPrefix, type StreamPlace } from "@sekisho/gateway/responses/stream-place.ts";
import type { KeptFacts, StreamHead } from "@sekisho/gateway/responses/stream-store.ts";
import type { RunningCall } from "@sekisho/gateway/calls/running-call.ts";
import type { Streams } from "@sekisho/gateway/responses/streams.ts";
import type { RequestHead } from "@sekisho/lib/http/exchange.ts";
import type { AnswerContext } from "@sekisho/wire/canonical/codec.ts";
import type { ReadRequest } from "@sekisho/wire/canonical/read-request.ts";
import { entryKind } from "@sekisho/wire/canonical/event.ts";
import type { ModelSurface } from "../answers/model-surface.ts";
import { refusedHeader } from "../request-heads/refused-header.ts";
import type { StreamWords } from "../answers/stream-words.ts";

const resumableHeader = "x-sekisho-resumable";

/** Does the client want to come back to the answer (STR-2)? Throws Failure. */
export function asksToResume(head: RequestHead): boolean {
  const text = head.header(resumableHeader);
  if (text === undefined || text === "false") return false;
  if (text === "true") return true;
  throw refusedHeader(resumableHeader, text, '"true" or "false"');
}

/** By which a response's stream can be found again, on the head of its answer. */
export const streamHeaders = (id: string): readonly string[] => [
  "x-sekisho-stream",
  `${streamIdPrefix}${id}`,
];

/** Records the response of a call from its beginning. */
export function recordCall(
  streams: Streams,
  { call, response }: RunningCall,
  kept: KeptFacts | null = null,
): LiveStream {
  return streams.record(response, headOf(call, kept), call.principal.streamGraceMs);
}

/** What the response of a call is known by. */
export function headOf(
  { id, principal, attribution, request, arrivedWallMs }: Call,
  kept: KeptFacts | null = null,
): StreamHead {
  const read: ReadRequest = request.read;
  const { facts } = read;
  return {
    id,
    keyId: readerOf(principal),
    tenant: principal.tenant,
    // Vectors have no response.
    surface: request.surface as StreamHead["surface"],
    createdMs: arrivedWallMs,
    user: attribution.user,
    session: attribution.session,
    facts: {
      model: facts.model,
      streamUsage: facts.streamUsage,
      repeatedMembers: read.repeatedMembers?.() ?? "",
      isStored: kept !== null,
      ...(kept === null ? {} : { kept }),
      nativeWords: facts.nativeWords ?? null,
    },
  };
}

type Named = Pick<ModelSurface, "idPrefix">;

/** What the encoders of a response are told that is written out behind its call. */
export function contextOf(found: FoundStream, { idPrefix }: Named): AnswerContext {
  const { id, createdMs, facts } = found.head;
  return {
    id: `${idPrefix}${id}`,
    requestId: `req_${id}`,
    model: facts.model,
    createdMs,
    streamUsage: facts.streamUsage,
    nativeWords: facts.nativeWords ?? null,
    repeatedMembers: () => facts.repeatedMembers,
    ...(facts.kept === undefined ? {} : { kept: facts.kept }),
    timing: () => ({
      firstTokenMs: found.end?.firstTokenMs ?? 0,
      latencyMs: found.end?.latencyMs ?? 0,
    }),
    region: () => found.end?.region ?? "",
  };
}

export interface NumberedReading {
  readonly surface: Named;
  readonly words: StreamWords;
  readonly after: Pick<StreamPlace, "seq" | "parts"> | null;
  /** As `NumberedParts`. */
  readonly without?: number;
  readonly lost: () => void;
}

/** Kinds, as bits, that the client of a response did not ask for. */
export const hiddenOf = ({ head }: Pick<FoundStream, "head">): number =>
  head.facts.streamUsage ? 0 : 1 << entryKind.usage;

/** A response as events that carry their place. */
export const numberedLog = (found: FoundStream, reading: NumberedReading): PumpLog =>
  new NumberedWords(found.log, {
    id: found.head.id,
    epoch: found.epoch,
    encoder: () => reading.words.streamEncoder(contextOf(found, reading.surface)),
    after: reading.after,
    without: reading.without ?? 0,
    hidden: hiddenOf(found),
    isKept: () => found.live?.log.isKept ?? true,
    lost: reading.lost,
  });

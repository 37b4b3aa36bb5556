import type { Arrival } from "@sekisho/gateway/arrival.ts";
import type { Principal } from "@sekisho/gateway/principal.ts";
import type { RateStanding } from "@sekisho/gateway/rate-standing.ts";
import type { AnyHead } from "@sekisho/gateway/request.ts";
import { Failure } from "@sekisho/lib/failure/failure.ts";
import type { Exchange } from "@sekisho/lib/http/exchange.ts";
import type { PathParameters } from "@sekisho/lib/http/router.ts";
import { codes, type Code } from "@sekisho/wire/canonical/codes.data.ts";
import {
  attributionOf,
  criticalityOf,
  midStreamOf,
  requestTimeoutMs,
} from "../request-heads/attribution.ts";
import { saidCacheOf } from "../request-heads/cache-header.ts";
import { maxNanoUsdOf } from "../request-heads/max-cost.ts";
import { credentialOf } from "../request-heads/credential.ts";
import type { ClientSurface } from "../answers/model-surface.ts";

/** SEC-4: the largest body of a model request. */
export const modelBodyBytesLimit = 32 * 1024 * 1024;

/** The surface that was asked, and what stood in the path. */
export interface Asked<Surface> {
  readonly surface: Surface;
  readonly parameters: PathParameters;
}

export interface ArrivalPorts {
  readonly bodyBytesLimit: number;
  readonly isDraining: () => boolean;
}

interface Arriving {
  readonly id: string;
  /** Whose request it is, once that is proven. */
  readonly accepted: (principal: Principal) => void;
  /** What its rates leave it, for the head of the answer. */
  readonly rated: (standing: RateStanding) => void;
  readonly gone: () => AbortSignal;
}

/** A request as the gateway takes it. Throws Failure `draining`, or that of its credential. */
export function arrivalOf<Head extends AnyHead>(
  exchange: Exchange,
  { surface, parameters }: Asked<ClientSurface<Head>>,
  { id, accepted, rated, gone, bodyBytesLimit, isDraining }: ArrivalPorts & Arriving,
): Arrival<Head> {
  if (isDraining()) throw new Failure<Code>("draining", codes.draining.meaning);
  const { head } = exchange;
  const keyless = surface.keyless?.(head) ?? null;
  return {
    id,
    surface: surface.name,
    said: () => surface.said(head, parameters),
    credential: keyless === null ? credentialOf(head, surface.codec) : { principal: keyless },
    sender: head,
    attribution: () => attributionOf(head),
    timeoutMs: () => requestTimeoutMs(head),
    criticality: () => criticalityOf(head),
    maxNanoUsd: () => maxNanoUsdOf(head),
    midStream: () => midStreamOf(head),
    cache: () => saidCacheOf(head),
    connection: head.connection,
    rated,
    accepted(principal) {
      accepted(principal);
      exchange.trust();
    },
    body: () => exchange.body(bodyBytesLimit),
    isGone: () => exchange.isClosed,
    gone,
  };
}

import type { Arrival } from "@sekisho/gateway/arrival.ts";
import type { SaidCache } from "@sekisho/gateway/cache-policy.ts";
import type { Principal } from "@sekisho/gateway/principal.ts";
import type { AnyHead } from "@sekisho/gateway/request.ts";
import type { ClientDeparture } from "../edge/exchanges/client-departure.ts";
import type { AskedCall } from "./asked-call.ts";

export interface Arriving<Head extends AnyHead> {
  readonly principal: Principal;
  readonly departure: ClientDeparture;
  readonly said: Head;
}

/** What the stages are told of a call that comes through no connection. */
export const arrivalOf = <Head extends AnyHead>(
  id: string,
  { agent, session, body, signal, cacheTtl }: AskedCall,
  { principal, departure, said }: Arriving<Head>,
): Arrival<Head> => ({
  id,
  surface: said.surface,
  said: () => said,
  credential: { principal },
  sender: null,
  attribution: () => ({ user: null, session, agent }),
  timeoutMs: () => null,
  criticality: () => null,
  midStream: () => null,
  cache: () => saidCache(cacheTtl),
  connection: null,
  accepted() {},
  rated() {},
  body: () => Promise.resolve(body),
  isGone: () => signal?.aborted === true,
  gone: departure.signal,
});

function saidCache(ttlSeconds: number | null): SaidCache | null {
  if (ttlSeconds === null) return null;
  if (ttlSeconds === 0) return { kind: "no-store" };
  return { kind: "use", ttlMs: ttlSeconds * 1_000, isRefresh: false };
}

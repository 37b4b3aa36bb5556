import type { Principal } from "@sekisho/gateway/principal.ts";
import type { RateStanding } from "@sekisho/gateway/rate-standing.ts";
import type { AnyHead } from "@sekisho/gateway/request.ts";
import type { Failure } from "@sekisho/lib/failure/failure.ts";
import type { Exchange } from "@sekisho/lib/http/exchange.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import { requestHeaders } from "./answer-headers.ts";
import type { ClientSurface } from "./model-surface.ts";
import { budgetStatusOf } from "./budget-status.ts";
import { rateHeaders } from "./rate-headers.ts";

export interface RefusedRequest {
  /** `req_…` */
  readonly requestId: string;
  readonly failure: Failure<Code>;
  /** Flat: where the request had got to. */
  readonly served: readonly string[];
  /** Null while nobody knew who asks. */
  readonly standing: RateStanding | null;
  readonly principal: Pick<Principal, "budgetStatus"> | null;
}

/** Answers with a failure in the words of the surface; nothing to a client that has left. */
export function refuseRequest(
  exchange: Exchange,
  surface: Pick<ClientSurface<AnyHead>, "codec" | "requestIdHeader" | "rateHeaders">,
  { requestId, failure, served, standing, principal }: RefusedRequest,
): void {
  if (exchange.isClosed) return;
  const { code, message, details } = failure;
  const status = budgetStatusOf(principal, code);
  const error = surface.codec.encodeError(code, message, { ...details, ...status, requestId });
  const ids = requestHeaders(requestId, surface.requestIdHeader);
  const rates = rateHeaders(standing, surface);
  const headers = [...ids, ...rates, ...served, "x-sekisho-cause", code, ...error.headers];
  exchange.respond(error.status, headers, error.body);
}

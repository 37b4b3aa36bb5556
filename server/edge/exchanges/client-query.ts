import type { Keyring } from "@sekisho/gateway/identity/keyring.ts";
import type { Rates } from "@sekisho/gateway/limits/rates.ts";
import type { GatewayLog } from "@sekisho/gateway/observe/gateway-log.ts";
import type { Principal } from "@sekisho/gateway/principal.ts";
import type { Exchange } from "@sekisho/lib/http/exchange.ts";
import type { IdSource } from "@sekisho/lib/ids/id-source.ts";
import { problemContentType, problemOf } from "@sekisho/wire/admin/problem.ts";
import { messagesClient } from "@sekisho/wire/anthropic/codec.ts";
import { codes } from "@sekisho/wire/canonical/codes.data.ts";
import { requestHeaders } from "../answers/answer-headers.ts";
import { bodilessPrincipal } from "../request-heads/credential.ts";
import { readFailure } from "../answers/failure-reading.ts";

export interface ClientQueryPorts {
  readonly keyring: Keyring;
  readonly rates: Pick<Rates, "count">;
  readonly ids: IdSource;
  readonly log: GatewayLog;
}

/**
 * Answers what a client asks about itself: every key may, whatever surfaces it may call, at its
 * rate. `x-api-key` does as well as a bearer; errors are problem details.
 */
export function answerClient(
  exchange: Exchange,
  { keyring, rates, ids, log }: ClientQueryPorts,
  view: (principal: Principal) => object,
): void {
  const requestId = `req_${ids.newBody()}`;
  const headers = requestHeaders(requestId);
  try {
    const principal = bodilessPrincipal(exchange, messagesClient, keyring);
    const { connection } = exchange.head;
    rates.count({ principal, user: undefined, connection, model: undefined });
    const body = JSON.stringify(view(principal));
    exchange.respond(200, [...headers, "content-type", "application/json"], body);
  } catch (error) {
    const { code, message, details } = readFailure(error, log, requestId);
    const problem = problemOf(code, { detail: message, requestId, param: details.param });
    const body = JSON.stringify(problem);
    exchange.respond(codes[code].status, [...headers, "content-type", problemContentType], body);
  }
}

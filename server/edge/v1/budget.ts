import type { Budgets } from "@sekisho/gateway/budget/budgets.ts";
import type { Keyring } from "@sekisho/gateway/identity/keyring.ts";
import type { RequestRates } from "@sekisho/gateway/limits/request-rates.ts";
import type { GatewayLog } from "@sekisho/gateway/observe/gateway-log.ts";
import type { Exchange } from "@sekisho/lib/http/exchange.ts";
import type { IdSource } from "@sekisho/lib/ids/id-source.ts";
import { codes } from "@sekisho/wire/canonical/codes.data.ts";
import { problemContentType, problemOf } from "@sekisho/wire/admin/problem.ts";
import { messagesClient } from "@sekisho/wire/anthropic/codec.ts";
import { requestHeaders } from "../answer-headers.ts";
import { attributionOf } from "../attribution.ts";
import { clientBudgetView } from "../budget-view.ts";
import { bodilessPrincipal } from "../credential.ts";
import { readFailure } from "../failure-reading.ts";

export interface BudgetPorts {
  readonly keyring: Keyring;
  readonly rates: Pick<RequestRates, "admit">;
  readonly budgets: Pick<Budgets, "booksOf" | "requestLimit">;
  readonly ids: IdSource;
  readonly log: GatewayLog;
}

/**
 * `GET /v1/budget`: what a key may spend yet, for the user and the session that the request names.
 * Every key may ask, whatever surfaces it may call, at its rate; `x-api-key` does as well as a
 * bearer.
 */
export function getBudget(exchange: Exchange, ports: BudgetPorts): void {
  const { keyring, rates, budgets, ids, log } = ports;
  const requestId = `req_${ids.newBody()}`;
  const headers = requestHeaders(requestId);
  try {
    const principal = bodilessPrincipal(exchange.head, messagesClient, keyring);
    rates.admit(principal);
    const attribution = attributionOf(exchange.head);
    const books = budgets.booksOf({ principal, attribution });
    const view = clientBudgetView(books, budgets.requestLimit(principal));
    exchange.respond(200, [...headers, "content-type", "application/json"], JSON.stringify(view));
  } catch (error) {
    const { code, message, details } = readFailure(error, log, requestId);
    const problem = problemOf(code, { detail: message, requestId, param: details.param });
    const body = JSON.stringify(problem);
    exchange.respond(codes[code].status, [...headers, "content-type", problemContentType], body);
  }
}

import type { Budgets } from "@sekisho/gateway/budget/budgets.ts";
import { boundAttribution } from "@sekisho/gateway/identity/bound-attribution.ts";
import type { Exchange } from "@sekisho/lib/http/exchange.ts";
import { attributionOf } from "../request-heads/attribution.ts";
import { clientBudgetView } from "../views/budget-view.ts";
import { answerClient, type ClientQueryPorts } from "../exchanges/client-query.ts";

export interface BudgetPorts extends ClientQueryPorts {
  readonly budgets: Pick<Budgets, "booksOf" | "requestLimit">;
}

/**
 * `GET /v1/budget`: what a key may spend yet, for the user and the session that the request names.
 */
export function getBudget(exchange: Exchange, ports: BudgetPorts): void {
  const { budgets } = ports;
  answerClient(exchange, ports, (principal) => {
    const attribution = boundAttribution(principal, attributionOf(exchange.head));
    const books = budgets.booksOf({ principal, attribution });
    return clientBudgetView(books, budgets.requestLimit(principal));
  });
}

import type { Exchange } from "@sekisho/lib/http/exchange.ts";
import { problemContentType, problemOf } from "@sekisho/wire/admin/problem.ts";
import { codes } from "@sekisho/wire/canonical/codes.data.ts";
import { requestHeaders } from "../answers/answer-headers.ts";
import type { ClientQueryPorts } from "../exchanges/client-query.ts";
import { readFailure } from "../answers/failure-reading.ts";

/**
 * Answers on a surface of our own with `status` and what `view` resolves with, which nobody may
 * keep, or with the problem that it rejects with.
 */
export async function answerOwn(
  exchange: Exchange,
  { ids, log }: Pick<ClientQueryPorts, "ids" | "log">,
  { status, view }: { readonly status: number; readonly view: () => Promise<object> },
): Promise<void> {
  const requestId = `req_${ids.newBody()}`;
  const headers = [...requestHeaders(requestId), "cache-control", "no-store"];
  try {
    const body = JSON.stringify(await view());
    if (exchange.isClosed) return;
    exchange.respond(status, [...headers, "content-type", "application/json"], body);
  } catch (error) {
    const { code, message, details } = readFailure(error, log, requestId);
    if (exchange.isClosed) return;
    const problem = problemOf(code, { detail: message, requestId, param: details.param });
    const all = [...headers, "x-sekisho-cause", code, "content-type", problemContentType];
    exchange.respond(codes[code].status, all, JSON.stringify(problem));
  }
}

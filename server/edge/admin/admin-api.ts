import { Failure } from "@sekisho/lib/failure/failure.ts";
import type { Exchange } from "@sekisho/lib/http/exchange.ts";
import { Router } from "@sekisho/lib/http/router.ts";
import { parseNoQuery } from "@sekisho/wire/admin/no-query.ts";
import { problemContentType, problemOf } from "@sekisho/wire/admin/problem.ts";
import { codes, type Code } from "@sekisho/wire/canonical/codes.data.ts";
import type { AdminContext } from "./admin-context.ts";
import { parsed, type AdminAnswer, type AdminRoute } from "./admin-request.ts";
import { administratorOf } from "./signing-in/administrator.ts";
import { checkPermission } from "./reach/check-permission.ts";
import { adminRoutes } from "./routes.ts";

/**
 * Serves everything under `/admin/` (SEC-11): route, credential, permission, query, and only then
 * the body (SEC-3). Errors are problem details (RFC 9457).
 */
export class AdminApi {
  readonly #context: AdminContext;
  readonly #router: Router<AdminRoute>;

  constructor(context: AdminContext) {
    this.#context = context;
    this.#router = new Router(adminRoutes);
  }

  /** Answers the exchange. Never rejects. */
  async serve(exchange: Exchange): Promise<void> {
    const requestId = `req_${this.#context.ids.newBody()}`;
    try {
      await this.#context.catchUp?.();
      const answer = await this.#run(exchange, requestId);
      if (answer === null || exchange.isClosed) return;
      const { status, body, headers = [] } = answer;
      const own = ["content-type", "application/json", ...ownHeaders(requestId)];
      exchange.respond(status, [...own, ...headers], JSON.stringify(body));
    } catch (error) {
      const failure = this.#failureOf(error, requestId);
      if (!exchange.isClosed) refuse(exchange, failure, requestId);
    }
  }

  #run(exchange: Exchange, requestId: string): Promise<AdminAnswer | null> {
    const { method, path } = exchange.head;
    const match = this.#router.match(method, path);
    if (match.kind === "not_found") {
      throw new Failure<Code>(
        "not_found",
        `Cannot ${method} ${shown(path)}: nothing is served here`,
      );
    }
    if (match.kind === "method_not_allowed") {
      const allow = match.allow.join(", ");
      const message = `Cannot ${shown(method)} ${shown(path)}: it knows ${allow}`;
      throw new Failure<Code>("method_not_allowed", message, { facts: { allow } });
    }
    const request = { exchange, parameters: match.parameters, requestId };
    const { access, endpoint, query } = match.value;
    if (access === "open") {
      checkQuery(exchange, query);
      return endpoint(request, this.#context);
    }
    const administrator = administratorOf(exchange, this.#context);
    exchange.trust();
    checkPermission(administrator.staff, access);
    checkQuery(exchange, query);
    return endpoint({ ...request, ...administrator }, this.#context);
  }

  /** A failure of the table as it is; anything else is reported here and hidden from the client. */
  #failureOf(error: unknown, requestId: string): Failure<Code> {
    if (error instanceof Failure && isCode(error.code)) {
      if (codes[error.code].status >= 500) this.#context.failed(error, requestId);
      return new Failure<Code>(error.code, error.message, error.details, error);
    }
    this.#context.failed(error, requestId);
    return new Failure<Code>("internal", "Something went wrong inside the gateway", {}, error);
  }
}

/** Of an endpoint that reads no query, a parameter would do nothing in silence. Throws Failure. */
function checkQuery({ head }: Exchange, query: AdminRoute["query"]): void {
  if (query === "none") parsed(parseNoQuery(head.query));
}

const maxShownChars = 200;
const shown = (text: string): string => text.slice(0, maxShownChars);

const isCode = (code: string): code is Code => Object.hasOwn(codes, code);

/** Keys are shown in answers: no cache on the way may keep them. */
const ownHeaders = (requestId: string): readonly string[] => [
  "cache-control",
  "no-store",
  "x-sekisho-request-id",
  requestId,
];

const refuse = (
  exchange: Exchange,
  { code, message, details }: Failure<Code>,
  requestId: string,
) => {
  const problem = problemOf(code, { detail: message, requestId, param: details.param });
  const headers = ["content-type", problemContentType, ...ownHeaders(requestId)];
  headers.push("x-sekisho-cause", code);
  if (problem.status === 401) headers.push("www-authenticate", "Bearer");
  const allow = details.facts?.["allow"];
  if (allow !== undefined) headers.push("allow", String(allow));
  if (details.retryAfterMs !== undefined) {
    headers.push("retry-after", String(Math.ceil(details.retryAfterMs / 1000)));
  }
  exchange.respond(problem.status, headers, JSON.stringify(problem));
};

import { Failure } from "@sekisho/lib/failure/failure.ts";
import type { Exchange } from "@sekisho/lib/http/exchange.ts";
import { Router } from "@sekisho/lib/http/router.ts";
import { problemContentType, problemOf } from "@sekisho/wire/admin/problem.ts";
import { codes, type Code } from "@sekisho/wire/canonical/codes.data.ts";
import type { AdminContext } from "./admin-context.ts";
import type { AdminEndpoint } from "./admin-request.ts";
import { adminRoutes } from "./routes.ts";

const bearer = /^Bearer +(?<key>[\x21-\x7e]+) *$/i;

/**
 * Serves everything under `/admin/` (SEC-11): route, credential, role, and only then the body
 * (SEC-3). Errors are problem details (RFC 9457).
 */
export class AdminApi {
  readonly #context: AdminContext;
  readonly #router: Router<AdminEndpoint>;

  constructor(context: AdminContext) {
    this.#context = context;
    this.#router = new Router(adminRoutes);
  }

  /** Answers the exchange. Never rejects. */
  async serve(exchange: Exchange): Promise<void> {
    const requestId = `req_${this.#context.ids.newBody()}`;
    try {
      const { status, body } = await this.#run(exchange, requestId);
      const headers = ["content-type", "application/json", ...ownHeaders(requestId)];
      if (!exchange.isClosed) exchange.respond(status, headers, JSON.stringify(body));
    } catch (error) {
      const failure = this.#failureOf(error, requestId);
      if (!exchange.isClosed) refuse(exchange, failure, requestId);
    }
  }

  #run(exchange: Exchange, requestId: string) {
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
    const by = this.#authenticate(exchange);
    const request = { exchange, parameters: match.parameters, requestId, by };
    return match.value(request, this.#context);
  }

  /** The id of the admin key that the request bears. */
  #authenticate(exchange: Exchange): string {
    const { head } = exchange;
    const header = head.header("authorization");
    const key = bearer.exec(header ?? "")?.groups?.["key"];
    if (key === undefined) {
      const why = header === undefined ? "no key was sent" : "the key is no Bearer token";
      const message = `Cannot use the admin API: ${why}; send Authorization: Bearer ska_…`;
      throw new Failure<Code>("missing_credential", message);
    }
    const principal = this.#context.keyring.authenticate(key);
    if (principal.role !== "admin") {
      const why = `key ${principal.keyId} is no admin key`;
      throw new Failure<Code>("forbidden", `Cannot use the admin API: ${why}`);
    }
    exchange.trust();
    return principal.keyId;
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

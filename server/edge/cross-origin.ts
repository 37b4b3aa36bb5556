import type { KnownOrigins } from "@sekisho/gateway/identity/key-limits.ts";
import type { Exchange, ExchangeObserver, RequestHead } from "@sekisho/lib/http/exchange.ts";

/** What pages may send beside what browsers let them send anyway. */
const headersAllowed: readonly string[] = [
  "accept",
  "api-key",
  "authorization",
  "content-type",
  "idempotency-key",
  "last-event-id",
  "x-api-key",
  "x-goog-api-key",
];
const prefixesAllowed = ["anthropic-", "openai-", "x-sekisho-", "x-stainless-", "x-goog-api-"];

/** What pages may read of an answer beside its body. */
export const exposedHeaders: readonly string[] = [
  "x-request-id",
  "request-id",
  "x-sekisho-request-id",
  "x-sekisho-cause",
  "x-sekisho-attempts",
  "x-sekisho-model",
  "x-sekisho-provider",
  "x-sekisho-region",
  "x-sekisho-stream",
  "x-sekisho-dropped",
  "x-sekisho-replayed",
  "x-sekisho-first-request-id",
  "x-sekisho-history",
  "x-sekisho-summary-request-id",
  "x-sekisho-cost-nano-usd",
  "x-sekisho-arm",
  "x-sekisho-cache",
  "x-sekisho-cache-age",
  "x-sekisho-cache-key",
  "x-sekisho-cache-similarity",
  "x-sekisho-token-count",
  "x-should-retry",
  "retry-after",
  "ratelimit",
  "ratelimit-policy",
];

const exposed = exposedHeaders.join(", ");

/** What browsers may call: not figures of operators, test endpoints, admin API or console. */
const clientPath = /^\/(?:v1|v1beta|openai|anthropic|model|chat)(?:\/|$)/;

const methods = "GET, POST, DELETE";

/** So long a browser does not ask again. */
const maxAgeS = "600";

/** A name of a header is no longer, and a page sends no more of them. */
const maxAskedChars = 2_048;

/**
 * Pages of other origins (SEC-19). Whether a page may use its key is the key's matter and is asked
 * where the key is proven; here browsers are told of which pages some key is.
 */
export class CrossOrigin {
  readonly #origins: KnownOrigins;

  constructor(origins: KnownOrigins) {
    this.#origins = origins;
  }

  /** Answers a browser that asks before it sends; false for what is no such question. */
  answers(exchange: Exchange): boolean {
    const { head } = exchange;
    if (head.method !== "OPTIONS") return false;
    const origin = head.header("origin");
    if (origin === undefined) return false;
    if (!clientPath.test(head.path)) return false;
    if (head.header("access-control-request-method") === undefined) return false;
    const isKnown = this.#origins.has(origin);
    exchange.respond(isKnown ? 204 : 403, isKnown ? preflight(origin, head) : vary, "");
    return true;
  }

  /** The exchange to serve: answers to pages of known origins say that the page may read them. */
  told(exchange: Exchange): Exchange {
    if (this.#origins.size === 0) return exchange;
    const { head } = exchange;
    const origin = head.header("origin");
    if (origin === undefined || !clientPath.test(head.path)) return exchange;
    if (!this.#origins.has(origin)) return exchange;
    return new ToldExchange(exchange, [
      ...vary,
      "access-control-allow-origin",
      origin,
      "access-control-expose-headers",
      exposed,
    ]);
  }
}

const vary = ["vary", "origin"];

const mayBeSent = (name: string): boolean =>
  headersAllowed.includes(name) || prefixesAllowed.some((prefix) => name.startsWith(prefix));

function preflight(origin: string, head: RequestHead): string[] {
  const asked = (head.header("access-control-request-headers") ?? "").slice(0, maxAskedChars);
  const names = asked.split(",").map((name) => name.trim().toLowerCase());
  const allowed = names.filter((name) => /^[a-z0-9-]+$/.test(name) && mayBeSent(name));
  return [
    ...vary,
    "access-control-allow-origin",
    origin,
    "access-control-allow-methods",
    methods,
    "access-control-allow-headers",
    allowed.join(", "),
    "access-control-max-age",
    maxAgeS,
  ];
}

/** An exchange whose answers have headers more. */
class ToldExchange implements Exchange {
  readonly #inner: Exchange;
  readonly #headers: readonly string[];

  constructor(inner: Exchange, headers: readonly string[]) {
    this.#inner = inner;
    this.#headers = headers;
  }

  get head(): RequestHead {
    return this.#inner.head;
  }

  get bufferedBytes(): number {
    return this.#inner.bufferedBytes;
  }

  get isClosed(): boolean {
    return this.#inner.isClosed;
  }

  observe(observer: ExchangeObserver): void {
    this.#inner.observe(observer);
  }

  trust(): void {
    this.#inner.trust();
  }

  body(limitBytes: number): Promise<Buffer> {
    return this.#inner.body(limitBytes);
  }

  respond(status: number, headers: readonly string[], body: Uint8Array | string): void {
    this.#inner.respond(status, [...headers, ...this.#headers], body);
  }

  start(status: number, headers: readonly string[]): void {
    this.#inner.start(status, [...headers, ...this.#headers]);
  }

  flushHead(): void {
    this.#inner.flushHead();
  }

  write(bytes: Uint8Array | string): boolean {
    return this.#inner.write(bytes);
  }

  end(): void {
    this.#inner.end();
  }

  destroy(): void {
    this.#inner.destroy();
  }
}

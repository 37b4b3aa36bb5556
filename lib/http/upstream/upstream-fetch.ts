import { Failure } from "../../failure/failure.ts";
import type {
  Upstream,
  UpstreamCall,
  UpstreamFailureCode,
  UpstreamHandler,
  UpstreamHeaders,
  UpstreamRequest,
} from "../upstream.ts";

/** What libraries take in place of the global one. */
export type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>;

export interface UpstreamFetchParts {
  readonly upstream: Upstream;
  /** The one origin that may be called; null for any over TLS. */
  readonly origin: string | null;
}

/** Bytes that wait for their reader before the upstream is paused. */
const unreadBytes = 65_536;

/**
 * `fetch` over an `Upstream`: its connections, its limits and its failures, which it rejects with
 * as they are. No redirect is followed, no content coding asked for or accepted, and nothing is
 * called but `origin`.
 */
export const fetchOver =
  ({ upstream, origin }: UpstreamFetchParts): Fetch =>
  async (input, init) => {
    const request = new Request(input, init);
    const url = new URL(request.url);
    if (origin === null ? url.protocol !== "https:" : url.origin !== origin) {
      throw new Failure<UpstreamFailureCode>("connect_failed", foreign(url.origin, origin));
    }
    // Not the request's own signal: that follows no longer than somebody holds the request.
    const signal = init?.signal ?? (input instanceof Request ? input.signal : null);
    const exchange = new FetchExchange(signal);
    const asked = await upstreamRequest(request, url);
    return await exchange.of(upstream, asked);
  };

const foreign = (called: string, origin: string | null): string =>
  `Cannot call ${called}: only ${origin ?? "https"} may be called`;

const methods: ReadonlySet<string> = new Set<UpstreamRequest["method"]>(["GET", "POST", "DELETE"]);

const isMethod = (method: string): method is UpstreamRequest["method"] => methods.has(method);

/** The upstream's own, and what belongs to one connection. */
const ownHeaders: ReadonlySet<string> = new Set([
  "accept-encoding",
  "connection",
  "content-length",
  "expect",
  "host",
  "keep-alive",
  "te",
  "transfer-encoding",
  "upgrade",
]);

async function upstreamRequest(request: Request, url: URL): Promise<UpstreamRequest> {
  const { method } = request;
  if (!isMethod(method)) throw new TypeError(`Cannot send ${method}: it is not GET, POST, DELETE`);
  const headers = ["accept-encoding", "identity"];
  for (const [name, value] of request.headers) {
    if (!ownHeaders.has(name)) headers.push(name, value);
  }
  const body = request.body === null ? null : new Uint8Array(await request.arrayBuffer());
  return { origin: url.origin, method, path: url.pathname + url.search, headers, body };
}

/** One call: the upstream's handler on one side, a `Response` on the other. */
class FetchExchange implements UpstreamHandler {
  readonly #signal: AbortSignal | null;
  readonly #answer = Promise.withResolvers<Response>();
  readonly #leave = (): void => this.#call?.abort();
  #call: UpstreamCall | null = null;
  #body: ReadableStreamDefaultController<Uint8Array> | null = null;
  #isOver = false;

  constructor(signal: AbortSignal | null) {
    this.#signal = signal;
  }

  of(upstream: Upstream, request: UpstreamRequest): Promise<Response> {
    this.#signal?.throwIfAborted();
    this.#call = upstream.dispatch(request, this);
    this.#signal?.addEventListener("abort", this.#leave, { once: true });
    return this.#answer.promise;
  }

  onHead(status: number, headers: UpstreamHeaders): void {
    const coding = headers["content-encoding"] ?? "identity";
    if (coding !== "identity" || status > 599) {
      return this.#refuse(new Failure("upstream_malformed", "Cannot read an answer so coded"));
    }
    const hasNoBody = status === 204 || status === 205 || status === 304;
    const body = hasNoBody ? null : this.#stream();
    this.#answer.resolve(new Response(body, { status, headers: pairsOf(headers) }));
  }

  onBytes(bytes: Buffer): void {
    if (this.#isOver || this.#body === null) return;
    this.#body.enqueue(bytes);
    if ((this.#body.desiredSize ?? 0) <= 0) this.#call?.pause();
  }

  onEnd(): void {
    if (!this.#isOver) this.#body?.close();
    this.#end();
  }

  onFailure(failure: Failure<UpstreamFailureCode>): void {
    this.#fail(this.#signal?.aborted === true ? this.#signal.reason : failure);
  }

  #stream(): ReadableStream<Uint8Array> {
    // oxlint-disable-next-line no-restricted-globals -- a Response has no other body that waits
    return new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#body = controller;
        },
        pull: () => this.#call?.resume(),
        cancel: () => {
          this.#end();
          this.#call?.abort();
        },
      },
      { highWaterMark: unreadBytes, size: (bytes) => bytes?.byteLength ?? 0 },
    );
  }

  #refuse(failure: Failure<UpstreamFailureCode>): void {
    this.#fail(failure);
    this.#call?.abort();
  }

  #fail(reason: unknown): void {
    if (this.#isOver) return;
    this.#answer.reject(reason);
    this.#body?.error(reason);
    this.#end();
  }

  #end(): void {
    this.#isOver = true;
    this.#signal?.removeEventListener("abort", this.#leave);
  }
}

function pairsOf(headers: UpstreamHeaders): [string, string][] {
  return Object.entries(headers).flatMap(([name, value]) => {
    if (value === undefined) return [];
    const values = typeof value === "string" ? [value] : value;
    return values.map((each): [string, string] => [name, each]);
  });
}

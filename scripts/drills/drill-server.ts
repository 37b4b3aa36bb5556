import type {
  CircuitStatusView,
  EndpointView,
  LoadBalancerView,
  UpstreamCallsView,
} from "@sekisho/wire/chat/test-views.ts";
import { DrillFailure } from "./drill-failure.ts";

/** Null where the server wants none. */
export interface DrillKeys {
  readonly client: string | null;
  readonly admin: string | null;
}

/** What came of one call to `POST /chat`. */
export interface ChatAnswer {
  /** 0 when no answer came. */
  readonly status: number;
  /** Who served it; null where nobody did. */
  readonly region: string | null;
  readonly attempts: number;
  readonly retryAfterS: number | null;
  readonly detail: string | null;
  readonly tookMs: number;
}

const question = JSON.stringify({ content: "Recommend a manga." });
const answerWithinMs = 60_000;
const statusWithinMs = 10_000;

/** A running server, as drills see it: the chat service and the test endpoints. */
export class DrillServer {
  readonly url: string;
  readonly #keys: DrillKeys;

  private constructor(url: string, keys: DrillKeys) {
    this.url = url;
    this.#keys = keys;
  }

  /** Throws DrillFailure unless a server with test endpoints and a chat service answers there. */
  static async connect(url: string, keys: DrillKeys): Promise<DrillServer> {
    const server = new DrillServer(url.replace(/\/+$/, ""), keys);
    await server.circuit();
    // Answers 404 where the service has no model to call.
    await server.balance();
    return server;
  }

  circuit = (): Promise<CircuitStatusView> => this.#ask("GET", "circuit-status");

  balance = (): Promise<LoadBalancerView> => this.#ask("GET", "load-balancer-status");

  /** The regions that the chat service is balanced over. */
  async endpoints(): Promise<readonly EndpointView[]> {
    return (await this.balance()).endpoints;
  }

  enableFailures = (order: object = {}): Promise<unknown> =>
    this.#ask("POST", "enable-failures", order);

  /** Without `reset` circuits find out by themselves that calls succeed again. */
  disableFailures = (options: { readonly reset: boolean }): Promise<unknown> =>
    this.#ask("POST", "disable-failures", options);

  /** Calls that the simulated providers have received so far. */
  async received(): Promise<number> {
    const { received } = await this.#ask<UpstreamCallsView>("GET", "upstream-calls");
    return received;
  }

  /** Never rejects: a call that fails is what drills are about. */
  async chat(): Promise<ChatAnswer> {
    const startedMs = performance.now();
    try {
      const response = await fetch(`${this.url}/chat`, {
        method: "POST",
        headers: { "content-type": "application/json", ...bearer(this.#keys.client) },
        body: question,
        signal: AbortSignal.timeout(answerWithinMs),
      });
      return await readAnswer(response, startedMs);
    } catch (error) {
      return {
        status: 0,
        region: null,
        attempts: 0,
        retryAfterS: null,
        detail: error instanceof Error ? error.message : "unknown",
        tookMs: performance.now() - startedMs,
      };
    }
  }

  async #ask<View>(method: string, endpoint: string, body?: object): Promise<View> {
    const path = `/test/${endpoint}`;
    let response: Response;
    try {
      response = await fetch(`${this.url}${path}`, {
        method,
        headers: bearer(this.#keys.admin),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(statusWithinMs),
      });
    } catch (cause) {
      throw new DrillFailure(
        `Cannot reach ${this.url}: no server answers there. ` +
          "`npm start` starts one, and --own starts one for this drill alone",
        { cause },
      );
    }
    const text = await response.text();
    if (response.ok) {
      // The server's own answer, of the shape that it shares with us.
      return JSON.parse(text) as View;
    }
    throw new DrillFailure(`Cannot drill ${this.url}: ${refusal(endpoint, response.status, text)}`);
  }
}

const bearer = (key: string | null): Record<string, string> =>
  key === null ? {} : { authorization: `Bearer ${key}` };

async function readAnswer(response: Response, startedMs: number): Promise<ChatAnswer> {
  const body: unknown = await response.json();
  const { region, detail } = Object(body);
  const retryAfter = response.headers.get("retry-after");
  return {
    status: response.status,
    region: typeof region === "string" ? region : null,
    attempts: Number(response.headers.get("x-sekisho-attempts") ?? 0),
    retryAfterS: retryAfter === null ? null : Number(retryAfter),
    detail: typeof detail === "string" ? detail : null,
    tookMs: performance.now() - startedMs,
  };
}

function refusal(endpoint: string, status: number, text: string): string {
  switch (status) {
    case 401:
    case 403:
      return "it wants an admin key; use --admin-key or SEKISHO_ADMIN_KEY";
    case 404:
      // Asked first: whoever serves it serves the others too.
      return endpoint === "circuit-status"
        ? "it serves no test endpoints; features.testEndpoints turns them on"
        : "its chat service has no model: its configuration has none that chat.model names";
    default:
      return `it answers ${status} ${text.slice(0, 200)}`;
  }
}

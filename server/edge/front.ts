import type { Exchange, RequestHead } from "@sekisho/lib/http/exchange.ts";
import type { RefusalAnswer, Refusal } from "@sekisho/lib/http/refusal.ts";
import type { Upgrade } from "@sekisho/lib/http/websocket/upgrade.ts";
import { Router, type PathParameters, type Route } from "@sekisho/lib/http/router.ts";
import { codes, type Code } from "@sekisho/wire/canonical/codes.data.ts";
import type { EncodedError } from "@sekisho/wire/canonical/codec.ts";
import { requestHeaders } from "./answers/answer-headers.ts";
import type { CrossOrigin } from "./cross-origin.ts";
import { isConsolePath } from "./console/pages.ts";

/** Serves one endpoint. A promise that rejects is a defect: handlers answer their own failures. */
export type Handler = (exchange: Exchange, parameters: PathParameters) => void | Promise<void>;

export interface FrontOptions {
  readonly routes: readonly Route<Handler>[];
  /** Serves everything under `/admin/`; null where the admin API is not to be reached. */
  readonly admin: Handler | null;
  /** Serves `/console` and what is below it; null where there is no console. */
  readonly console: Handler | null;
  /** Finds out about a credential what takes a while; null when there is nothing to wait for. */
  introduce(head: RequestHead): Promise<void> | null;
  /** What pages of other origins are told; null: nothing. */
  readonly crossOrigin: CrossOrigin | null;
  /** The shape of an error under this path, before anybody has looked at the request. */
  encodeError(path: string, code: Code, message: string): EncodedError;
  /** Counts and logs a request that nobody serves, and gives it its id. */
  refused(code: Code): string;
  /** Opens a session over WebSocket; null where there are none. */
  readonly sessions: { take(upgrade: Upgrade): boolean } | null;
  /** A handler threw what it should have answered. */
  onDefect(error: unknown, exchange: Exchange): void;
}

/** Where sessions over WebSocket are opened. */
const sessionPath = "/v1/stream";

/** Parts of OpenAI's API that are out of scope, by the first segments of their paths (WIR-14). */
const unsupported = [
  "/v1/images",
  "/v1/audio",
  "/v1/realtime",
  "/v1/fine_tuning",
  "/v1/assistants",
];

/** Below the responses, whatever the method. */
const kept = "answers that are kept are at /v1/responses/{id}, and made by POST /v1/responses";

/** What clients ask for that are set up as their documentation says, and what they want instead. */
const hints: readonly (readonly [prefix: string, code: Code, hint: string])[] = [
  ["/v1/responses", "unsupported_surface", kept],
  ["/openai/v1/responses", "unsupported_surface", kept],
  ["/chat/completions", "not_found", "the base URL of OpenAI's clients ends in /v1"],
  ["/responses", "not_found", "the base URL of OpenAI's clients ends in /v1"],
  ["/messages", "not_found", "the base URL of this client ends in /v1"],
  ["/v1/v1/messages", "not_found", "the base URL of Anthropic's clients ends before /v1"],
];

/** What OpenAI's clients ask of a response has its name where an id may stand. */
const namedAsId = /\/v1\/responses\/(?:compact|input_tokens)$/;

/** The door of one listener: finds who serves a request, or says why nobody does. */
export class Front {
  readonly #options: FrontOptions;
  readonly #router: Router<Handler>;

  constructor(options: FrontOptions) {
    this.#options = options;
    this.#router = new Router(options.routes);
  }

  readonly handle = (exchange: Exchange): void => {
    const introduced = this.#options.introduce(exchange.head);
    if (introduced === null) return this.#enter(exchange);
    const enter = (): void => (exchange.isClosed ? undefined : this.#enter(exchange));
    introduced.then(enter).catch((error: unknown) => this.#options.onDefect(error, exchange));
  };

  /** Somebody wants to speak WebSocket: on one path they may. */
  readonly upgrade = (upgrade: Upgrade): void => {
    const { path } = upgrade.head;
    const { sessions } = this.#options;
    if (sessions === null || path !== sessionPath) {
      const message = `Cannot open a session on ${shown(path)}: nothing is served there`;
      return upgrade.refuse(this.#refusal(path, "not_found", message));
    }
    if (sessions.take(upgrade)) return;
    upgrade.refuse(this.#refusal(path, "overloaded", "Cannot open a session: there is no room"));
  };

  /** Words for what the listener refuses before it knows a path. */
  readonly answerRefusal = (refusal: Refusal, exchange: Exchange | null): RefusalAnswer => {
    const path = exchange?.head.path ?? "/v1";
    return this.#refusal(path, refusal.code, refusal.message);
  };

  #enter(exchange: Exchange): void {
    const { path } = exchange.head;
    const { admin, console, crossOrigin } = this.#options;
    if (admin !== null && path.startsWith("/admin/")) return this.#serve(exchange, admin, {});
    if (console !== null && isConsolePath(path)) return this.#serve(exchange, console, {});
    if (crossOrigin?.answers(exchange) === true) return;
    this.#route(crossOrigin?.told(exchange) ?? exchange);
  }

  #route(exchange: Exchange): void {
    const { method, path } = exchange.head;
    const match = this.#router.match(method, path);
    switch (match.kind) {
      case "found":
        return this.#serve(exchange, match.value, match.parameters);
      case "method_not_allowed": {
        if (namedAsId.test(path)) return this.#refuse(exchange, absence(method, path));
        const allow = match.allow.join(", ");
        const message = `Cannot ${shown(method)} ${shown(path)}: allowed are ${allow}`;
        return this.#refuse(exchange, { code: "method_not_allowed", message, allow });
      }
      case "not_found":
        return this.#refuse(exchange, absence(method, path));
    }
  }

  #serve(exchange: Exchange, handler: Handler, parameters: PathParameters): void {
    try {
      const served = handler(exchange, parameters);
      if (served instanceof Promise) {
        served.catch((error: unknown) => this.#options.onDefect(error, exchange));
      }
    } catch (error) {
      this.#options.onDefect(error, exchange);
    }
  }

  #refusal(path: string, code: Code, message: string): EncodedError {
    const requestId = this.#options.refused(code);
    const error = this.#options.encodeError(path, code, message);
    const headers = [...requestHeaders(requestId), "x-sekisho-cause", code, ...error.headers];
    return { ...error, headers };
  }

  #refuse(
    exchange: Exchange,
    {
      code,
      message,
      allow,
    }: { readonly code: Code; readonly message: string; readonly allow?: string },
  ): void {
    const error = this.#refusal(exchange.head.path, code, message);
    const headers = allow === undefined ? error.headers : ["allow", allow, ...error.headers];
    exchange.respond(error.status, headers, error.body);
  }
}

/** What of a request may stand in a message: it is the client's own, and bounded. */
const shown = (text: string): string => text.slice(0, 200);

function absence(method: string, path: string): { readonly code: Code; readonly message: string } {
  if (unsupported.some((prefix) => path === prefix || path.startsWith(`${prefix}/`))) {
    return { code: "unsupported_surface", message: codes.unsupported_surface.meaning };
  }
  const known = hints.find(([prefix]) => path === prefix || path.startsWith(`${prefix}/`));
  const [, code, hint] = known ?? ["", "not_found" as const, "nothing is served there"];
  return { code, message: `Cannot ${shown(method)} ${shown(path)}: ${hint}` };
}

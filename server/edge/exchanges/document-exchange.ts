import type { Served } from "@sekisho/gateway/answer.ts";
import type { Arrival } from "@sekisho/gateway/arrival.ts";
import type { GatewayLog } from "@sekisho/gateway/observe/gateway-log.ts";
import type { RequestRefused } from "@sekisho/gateway/observe/request-refused.ts";
import type { Principal } from "@sekisho/gateway/principal.ts";
import type { RateStanding } from "@sekisho/gateway/rate-standing.ts";
import type { AnyHead } from "@sekisho/gateway/request.ts";
import type { Failure } from "@sekisho/lib/failure/failure.ts";
import type { Exchange, ExchangeObserver } from "@sekisho/lib/http/exchange.ts";
import type { IdSource } from "@sekisho/lib/ids/id-source.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import { requestHeaders, servedHeaders } from "../answers/answer-headers.ts";
import { arrivalOf, type ArrivalPorts, type Asked } from "./arrival.ts";
import { ClientDeparture } from "./client-departure.ts";
import { readFailure } from "../answers/failure-reading.ts";
import type { ClientSurface } from "../answers/model-surface.ts";
import { rateHeaders } from "../answers/rate-headers.ts";
import { refuseRequest } from "../answers/refuse-request.ts";

export interface DocumentPorts extends ArrivalPorts {
  readonly ids: IdSource;
  readonly log: GatewayLog;
  readonly refused: RequestRefused;
}

/** What became of a request whose answer is one document of JSON, or none. */
export type DocumentOutcome =
  | {
      readonly kind: "answered";
      readonly body: Buffer | string;
      /** Flat: of this answer alone. */
      readonly headers: readonly string[];
      /** To be called when the body is no longer held; null where nobody waits for its room. */
      readonly release: (() => void) | null;
    }
  | {
      readonly kind: "failed";
      readonly failure: Failure<Code>;
      /** Who was asked last, null when nobody was. */
      readonly served: Served | null;
    };

/** A way in whose answers are whole, and what makes them. */
export interface DocumentCall<Head extends AnyHead> {
  readonly asked: Asked<ClientSurface<Head>>;
  /** Throws Failure when a stage refuses; that is told as the refusal of the request. */
  readonly answer: (arrival: Arrival<Head>) => Promise<DocumentOutcome>;
}

/** A request on its way through HTTP whose answer is whole or none: a count, or vectors. */
export class DocumentExchange<Head extends AnyHead> implements ExchangeObserver {
  readonly #exchange: Exchange;
  readonly #call: DocumentCall<Head>;
  readonly #ports: DocumentPorts;
  readonly #id: string;
  readonly #departure = new ClientDeparture();
  #principal: Principal | null = null;
  #standing: RateStanding | null = null;
  #release: (() => void) | null = null;

  constructor(exchange: Exchange, call: DocumentCall<Head>, ports: DocumentPorts) {
    this.#exchange = exchange;
    this.#call = call;
    this.#ports = ports;
    this.#id = ports.ids.newBody();
    exchange.observe(this);
  }

  async serve(): Promise<void> {
    const { log, refused } = this.#ports;
    const { asked, answer } = this.#call;
    try {
      const arrival = arrivalOf(this.#exchange, asked, {
        ...this.#ports,
        id: this.#id,
        accepted: (principal) => (this.#principal = principal),
        rated: (standing) => (this.#standing = standing),
        gone: this.#departure.signal,
      });
      this.#respond(await answer(arrival));
    } catch (error) {
      const failure = readFailure(error, log, this.#requestId);
      refused.record({
        id: this.#id,
        surface: asked.surface.name,
        code: failure.code,
        principal: this.#principal,
      });
      this.#refuse(failure, null);
    }
  }

  drained(): void {}

  closed(): void {
    this.#departure.left();
    this.#release?.();
  }

  #respond(outcome: DocumentOutcome): void {
    if (outcome.kind === "failed") return this.#refuse(outcome.failure, outcome.served);
    if (this.#exchange.isClosed) return outcome.release?.();
    this.#release = outcome.release;
    const { surface } = this.#call.asked;
    const headers = [
      ...requestHeaders(this.#requestId, surface.requestIdHeader),
      ...rateHeaders(this.#standing, surface),
      ...outcome.headers,
      "content-type",
      "application/json",
    ];
    this.#exchange.respond(200, headers, outcome.body);
  }

  #refuse(failure: Failure<Code>, last: Served | null): void {
    const served = last === null ? [] : servedHeaders(last);
    const known = { standing: this.#standing, principal: this.#principal };
    const refused = { requestId: this.#requestId, failure, served, ...known };
    refuseRequest(this.#exchange, this.#call.asked.surface, refused);
  }

  get #requestId(): string {
    return `req_${this.#id}`;
  }
}

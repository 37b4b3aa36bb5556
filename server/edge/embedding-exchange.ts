import type { EmbeddingOutcome, Embeddings } from "@sekisho/gateway/embeddings.ts";
import type { GatewayLog } from "@sekisho/gateway/observe/gateway-log.ts";
import type { RequestRefused } from "@sekisho/gateway/observe/request-refused.ts";
import type { Principal } from "@sekisho/gateway/principal.ts";
import type { RateStanding } from "@sekisho/gateway/rate-standing.ts";
import type { Failure } from "@sekisho/lib/failure/failure.ts";
import type { Exchange, ExchangeObserver } from "@sekisho/lib/http/exchange.ts";
import type { IdSource } from "@sekisho/lib/ids/id-source.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import { completionHeaders, requestHeaders, servedHeaders } from "./answer-headers.ts";
import { arrivalOf, type ArrivalPorts, type Asked } from "./arrival.ts";
import { ClientDeparture } from "./client-departure.ts";
import { readFailure } from "./failure-reading.ts";
import type { EmbeddingSurface } from "./model-surface.ts";
import { rateHeaders } from "./rate-headers.ts";
import { refuseRequest } from "./refuse-request.ts";

export interface EmbeddingExchangePorts extends ArrivalPorts {
  readonly embeddings: Pick<Embeddings, "embed">;
  readonly ids: IdSource;
  readonly log: GatewayLog;
  readonly refused: RequestRefused;
}

/** A request for vectors on its way through HTTP: its answer is whole or none. */
export class EmbeddingExchange implements ExchangeObserver {
  readonly #exchange: Exchange;
  readonly #asked: Asked<EmbeddingSurface>;
  readonly #ports: EmbeddingExchangePorts;
  readonly #id: string;
  readonly #departure = new ClientDeparture();
  #principal: Principal | null = null;
  #standing: RateStanding | null = null;
  #release: (() => void) | null = null;

  constructor(exchange: Exchange, asked: Asked<EmbeddingSurface>, ports: EmbeddingExchangePorts) {
    this.#exchange = exchange;
    this.#asked = asked;
    this.#ports = ports;
    this.#id = ports.ids.newBody();
    exchange.observe(this);
  }

  async serve(): Promise<void> {
    const { embeddings, log, refused } = this.#ports;
    try {
      const arrival = arrivalOf(this.#exchange, this.#asked, {
        ...this.#ports,
        id: this.#id,
        accepted: (principal) => (this.#principal = principal),
        rated: (standing) => (this.#standing = standing),
        gone: this.#departure.signal,
      });
      this.#answer(await embeddings.embed(arrival));
    } catch (error) {
      const failure = readFailure(error, log, this.#requestId);
      refused.record({
        id: this.#id,
        surface: this.#asked.surface.name,
        code: failure.code,
        principal: this.#principal,
      });
      this.#refuse(failure, []);
    }
  }

  drained(): void {}

  closed(): void {
    this.#departure.left();
    this.#release?.();
  }

  #answer(outcome: EmbeddingOutcome): void {
    if (outcome.kind === "failed") {
      const { failure, served } = outcome;
      return this.#refuse(failure, served === null ? [] : servedHeaders(served));
    }
    if (this.#exchange.isClosed) return outcome.release();
    this.#release = outcome.release;
    const headers = [
      ...requestHeaders(this.#requestId, this.#asked.surface.requestIdHeader),
      ...rateHeaders(this.#standing, this.#asked.surface),
      ...completionHeaders(outcome),
      "content-type",
      "application/json",
    ];
    this.#exchange.respond(200, headers, outcome.body);
  }

  #refuse(failure: Failure<Code>, served: readonly string[]): void {
    const { surface } = this.#asked;
    const standing = this.#standing;
    const refused = { requestId: this.#requestId, failure, served, standing };
    refuseRequest(this.#exchange, surface, refused);
  }

  get #requestId(): string {
    return `req_${this.#id}`;
  }
}

import type { GatewayLog } from "@sekisho/gateway/observe/gateway-log.ts";
import type { RequestRefused } from "@sekisho/gateway/observe/request-refused.ts";
import type { Principal } from "@sekisho/gateway/principal.ts";
import type { RateStanding } from "@sekisho/gateway/rate-standing.ts";
import type { TokenCount, TokenCounts } from "@sekisho/gateway/token-counts.ts";
import type { Exchange, ExchangeObserver } from "@sekisho/lib/http/exchange.ts";
import type { IdSource } from "@sekisho/lib/ids/id-source.ts";
import { requestHeaders, servedHeaders } from "./answer-headers.ts";
import { arrivalOf, type ArrivalPorts, type Asked } from "./arrival.ts";
import { ClientDeparture } from "./client-departure.ts";
import { readFailure } from "./failure-reading.ts";
import type { CountingSurface } from "./model-surface.ts";
import { rateHeaders } from "./rate-headers.ts";
import { refuseRequest } from "./refuse-request.ts";

export interface CountExchangePorts extends ArrivalPorts {
  readonly tokenCounts: TokenCounts;
  readonly ids: IdSource;
  readonly log: GatewayLog;
  readonly refused: RequestRefused;
}

/** A request for a count on its way through HTTP. */
export class CountExchange implements ExchangeObserver {
  readonly #exchange: Exchange;
  readonly #asked: Asked<CountingSurface>;
  readonly #ports: CountExchangePorts;
  readonly #id: string;
  readonly #departure = new ClientDeparture();
  #principal: Principal | null = null;
  #standing: RateStanding | null = null;

  constructor(exchange: Exchange, asked: Asked<CountingSurface>, ports: CountExchangePorts) {
    this.#exchange = exchange;
    this.#asked = asked;
    this.#ports = ports;
    this.#id = ports.ids.newBody();
    exchange.observe(this);
  }

  async serve(): Promise<void> {
    const { tokenCounts, log, refused } = this.#ports;
    const { surface } = this.#asked;
    try {
      const arrival = arrivalOf(this.#exchange, this.#asked, {
        ...this.#ports,
        id: this.#id,
        accepted: (principal) => (this.#principal = principal),
        rated: (standing) => (this.#standing = standing),
        gone: this.#departure.signal,
      });
      this.#respond(await tokenCounts.count(arrival));
    } catch (error) {
      const requestId = `req_${this.#id}`;
      const failure = readFailure(error, log, requestId);
      refused.record({
        id: this.#id,
        surface: surface.name,
        code: failure.code,
        principal: this.#principal,
      });
      const standing = this.#standing;
      refuseRequest(this.#exchange, surface, { requestId, failure, served: [], standing });
    }
  }

  drained(): void {}

  closed(): void {
    this.#departure.left();
  }

  #respond(count: TokenCount): void {
    if (this.#exchange.isClosed) return;
    const { surface } = this.#asked;
    const { requestIdHeader, encodeCount } = surface;
    const headers = [
      ...requestHeaders(`req_${this.#id}`, requestIdHeader),
      ...rateHeaders(this.#standing, surface),
      ...(count.kind === "exact" ? servedHeaders(count.served) : []),
      "x-sekisho-token-count",
      count.kind,
      "content-type",
      "application/json",
    ];
    this.#exchange.respond(200, headers, encodeCount(count.tokens));
  }
}

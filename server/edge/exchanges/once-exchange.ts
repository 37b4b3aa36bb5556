import type { GatewayLog } from "@sekisho/gateway/observe/gateway-log.ts";
import type { RequestRefused } from "@sekisho/gateway/observe/request-refused.ts";
import type { OnceCall, OnceCalls } from "@sekisho/gateway/calls/once-calls.ts";
import type { Arrival } from "@sekisho/gateway/arrival.ts";
import type { Call } from "@sekisho/gateway/call.ts";
import type { Streams } from "@sekisho/gateway/responses/streams.ts";
import { KeptRequest } from "../kept-answers/kept-request.ts";
import type { AnyHead, SurfaceHead } from "@sekisho/gateway/request.ts";
import type { Principal } from "@sekisho/gateway/principal.ts";
import type { RateStanding } from "@sekisho/gateway/rate-standing.ts";
import type { Exchange, ExchangeObserver } from "@sekisho/lib/http/exchange.ts";
import type { IdSource } from "@sekisho/lib/ids/id-source.ts";
import { requestHeaders } from "../answers/answer-headers.ts";
import { arrivalOf, type ArrivalPorts, type Asked } from "./arrival.ts";
import { ClientDeparture } from "./client-departure.ts";
import { readFailure } from "../answers/failure-reading.ts";
import { FoundAnswer, type FoundAnswerPorts } from "../kept-answers/found-answer.ts";
import { idempotencyKeyOf } from "../request-heads/idempotency-key.ts";
import type { RecordedSurface } from "../answers/model-surface.ts";
import { rateHeaders } from "../answers/rate-headers.ts";
import { headOf } from "../kept-answers/recorded-stream.ts";
import { refuseRequest } from "../answers/refuse-request.ts";

export interface OnceExchangePorts<Head extends AnyHead = SurfaceHead>
  extends ArrivalPorts, FoundAnswerPorts {
  readonly onceCalls: Pick<OnceCalls<Head>, "run" | "joins">;
  readonly streams: Streams;
  readonly ids: IdSource;
  readonly log: GatewayLog;
  readonly refused: RequestRefused;
}

/**
 * A model request of which there may be others on their way through HTTP: all of them are one
 * call, and each of them is written its answer from the same recorded log.
 */
export class OnceExchange<Head extends AnyHead = SurfaceHead> implements ExchangeObserver {
  readonly #exchange: Exchange;
  readonly #asked: Asked<RecordedSurface<Head>>;
  readonly #ports: OnceExchangePorts<Head>;
  readonly #id: string;
  readonly #departure = new ClientDeparture();
  readonly #kept: KeptRequest | null = null;
  #principal: Principal | null = null;
  #standing: RateStanding | null = null;
  #answer: FoundAnswer | null = null;

  constructor(
    exchange: Exchange,
    asked: Asked<RecordedSurface<Head>>,
    ports: OnceExchangePorts<Head>,
  ) {
    this.#exchange = exchange;
    this.#asked = asked;
    this.#ports = ports;
    this.#id = ports.ids.newBody();
    if (KeptRequest.isFor(asked.surface.name)) {
      this.#kept = new KeptRequest(ports.streams, () => this.#principal, false);
    }
    exchange.observe(this);
  }

  async serve(): Promise<void> {
    try {
      const { onceCalls } = this.#ports;
      const { head } = this.#exchange;
      const name = idempotencyKeyOf(head, this.#asked.surface, onceCalls.joins);
      const asked = {
        name,
        headOf: (call: Call) => headOf(call, this.#kept?.factsOf(call) ?? null),
      };
      this.#begin(await onceCalls.run(this.#arrival(), asked));
    } catch (error) {
      this.#refuse(error);
    }
  }

  drained(): void {
    this.#answer?.drained();
  }

  closed(): void {
    this.#departure.left();
    this.#answer?.left();
  }

  #begin({ call, answer, isRepeated }: OnceCall): void {
    const { surface } = this.#asked;
    const requestId = `req_${this.#id}`;
    const written = new FoundAnswer(answer, this.#exchange, {
      ...this.#ports,
      surface,
      requestId,
      isStream: call.request.read.facts.stream,
      isRepeated,
      headers: () => [
        ...requestHeaders(requestId, surface.requestIdHeader),
        ...rateHeaders(this.#standing, surface),
      ],
    });
    this.#answer = written;
    if (this.#exchange.isClosed) written.left();
    else written.begin();
  }

  #refuse(error: unknown): void {
    const failure = readFailure(error, this.#ports.log, this.#id);
    const { surface } = this.#asked;
    this.#ports.refused.record({
      id: this.#id,
      surface: surface.name,
      code: failure.code,
      principal: this.#principal,
    });
    const requestId = `req_${this.#id}`;
    const known = { standing: this.#standing, principal: this.#principal };
    refuseRequest(this.#exchange, surface, { requestId, failure, served: [], ...known });
  }

  #arrival(): Arrival<Head> {
    const arrival = arrivalOf(this.#exchange, this.#asked, {
      ...this.#ports,
      id: this.#id,
      accepted: (principal) => (this.#principal = principal),
      rated: (standing) => (this.#standing = standing),
      gone: this.#departure.signal,
    });
    return this.#kept?.arriving(arrival) ?? arrival;
  }
}

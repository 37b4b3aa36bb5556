import type { FoundStream } from "@sekisho/gateway/responses/found-stream.ts";
import { Pump, type PumpOwner } from "@sekisho/gateway/responses/pump.ts";
import type { StreamPlace } from "@sekisho/gateway/responses/stream-place.ts";
import type { GatewayLog } from "@sekisho/gateway/observe/gateway-log.ts";
import type { Exchange, ExchangeObserver } from "@sekisho/lib/http/exchange.ts";
import type { Clock } from "@sekisho/lib/time/clock.ts";
import type { TimerWheel } from "@sekisho/lib/time/timer-wheel.ts";
import { requestHeaders } from "../answers/answer-headers.ts";
import type { ModelSurface } from "../answers/model-surface.ts";
import { hiddenOf, numberedLog, streamHeaders } from "./recorded-stream.ts";
import type { StreamWords } from "../answers/stream-words.ts";

export interface StreamReading {
  readonly clock: Clock;
  readonly wheel: TimerWheel;
  readonly log: GatewayLog;
  readonly heartbeatMs: number;
  readonly surface: ModelSurface;
  readonly words: StreamWords;
  /** What the client has; null: nothing. */
  readonly after: StreamPlace | null;
  /** Or how many events of it. */
  readonly without?: number;
}

/** A socket that takes no byte for so long is cut (STR-7). */
const stalledMs = 10_000;

/** How soon an `EventSource` comes back after a cut. */
const retry = "retry: 1000\n\n";

/** Somebody who comes to a response that was begun before, and reads the rest of it. */
export class StreamExchange implements ExchangeObserver, PumpOwner {
  readonly #exchange: Exchange;
  readonly #found: FoundStream;
  readonly #reading: StreamReading;
  #pump: Pump | null = null;
  #leave: (() => void) | null = null;

  constructor(exchange: Exchange, found: FoundStream, reading: StreamReading) {
    this.#exchange = exchange;
    this.#found = found;
    this.#reading = reading;
  }

  serve(): void {
    const { words, surface, ...rest } = this.#reading;
    const { id } = this.#found.head;
    this.#leave = this.#found.attach();
    this.#exchange.observe(this);
    this.#exchange.start(200, [
      ...requestHeaders(`req_${id}`, surface.requestIdHeader),
      ...streamHeaders(id),
      ...words.headers,
    ]);
    this.#exchange.write(retry + this.#reset());
    const after = this.#isSameEpoch ? rest.after : null;
    const lost = (): void => this.readerStalled();
    const { without = 0 } = rest;
    const log = numberedLog(this.#found, { surface, words, after, without, lost });
    this.#pump = new Pump(log, this.#exchange, {
      clock: rest.clock,
      wheel: rest.wheel,
      owner: this,
      options: {
        flushMs: 0,
        encoder: () => ({ encode: () => "" }),
        hideUsage: hiddenOf(this.#found) !== 0,
        heartbeat: words.heartbeat,
        heartbeatMs: rest.heartbeatMs,
        stalledMs,
      },
    });
    this.#pump.published();
  }

  drained(): void {
    this.#pump?.drained();
  }

  closed(): void {
    this.#pump?.close();
    this.#leave?.();
  }

  pumpEnded(): void {
    this.#pump = null;
  }

  readerStalled(): void {
    this.#exchange.destroy();
  }

  pumpFailed(error: unknown): void {
    this.#reading.log.error("a stream could not be read", {
      error,
      requestId: `req_${this.#found.head.id}`,
    });
    this.#exchange.destroy();
  }

  get #isSameEpoch(): boolean {
    const { after } = this.#reading;
    return after === null || after.epoch === this.#found.epoch;
  }

  /** The client has more than there is: it forgets what it has and begins again (STR-5). */
  #reset(): string {
    if (this.#isSameEpoch) return "";
    const { head, epoch } = this.#found;
    return `event: reset\ndata: ${JSON.stringify({ response: `rsp_${head.id}`, epoch })}\n\n`;
  }
}

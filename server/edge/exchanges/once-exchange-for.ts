import type { AnyHead } from "@sekisho/gateway/request.ts";
import type { Exchange } from "@sekisho/lib/http/exchange.ts";
import type { Asked } from "./arrival.ts";
import { mayRepeat } from "../request-heads/idempotency-key.ts";
import type { RecordedSurface } from "../answers/model-surface.ts";
import { OnceExchange, type OnceExchangePorts } from "./once-exchange.ts";

/** What such requests are served with; without calls or streams there are none. */
type OncePorts<Head extends AnyHead> = Omit<OnceExchangePorts<Head>, "onceCalls" | "streams"> & {
  readonly onceCalls: OnceExchangePorts<Head>["onceCalls"] | undefined;
  readonly streams?: OnceExchangePorts<Head>["streams"];
};

/**
 * For a request that may be a repetition; null for all others, which pay nothing for them (STR-13).
 */
export function onceExchangeFor<Head extends AnyHead>(
  exchange: Exchange,
  asked: Asked<RecordedSurface<Head>>,
  ports: OncePorts<Head>,
): OnceExchange<Head> | null {
  const { onceCalls, streams } = ports;
  if (onceCalls === undefined || streams === undefined) return null;
  if (!mayRepeat(exchange.head, asked.surface, onceCalls.joins)) return null;
  return new OnceExchange(exchange, asked, { ...ports, onceCalls, streams });
}

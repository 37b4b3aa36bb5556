import type { Exchange } from "@sekisho/lib/http/exchange.ts";
import type { Asked } from "./arrival.ts";
import { mayRepeat } from "./idempotency-key.ts";
import { ModelExchange, type ModelExchangePorts } from "./model-exchange.ts";
import type { ModelSurface } from "./model-surface.ts";
import { OnceExchange, type OnceExchangePorts } from "./once-exchange.ts";

export type ModelPorts = ModelExchangePorts & Partial<Pick<OnceExchangePorts, "onceCalls">>;

/** Requests that may be repetitions are served apart: others pay nothing for them (STR-13). */
export function modelExchangeOf(
  exchange: Exchange,
  asked: Asked<ModelSurface>,
  ports: ModelPorts,
): ModelExchange | OnceExchange {
  const { onceCalls, streams } = ports;
  const { head } = exchange;
  if (
    onceCalls === undefined ||
    streams === undefined ||
    !mayRepeat(head, asked.surface, onceCalls.joins)
  ) {
    return new ModelExchange(exchange, asked, ports);
  }
  return new OnceExchange(exchange, asked, { ...ports, onceCalls, streams });
}

import type { LoadState } from "@sekisho/gateway/limits/load-gate.ts";
import type { CircuitState, CircuitView } from "@sekisho/wire/admin/circuits.ts";
import type { Exchange } from "@sekisho/lib/http/exchange.ts";
import { respondJson } from "./json.ts";
import { isAvailable, serviceStatus } from "./service-status.ts";

/** What health is read from; all of it is in memory, so that an answer takes no time. */
export interface HealthSources {
  /** Is the process about to stop? */
  isDraining(): boolean;
  /** Does the store accept writes? */
  isStoreUp(): boolean;
  providers(): readonly string[];
  circuits(): readonly CircuitView[];
  load(): LoadState;
}

/** `GET /health/live`: the process runs its event loop. */
export function live(exchange: Exchange): void {
  respondJson(exchange, 200, { status: "ok" });
}

/** `GET /health/ready`: 200 while new requests are welcome (OPS-7). */
export function ready(exchange: Exchange, sources: HealthSources): void {
  const refusal = notReady(sources);
  if (refusal === null) respondJson(exchange, 200, { status: "ready" });
  else respondJson(exchange, 503, { status: refusal });
}

/** `GET /health`: what is known of every part, from the last calls that used it. */
export function deep(exchange: Exchange, sources: HealthSources): void {
  const providers: Record<string, { available: boolean; circuitBreakerState: CircuitState }> =
    Object.create(null);
  const circuits = sources.circuits();
  for (const name of sources.providers()) {
    const { state } = serviceStatus(name, circuits);
    providers[name] = { available: isAvailable(name, circuits), circuitBreakerState: state };
  }
  const refusal = notReady(sources);
  const { level, refused, sample } = sources.load();
  const isDegraded = level > 0 || Object.values(providers).some((each) => !each.available);
  respondJson(exchange, refusal === null ? 200 : 503, {
    status: refusal ?? (isDegraded ? "degraded" : "ok"),
    providers,
    cache: { enabled: false },
    store: { available: sources.isStoreUp() },
    load: { level, refused, ...sample },
  });
}

function notReady(sources: HealthSources): "draining" | "store_unavailable" | null {
  if (sources.isDraining()) return "draining";
  return sources.isStoreUp() ? null : "store_unavailable";
}

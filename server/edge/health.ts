import type { LoadState } from "@sekisho/gateway/limits/load-gate.ts";
import type { CircuitView } from "@sekisho/wire/admin/circuits.ts";
import type { HealthReport, ProcessHealth, ProviderHealth } from "@sekisho/wire/admin/health.ts";
import type { Exchange } from "@sekisho/lib/http/exchange.ts";
import { respondJson } from "./answers/json.ts";
import { isAvailable, serviceStatus } from "./views/service-status.ts";

/** What health is read from; all of it is in memory, so that an answer takes no time. */
export interface HealthSources {
  /** Is the process about to stop? */
  isDraining(): boolean;
  /** Does the store accept writes? */
  isStoreUp(): boolean;
  /** Are answers of some model given again? */
  keepsAnswers(): boolean;
  providers(): readonly string[];
  circuits(): readonly CircuitView[];
  /** Providers out of use, by their own name or by their region's. */
  drained(): ReadonlySet<string>;
  /** Models of the configuration that have no target now that could be tried. */
  unserved(): readonly string[];
  load(): LoadState;
  /** Null where one process serves. */
  processes(): readonly ProcessHealth[] | null;
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

/** `GET /health` */
export function deep(exchange: Exchange, sources: HealthSources): void {
  const report = healthReport(sources);
  const isServing = report.status === "ok" || report.status === "degraded";
  respondJson(exchange, isServing ? 200 : 503, report);
}

/** What the sources say now. */
export function healthReport(sources: HealthSources): HealthReport {
  const providers = providersHealth(sources);
  const refusal = notReady(sources);
  const { level, refused, sample } = sources.load();
  const processes = sources.processes();
  const isDegraded =
    level > 0 ||
    // Drained by intent: who misses it is unserved.
    Object.values(providers).some((each) => !each.available && each.drained !== true) ||
    processes?.some(({ state }) => state !== "serving") === true ||
    sources.unserved().length > 0;
  return {
    status: refusal ?? (isDegraded ? "degraded" : "ok"),
    providers,
    cache: { enabled: sources.keepsAnswers() },
    store: { available: sources.isStoreUp() },
    load: { level, refused, ...sample },
    ...(processes === null ? {} : { processes }),
  };
}

function providersHealth(sources: HealthSources): Record<string, ProviderHealth> {
  const providers: Record<string, ProviderHealth> = Object.create(null);
  const circuits = sources.circuits();
  const drained = sources.drained();
  for (const name of sources.providers()) {
    const { state: circuitBreakerState } = serviceStatus(name, circuits);
    providers[name] = drained.has(name)
      ? { available: false, circuitBreakerState, drained: true }
      : { available: isAvailable(name, circuits), circuitBreakerState };
  }
  return providers;
}

function notReady(sources: HealthSources): "draining" | "store_unavailable" | null {
  if (sources.isDraining()) return "draining";
  return sources.isStoreUp() ? null : "store_unavailable";
}

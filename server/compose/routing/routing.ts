import type { Catalog } from "@sekisho/gateway/catalog/catalog.ts";
import { Hedging } from "@sekisho/gateway/dispatch/hedging.ts";
import type { RetryBudgets, RetryLimits } from "@sekisho/gateway/dispatch/retry-budgets.ts";
import type { DispatchPorts } from "@sekisho/gateway/dispatch/run.ts";
import { CircuitChanges } from "@sekisho/gateway/observe/circuit-changes.ts";
import { exposeCircuitStates } from "@sekisho/gateway/observe/circuit-states.ts";
import { RetriesRefused } from "@sekisho/gateway/observe/retries-refused.ts";
import type { CircuitName } from "@sekisho/gateway/route/circuit.ts";
import type { HealthTree, HealthTreeParts } from "@sekisho/gateway/route/health-tree.ts";
import type { GatewayLog } from "@sekisho/gateway/observe/gateway-log.ts";
import type { BreakerPolicy } from "@sekisho/gateway/target.ts";
import type { Random } from "@sekisho/lib/random/random.ts";
import type { Breaker } from "@sekisho/lib/resilience/breaker.ts";
import type { Metrics } from "@sekisho/lib/telemetry/metrics.ts";
import type { Clock } from "@sekisho/lib/time/clock.ts";
import { HedgesSent } from "@sekisho/gateway/observe/hedges-sent.ts";
import { exposeQuotas } from "@sekisho/gateway/observe/quota-figures.ts";
import { TargetQuotas } from "@sekisho/gateway/route/target-quotas.ts";
import { Lots } from "@sekisho/gateway/route/lots.ts";
import type { Config } from "../../config/schema.ts";

/** What routes are made of, and what dispatch tells of its attempts. Kept over configurations. */
export interface Routing {
  readonly health: HealthTree;
  readonly changes: CircuitChanges;
  readonly lots: Lots;
  readonly quotas: TargetQuotas;
  readonly retries: RetryBudgets;
  readonly dispatch: DispatchPorts;
  /** Takes over a configuration and the catalogue that was made of it. */
  serve(config: Config, catalog: Catalog): void;
}

export interface RoutingPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: GatewayLog;
  readonly metrics: Metrics;
  /** There where this process is one of several. */
  readonly shared?: object;
}

/** Makes the parts that keep the promises of routing. */
export interface RoutingMakers {
  breaker(policy: BreakerPolicy, random: Random, name: CircuitName): Breaker;
  health(parts: HealthTreeParts): HealthTree;
  retries(limits: RetryLimits): RetryBudgets;
}

export function composeRouting(
  { clock, random, log, metrics, shared }: RoutingPorts,
  config: Config,
  make: RoutingMakers,
): Routing {
  const changes = new CircuitChanges(clock, log, metrics);
  const health = make.health({
    makeBreaker: (policy, name) => make.breaker(policy, random, name),
    changed: (change) => changes.record(change),
  });
  exposeCircuitStates(metrics, () => health.circuits(clock.monotonicMs()));
  const quotas = new TargetQuotas(shared === undefined ? 1 : config.processes);
  exposeQuotas(metrics, () => quotas.views(clock.monotonicMs()));
  const retries = make.retries(retryLimitsOf(config));
  const hedges = new HedgesSent(metrics);
  let places = placesOf(config);
  const refused = new RetriesRefused(metrics);
  return {
    health,
    changes,
    lots: new Lots(random),
    quotas,
    retries,
    dispatch: {
      clock,
      random,
      health,
      quotas,
      retries,
      hedging: new Hedging(),
      hedged: (alias, end) => hedges.record(alias, end),
      refusedRetry: (target, budget) => refused.record(target, budget),
      defect: (error) => log.error("an attempt could not be started", { error }),
    },
    serve(next, catalog) {
      const before = places;
      places = placesOf(next);
      for (const [key, { place, reach }] of places) {
        const known = before.get(key);
        if (known !== undefined && known.reach !== reach) health.renew(place, clock.monotonicMs());
      }
      health.serve(catalog.targets(), next.drained, {
        providers: Object.keys(next.providers),
        pools: catalog.pools(),
      });
      quotas.serve(catalog.targets());
      retries.configure(retryLimitsOf(next));
    },
  };
}

/** How each provider is reached under each of its credentials, secrets included: told to nobody. */
const placesOf = ({ providers }: Config) =>
  new Map(
    Object.entries(providers).flatMap(([provider, { baseUrl, credentials }]) =>
      (credentials.length === 0 ? [null] : credentials).map((credential) => {
        const credentialId = credential?.id ?? null;
        const reach = JSON.stringify([baseUrl, credential]);
        return [`${provider}/${credentialId}`, { place: { provider, credentialId }, reach }];
      }),
    ),
  );

const retryLimitsOf = ({ retryBudget }: Config): RetryLimits => {
  const { cap, perCall, floor, floorWindowMs, spendShare } = retryBudget;
  return { attempts: { cap, perFirst: perCall, floor, floorWindowMs }, spendShare };
};

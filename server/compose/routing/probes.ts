import type { CallSettings } from "@sekisho/gateway/admission/admission.ts";
import type { Ledger } from "@sekisho/gateway/ledger/ledger.ts";
import type { GatewayLog } from "@sekisho/gateway/observe/gateway-log.ts";
import { ProbeDone } from "@sekisho/gateway/observe/probe-done.ts";
import { ProbeCalls } from "@sekisho/gateway/probing/probe-calls.ts";
import { type ProbedProvider, Probes } from "@sekisho/gateway/probing/probes.ts";
import type { HealthTree } from "@sekisho/gateway/route/health-tree.ts";
import type { Target } from "@sekisho/gateway/target.ts";
import type { Dialer } from "@sekisho/lib/http/dialer.ts";
import { IdSource } from "@sekisho/lib/ids/id-source.ts";
import type { Random } from "@sekisho/lib/random/random.ts";
import type { Writer } from "@sekisho/lib/storage/writer.ts";
import type { Metrics } from "@sekisho/lib/telemetry/metrics.ts";
import type { Clock } from "@sekisho/lib/time/clock.ts";
import { packageOrigin, providerEndpoint } from "../../config/derived/provider-endpoint.ts";
import { drainedProviders } from "../../config/derived/drained-providers.ts";
import type { Config, ProviderConfig } from "../../config/schema.ts";

export interface ProbesPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly writer: Writer;
  readonly ledger: Ledger;
  readonly health: HealthTree;
  readonly dialer: Dialer;
  readonly log: GatewayLog;
  readonly metrics: Metrics;
}

/** Active probes, of nobody yet. */
export function composeProbes(ports: ProbesPorts): Probes {
  const { clock, random, writer, ledger, health, dialer, log, metrics } = ports;
  return new Probes({
    clock,
    random,
    health,
    dialer,
    calls: new ProbeCalls({ clock, ids: new IdSource(clock, random), ledger, writer }),
    done: new ProbeDone(log, metrics),
    defect: (error) => log.error("a probe failed for a reason of our own", { error }),
  });
}

/** The providers of a configuration that are probed: drained ones are not. */
export function probedProviders(
  config: Config,
  { catalog, provider: at }: CallSettings,
  simulatorUrl: string | null,
): ProbedProvider[] {
  const targets = catalog.targets();
  const drained = drainedProviders(config);
  return Object.entries(config.providers).flatMap(([name, provider]) => {
    const { kind, everyMs, model } = provider.probe;
    const origin = originOf(provider, simulatorUrl);
    if (kind === "passive" || origin === null || drained.has(name)) return [];
    const own = targets.filter(
      (target) => target.provider === name && (kind === "tcp" || answersInWords(target)),
    );
    return [{ name, kind, everyMs, origin, model, targets: own, at }];
  });
}

/** A probe asks for an answer in words, which a model that makes vectors has none of. */
const answersInWords = ({ embedding }: Target): boolean => !embedding || embedding.isGuess;

/** A package that says itself where it goes is probed by calls alone, which need no origin. */
const originOf = (provider: ProviderConfig, simulatorUrl: string | null): string | null =>
  provider.kind === "ai-sdk"
    ? (packageOrigin(provider) ?? "")
    : (providerEndpoint(provider, simulatorUrl)?.origin ?? null);

import type { Metrics } from "@sekisho/lib/telemetry/metrics.ts";
import type { Target } from "../target.ts";

/** A quota of one target, as figures are made of it. */
export interface ObservedQuota {
  readonly target: Target;
  readonly kind: string;
  readonly limit: number;
  readonly used: number;
}

const labels = { provider: 50, region: 50, credential: 50, model: 200, kind: 2 };

/** What is used of quotas in a minute, and what may be, as metrics (RTE-16). */
export function exposeQuotas(metrics: Metrics, quotas: () => readonly ObservedQuota[]): void {
  const valuesOf = (figure: "limit" | "used") => () =>
    quotas().map((quota) => ({ labels: labelsOf(quota), value: Math.round(quota[figure]) }));
  metrics.observedGauges(
    {
      name: "sekisho_quota_used",
      help: "What the last minute has taken of a target's quota, in requests or tokens",
      labels,
    },
    valuesOf("used"),
  );
  metrics.observedGauges(
    {
      name: "sekisho_quota_limit",
      help: "What may be taken of a target's quota in a minute, after what its provider refused",
      labels,
    },
    valuesOf("limit"),
  );
}

const labelsOf = ({ target, kind }: ObservedQuota) => ({
  provider: target.provider,
  region: target.region,
  credential: target.credentialId ?? "",
  model: target.circuitName,
  kind,
});

import type { Metrics } from "@sekisho/lib/telemetry/metrics.ts";

/** What was learnt of how tokens are estimated, as figures are made of it. */
export interface ObservedEstimate {
  readonly family: string;
  readonly kind: string;
  readonly ratio: number;
  readonly error: number;
}

const labels = { family: 20, kind: 2 };

/** How far estimates of tokens are off, by family, as metrics (MON-4). */
export function exposeEstimates(
  metrics: Metrics,
  estimates: { readonly figures: () => readonly ObservedEstimate[] },
): void {
  const valuesOf = (figure: "ratio" | "error") => () =>
    estimates
      .figures()
      .map((each) => ({ labels: { family: each.family, kind: each.kind }, value: each[figure] }));
  metrics.observedGauges(
    {
      name: "sekisho_token_estimate_ratio",
      help: "Tokens that providers report for each that is estimated by character class",
      labels,
    },
    valuesOf("ratio"),
  );
  metrics.observedGauges(
    {
      name: "sekisho_token_estimate_error",
      help: "The share by which estimates of tokens are off, as a weighted mean",
      labels,
    },
    valuesOf("error"),
  );
}

import type { Counter } from "@sekisho/lib/telemetry/counter.ts";
import type { MetricFamily } from "@sekisho/lib/telemetry/metric-family.ts";
import type { Metrics } from "@sekisho/lib/telemetry/metrics.ts";
import type { PromptSize } from "@sekisho/wire/canonical/request-facts.ts";
import type { AttemptRecord } from "../attempt.ts";
import type { Call } from "../call.ts";
import { costNanoUsd } from "../cost.ts";
import { forImages, priceAt } from "../price.ts";

type Images = Pick<PromptSize, "images">;

/** A call that is over, as far as it says what its choice was worth. */
export interface ChosenCall {
  readonly call: Pick<Call, "choice" | "entry" | "arrivedWallMs"> & {
    readonly request: { readonly read: { readonly facts: { readonly size: Images } } };
  };
  readonly counts: AttemptRecord | null;
  readonly costNanoUsd: number;
}

/** Calls that were judged by what they ask: what was picked, by what, what it saved (RTE-5). */
export class ChoiceCounts {
  readonly #choices: MetricFamily<Counter, "alias" | "chosen" | "complexity">;
  readonly #signals: MetricFamily<Counter, "alias" | "signal">;
  readonly #saved: MetricFamily<Counter, "alias">;

  constructor(metrics: Metrics) {
    this.#choices = metrics.counter({
      name: "sekisho_choices_total",
      help: "Calls whose model's name left a choice, by what was picked",
      labels: { alias: 50, chosen: 100, complexity: 2 },
    });
    this.#signals = metrics.counter({
      name: "sekisho_choice_signals_total",
      help: "Signals by which requests were judged simple or strong",
      labels: { alias: 50, signal: 60 },
    });
    this.#saved = metrics.counter({
      name: "sekisho_choice_saved_nano_usd_total",
      help: "What simple calls would have cost more at the first target of the strong alias",
      labels: { alias: 50 },
    });
  }

  record({ call, counts, costNanoUsd: paid }: ChosenCall): void {
    const { choice, entry } = call;
    if (choice?.kind !== "complexity") return;
    // The name as configured, not as the client spells it.
    const alias = entry.name;
    this.#choices.with({ alias, chosen: choice.alias, complexity: choice.complexity }).add();
    for (const { name: signal } of choice.signals) this.#signals.with({ alias, signal }).add();
    const saved = counts === null ? 0 : savedNanoUsd(call, counts, paid);
    if (saved > 0) this.#saved.with({ alias }).add(saved);
  }
}

/** At the same usage: nobody knows what another model would have said. */
function savedNanoUsd(
  { entry, arrivedWallMs, request }: ChosenCall["call"],
  { outcome }: AttemptRecord,
  paidNanoUsd: number,
): number {
  const target = entry.instead?.pools[0]?.targets[0];
  const price = target === undefined ? null : priceAt(target.prices, arrivedWallMs);
  if (price === null || outcome.measured.source === "unknown") return 0;
  const asked = forImages(price, request.read.facts.size.images);
  return costNanoUsd(outcome.measured.usage, asked) - paidNanoUsd;
}

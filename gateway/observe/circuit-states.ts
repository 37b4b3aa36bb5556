import type { Metrics } from "@sekisho/lib/telemetry/metrics.ts";
import { circuitSeverity, type CircuitView } from "@sekisho/wire/admin/circuits.ts";

/**
 * The state of each circuit as a metric. Of circuits with the same labels the one that is worst off
 * is shown.
 */
export function exposeCircuitStates(
  metrics: Metrics,
  circuits: () => readonly CircuitView[],
): void {
  metrics.observedGauges(
    {
      name: "sekisho_circuit_state",
      help: "State of each circuit: 0 closed, 1 half-open, 2 open",
      labels: { level: 3, provider: 50, region: 50, credential: 50, model: 200, aliases: 200 },
    },
    () =>
      circuits()
        .map((circuit) => ({ labels: labelsOf(circuit), value: circuitSeverity[circuit.state] }))
        .toSorted((a, b) => a.value - b.value),
  );
}

const labelsOf = ({ level, provider, region, credential, model, aliases }: CircuitView) => ({
  level,
  provider,
  region,
  credential: credential ?? "",
  model: model ?? "",
  aliases: aliases?.join(",") ?? "",
});

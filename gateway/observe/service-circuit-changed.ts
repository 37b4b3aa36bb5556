import type { BreakerStatus } from "@sekisho/lib/resilience/breaker.ts";
import type { Counter } from "@sekisho/lib/telemetry/counter.ts";
import type { MetricFamily } from "@sekisho/lib/telemetry/metric-family.ts";
import type { Metrics } from "@sekisho/lib/telemetry/metrics.ts";
import type { Surface } from "../request.ts";
import type { GatewayLog } from "./gateway-log.ts";

/** The circuit around a whole surface changed its state: its counter and its log line. */
export class ServiceCircuitChanged {
  readonly #log: GatewayLog;
  readonly #changes: MetricFamily<Counter, "surface" | "to">;

  constructor(log: GatewayLog, metrics: Metrics) {
    this.#log = log;
    this.#changes = metrics.counter({
      name: "sekisho_service_circuit_changes_total",
      help: "Changes of state of circuits around a surface, by the state that was reached",
      labels: { surface: 20, to: 3 },
    });
  }

  record(surface: Surface, to: BreakerStatus["kind"]): void {
    this.#changes.with({ surface, to }).add();
    const fields = { event: "service.circuit.changed", surface, outcome: to };
    if (to === "open") this.#log.warn("the circuit of a service opened", fields);
    else this.#log.info("the circuit of a service changed", fields);
  }
}

import type { Counter } from "@sekisho/lib/telemetry/counter.ts";
import type { MetricFamily } from "@sekisho/lib/telemetry/metric-family.ts";
import type { Metrics } from "@sekisho/lib/telemetry/metrics.ts";
import type { BudgetAlert } from "../budget-alert.ts";
import type { GatewayLog } from "./gateway-log.ts";

/** A share of a budget is spent (MON-12): its counter and its log line. */
export class BudgetAlerts {
  readonly #log: GatewayLog;
  readonly #counter: MetricFamily<Counter, "tenant" | "scope" | "measure" | "share">;

  constructor(log: GatewayLog, metrics: Metrics) {
    this.#log = log;
    this.#counter = metrics.counter({
      name: "sekisho_budget_alerts_total",
      help: "Budgets of which a share was spent that somebody wants to be told of",
      labels: { tenant: 200, scope: 6, measure: 3, share: 10 },
    });
  }

  record({ tenant, scope, account, measure, share, limit, used }: BudgetAlert): void {
    this.#counter.with({ tenant, scope, measure, share: String(share) }).add();
    const isPersonal = scope === "rule" || scope === "user" || scope === "session";
    this.#log.warn(
      share < 1 ? "a share of a budget is spent" : "a budget is spent, calls are refused",
      {
        event: "budget.alert",
        tenant,
        name: scope,
        object: isPersonal ? undefined : account,
        measure,
        share,
        limit,
        used,
      },
    );
  }
}

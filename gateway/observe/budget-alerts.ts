import type { Counter } from "@sekisho/lib/telemetry/counter.ts";
import type { MetricFamily } from "@sekisho/lib/telemetry/metric-family.ts";
import type { Metrics } from "@sekisho/lib/telemetry/metrics.ts";
import { isPersonalScope, shareOf, type BudgetEvent } from "../budget-alert.ts";
import type { GatewayLog } from "./gateway-log.ts";

/** A share of a budget was spent, or it refused a call (MON-12): its counter and its log line. */
export class BudgetAlerts {
  readonly #log: GatewayLog;
  readonly #counter: MetricFamily<Counter, "tenant" | "scope" | "measure" | "share">;

  constructor(log: GatewayLog, metrics: Metrics) {
    this.#log = log;
    this.#counter = metrics.counter({
      name: "sekisho_budget_alerts_total",
      help: "Budgets of which a share to be told of was spent, or that refused a call",
      labels: { tenant: 200, scope: 6, measure: 3, share: 11 },
    });
  }

  told(event: BudgetEvent): void {
    const { id, tenant, scope, account, measure, passed, limit, used, code } = event;
    const share = passed === null ? "refused" : String(passed);
    this.#counter.with({ tenant, scope, measure, share }).add();
    this.#log.warn(messageOf(event), {
      event: "budget.alert",
      alert: `evt_${id}`,
      tenant,
      name: scope,
      object: isPersonalScope(scope) ? undefined : account,
      measure,
      share: passed ?? Number(shareOf(event).toFixed(4)),
      limit,
      used,
      refused: code ?? undefined,
    });
  }

  /** The database takes nothing, and too many wait for it. */
  lost(): void {
    this.#log.error("a budget alert was forgotten: too many wait for the database", {
      event: "budget.alert_lost",
    });
  }
}

function messageOf({ passed, code }: BudgetEvent): string {
  if (passed === null) return "a budget refused a call";
  if (passed < 1) return "a share of a budget was spent";
  return code === null ? "a budget was spent" : "a budget was spent, a call was refused";
}

import { measures } from "@sekisho/gateway/amounts.ts";
import type { Account } from "@sekisho/gateway/budget/account.ts";
import type { Reader } from "@sekisho/lib/storage/reader.ts";
import { Violation } from "../base/violation.ts";
import type { GroupScenario } from "./group-scenario.ts";

const line = /"event":"budget\.alert","alert":"evt_(?<id>[0-9a-z]{26})"/g;

/** Ids of the events that lines of a log tell. */
export const alertsIn = (lines: string): string[] =>
  [...lines.matchAll(line)].map(({ groups }) => groups?.["id"] ?? "");

/**
 * What all processes together have told of budgets: each event once, and each is on the file, which
 * has one for each cause (MON-12). A power cut may take an event that was told; a process that dies
 * may leave one that it has not told.
 */
export function checkAlerts(
  reader: Reader,
  told: readonly string[],
  { disturbances }: Pick<GroupScenario, "disturbances">,
): void {
  const kept = new Set(reader.all("SELECT id FROM budget_alerts").map((row) => String(row["id"])));
  const seen = new Set<string>();
  const has = (kind: string): boolean => disturbances.some((each) => each.kind === kind);
  for (const id of told) {
    if (seen.has(id)) throw new Violation("MON-12", `event ${id} was told twice`);
    seen.add(id);
    if (kept.has(id) || has("power cut")) continue;
    throw new Violation("MON-12", `event ${id} was told and is not on the file`);
  }
  if (has("crash") || has("power cut")) return;
  for (const id of kept) {
    if (!seen.has(id)) throw new Violation("MON-12", `event ${id} is kept, nobody told it`);
  }
}

const toldSql = `SELECT 1 FROM budget_alerts
  WHERE account = ? AND window_start_ms = ? AND measure = ? AND cause = ?`;

/**
 * What a process takes for told is on the file, whoever has told it, also where its store could not
 * write for a while (MON-12). Under a limit that was cut shares count as told which nobody was.
 */
export function checkTold(
  reader: Reader,
  accounts: readonly Readonly<Account>[],
  { tenants, disturbances }: Pick<GroupScenario, "tenants" | "disturbances">,
): void {
  const cut = new Set(
    disturbances.map((each) => (each.kind === "limits cut" ? tenants[each.tenant]?.name : null)),
  );
  for (const { tenant, account, windowStartMs, limit, told } of accounts) {
    for (const measure of measures) {
      const share = limit.alerts[told[measure] - 1];
      if (share === undefined || cut.has(tenant)) continue;
      const params = [account, windowStartMs, measure, String(share)];
      if (reader.get(toldSql, params) !== undefined) continue;
      throw new Violation("MON-12", `${share} of ${account} in ${measure} was told, is not kept`);
    }
  }
}

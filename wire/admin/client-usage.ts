import type { Parsed } from "../result.ts";
import { readAskedRange } from "./_asked-range.ts";
import type { CalendarRange } from "./calendar-range.ts";
import { readQuery, refuseParam } from "./_query.ts";
import { usageRanges, type UsageFiguresView, type UsageRange } from "./usage.ts";

/** By what clients can split their figures; targets are the operator's business. */
export const clientUsageGroups = ["team", "key", "agent", "alias", "outcome"] as const;
export type ClientUsageGroup = (typeof clientUsageGroups)[number];

/** `GET /v1/usage`: what a key, or its tenant, has used. Times are RFC 3339. */
export interface ClientUsageView {
  readonly from: string;
  readonly to: string;
  readonly tenant: string;
  /** Null: all keys of the tenant. */
  readonly key: string | null;
  readonly group: ClientUsageGroup | null;
  readonly totals: UsageFiguresView;
  /** The largest first; empty when no group was asked for. */
  readonly groups: readonly { readonly name: string; readonly figures: UsageFiguresView }[];
}

/** Query of `GET /v1/usage`. */
export interface ClientUsageQuery {
  /** Whose figures: the asking key's when both are null. */
  readonly tenant: string | null;
  readonly key: string | null;
  readonly range: UsageRange | CalendarRange;
  readonly group: ClientUsageGroup | null;
}

/** Reads the query of `GET /v1/usage`. The default range is 24 h. */
export function parseClientUsageQuery(query: string): Parsed<ClientUsageQuery, "invalid_value"> {
  const read = readQuery(query, ["tenant", "key", "range", "group"]);
  if (!read.ok) return read;
  const of = (param: string): string | null => read.value.get(param) ?? null;
  const range = readAskedRange(read.value.get("range"), usageRanges, "24h");
  if (!range.ok) return range;
  const group = clientUsageGroups.find((each) => each === of("group")) ?? null;
  if (group !== of("group")) {
    return refuseParam("group", `must be one of ${clientUsageGroups.join(", ")}`);
  }
  const whose = { tenant: of("tenant"), key: of("key") };
  return { ok: true, value: { ...whose, range: range.value, group } };
}

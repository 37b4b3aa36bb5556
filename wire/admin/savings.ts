import type { Parsed } from "../result.ts";
import { readAskedRange } from "./_asked-range.ts";
import type { CalendarRange } from "./calendar-range.ts";
import { readQuery, refuseParam } from "./_query.ts";
import { usageRanges, type NanoUsdJson, type UsageRange } from "./usage.ts";

/** Query of `GET /admin/cost/savings`. */
export interface SavingsQuery {
  readonly tenant: string | null;
  readonly range: UsageRange | CalendarRange;
  /** The model or alias that simple calls are to go to; null: the one that they cost least with. */
  readonly to: string | null;
  /** The longest prompt and answer of a simple call. */
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** One recommendation and its evidence. Shares are in tenths of a percent, rounded down. */
export interface SavingLine {
  readonly tenant: string;
  readonly alias: string;
  readonly to: string;
  readonly calls: number;
  readonly simpleCalls: number;
  readonly simplePermille: number;
  readonly costNanoUsd: NanoUsdJson;
  readonly simpleCostNanoUsd: NanoUsdJson;
  readonly wouldCostNanoUsd: NanoUsdJson;
  readonly savedNanoUsd: NanoUsdJson;
  /** Of what all calls of the tenant to the alias have cost. */
  readonly savedPermille: number;
}

/** Times are RFC 3339. */
export interface SavingsView {
  readonly from: string;
  readonly to: string;
  /** How many calls were looked at, the newest; `isSample`: there are more in the range. */
  readonly calls: number;
  readonly isSample: boolean;
  readonly simple: { readonly inputTokens: number; readonly outputTokens: number };
  readonly savings: readonly SavingLine[];
}

const known = ["tenant", "range", "to", "input", "output"];

/** What the reference configuration gives `fast` to read and to say. */
export const usualSimpleCall = { inputTokens: 650, outputTokens: 256 };

/** How long a prompt or an answer may be that is called simple. */
export const simpleCallLimits = { least: 1, most: 1_000_000 } as const;

export function parseSavingsQuery(query: string): Parsed<SavingsQuery, "invalid_value"> {
  const read = readQuery(query, known);
  if (!read.ok) return read;
  const text = (param: string): string | null => read.value.get(param) ?? null;
  const range = readAskedRange(read.value.get("range"), usageRanges, "7d");
  if (!range.ok) return range;
  const inputTokens = tokens(text("input"), usualSimpleCall.inputTokens);
  const outputTokens = tokens(text("output"), usualSimpleCall.outputTokens);
  const { least, most } = simpleCallLimits;
  const rule = `must be a whole number from ${least} to ${most}`;
  if (inputTokens === null) return refuseParam("input", rule);
  if (outputTokens === null) return refuseParam("output", rule);
  const to = text("to");
  if (to === "") return refuseParam("to", "is empty");
  const simple = { inputTokens, outputTokens };
  return { ok: true, value: { tenant: text("tenant"), range: range.value, to, ...simple } };
}

/** Null where it is no such number. */
function tokens(text: string | null, usual: number): number | null {
  if (text === null) return usual;
  const count = /^\d{1,7}$/.test(text) ? Number(text) : 0;
  return count >= simpleCallLimits.least && count <= simpleCallLimits.most ? count : null;
}

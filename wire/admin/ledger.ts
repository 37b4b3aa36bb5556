import type { Parsed } from "../result.ts";
import { readAskedRange } from "./_asked-range.ts";
import { type PlacedPage, readPlacedPage } from "./_placed-page.ts";
import { readQuery, refuseParam } from "./_query.ts";
import type { CalendarRange } from "./calendar-range.ts";
import { rowRanges, type RowRange } from "./usage.ts";

/** One row of the ledger. `attempt` 0 is the response's own; money in nano-USD, time RFC 3339. */
export interface LedgerRowView {
  readonly time: string;
  readonly id: string;
  readonly attempt: number;
  readonly tenant: string;
  readonly team: string | null;
  readonly key: string;
  readonly user: string | null;
  readonly session: string | null;
  readonly agent: string | null;
  readonly surface: string;
  readonly alias: string;
  readonly model: string | null;
  readonly provider: string | null;
  readonly region: string | null;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Of these, what some reader was handed before the call ended, and … */
  readonly deliveredTokens: number | null;
  /** … what nobody was; both null where that is unknown. */
  readonly wastedTokens: number | null;
  readonly cacheReadTokens: number;
  readonly cacheWrite5mTokens: number;
  readonly cacheWrite1hTokens: number;
  readonly reasoningTokens: number;
  readonly usageSource: string;
  readonly costNanoUsd: number;
  /** The same as US dollars, exact, with nine decimals: what a spreadsheet adds up. */
  readonly costUsd: string;
  readonly latencyMs: number;
  readonly firstTokenMs: number | null;
  readonly outcome: string;
  readonly cause: string | null;
  readonly priceVersion: string | null;
  /** What was picked under a name that leaves a choice, by which signals; null without one. */
  readonly choice: string | null;
  /** Messages of the conversation that were not sent, the oldest; 0 where all were. */
  readonly leftOutMessages: number;
  /** Whose answer it was given: `hit` a kept one, `shared` one under way; null: its own. */
  readonly cached: "hit" | "shared" | "semantic" | null;
  /** What that answer had cost, and its tokens. */
  readonly savedNanoUsd: number;
  readonly savedInputTokens: number;
  readonly savedOutputTokens: number;
  /** How many have said what they think of the answer; 0 in rows of attempts … */
  readonly feedbackCount: number;
  /** … and the mean of their scores, from -1 to 1; null where nobody has. */
  readonly feedbackScore: number | null;
  /** Those that the key had when it was called, sorted. */
  readonly tags: readonly string[];
}

/** In the order in which exports have them. */
export const ledgerColumns = [
  "time",
  "id",
  "attempt",
  "tenant",
  "team",
  "key",
  "user",
  "session",
  "agent",
  "surface",
  "alias",
  "model",
  "provider",
  "region",
  "inputTokens",
  "outputTokens",
  "cacheReadTokens",
  "cacheWrite5mTokens",
  "cacheWrite1hTokens",
  "reasoningTokens",
  "usageSource",
  "costNanoUsd",
  "latencyMs",
  "firstTokenMs",
  "outcome",
  "cause",
  "priceVersion",
  "choice",
  "leftOutMessages",
  "cached",
  "savedNanoUsd",
  "savedInputTokens",
  "savedOutputTokens",
  "feedbackCount",
  "feedbackScore",
  "deliveredTokens",
  "wastedTokens",
  // New ones stand last: readers may go by the place.
  "costUsd",
  "tags",
] as const satisfies readonly (keyof LedgerRowView)[];

/** `GET /admin/ledger` without a format, the newest call first: `?after=<next>` goes on. */
export interface LedgerPage {
  readonly rows: readonly LedgerRowView[];
  readonly next: string | null;
}

export const ledgerFormats = ["csv", "jsonl"] as const;
export type LedgerFormat = (typeof ledgerFormats)[number];

/** `operator`: with the attempts of each call and what they cost; `tenant`: the responses. */
export const ledgerViews = ["operator", "tenant"] as const;
export type LedgerViewName = (typeof ledgerViews)[number];

/** Query of `GET /admin/ledger`. */
export interface LedgerQueryView {
  readonly tenant: string | null;
  readonly key: string | null;
  readonly user: string | null;
  readonly session: string | null;
  readonly tag: string | null;
  readonly range: RowRange | CalendarRange;
  /** Null: that of the operator, or the tenant's for who is bound to it. */
  readonly view: LedgerViewName | null;
  /** Null: one page as JSON. */
  readonly format: LedgerFormat | null;
  readonly after: number | null;
  /** Calls of a page. */
  readonly limit: number;
}

const filters = ["tenant", "key", "user", "session", "tag"];
const params = [...filters, "range", "view", "format", "after", "limit"];

/** Reads the query of `GET /admin/ledger`. The default range is 24 h. */
export function parseLedgerQuery(query: string): Parsed<LedgerQueryView, "invalid_value"> {
  const read = readQuery(query, params);
  if (!read.ok) return read;
  const of = (param: string): string | null => read.value.get(param) ?? null;
  const range = readAskedRange(read.value.get("range"), rowRanges, "24h");
  if (!range.ok) return range;
  const view = ledgerViews.find((each) => each === of("view")) ?? null;
  if (view !== of("view")) return refuseParam("view", `must be one of ${ledgerViews.join(", ")}`);
  const format = ledgerFormats.find((each) => each === of("format")) ?? null;
  if (format !== of("format")) {
    return refuseParam("format", `must be one of ${ledgerFormats.join(", ")}`);
  }
  const page = pageOf(of("after"), of("limit"), format);
  if (!page.ok) return page;
  const who = { tenant: of("tenant"), key: of("key"), user: of("user"), session: of("session") };
  return {
    ok: true,
    value: { ...who, tag: of("tag"), range: range.value, view, format, ...page.value },
  };
}

function pageOf(
  after: string | null,
  limit: string | null,
  format: LedgerFormat | null,
): Parsed<PlacedPage, "invalid_value"> {
  if (format !== null && (after !== null || limit !== null)) {
    const param = after === null ? "limit" : "after";
    return refuseParam(param, "is for pages; an export has all rows");
  }
  return readPlacedPage(limit ?? undefined, after ?? undefined);
}

import type { Parsed } from "../result.ts";
import { readAskedRange } from "./_asked-range.ts";
import { readPlacedPage } from "./_placed-page.ts";
import type { CalendarRange } from "./calendar-range.ts";
import { readQuery, refuseParam } from "./_query.ts";
import { rowRanges, type RowRange } from "./usage.ts";

/** One change that an administrator made. Times are RFC 3339. */
export interface AuditRowView {
  readonly time: string;
  readonly event: string;
  /** The id of a key or circuit, a path of the configuration …; never a value. */
  readonly object: string;
  /** The id of the admin key, or `loopback`. */
  readonly by: string;
  readonly requestId: string;
  /**
   * Old and new value of a change of the configuration at run time, as JSON that is perhaps cut;
   * null where there is none, and of rows that are about something else.
   */
  readonly before: string | null;
  readonly after: string | null;
  /** Whose chain the row stands in, at which place, and its hash in hexadecimal. */
  readonly writer: string;
  readonly seq: number;
  readonly hash: string;
}

/** `GET /admin/audit`, the newest first. `next` goes on where this page ends: `?after=<next>`. */
export interface AuditPage {
  readonly rows: readonly AuditRowView[];
  readonly next: string | null;
}

/** Query of `GET /admin/audit`. */
export interface AuditQueryView {
  readonly event: string | null;
  readonly object: string | null;
  readonly by: string | null;
  readonly range: RowRange | CalendarRange;
  readonly after: number | null;
  readonly limit: number;
}

/** What a row can do that breaks a chain. */
export const chainFaults = ["changed", "missing", "doubled", "reordered", "added"] as const;
export type ChainFaultView = (typeof chainFaults)[number];

/** One chain, walked from its start. */
export interface ChainView {
  readonly chain: string;
  /** How many rows fit. */
  readonly rows: number;
  /** That of the last row; null when a row does not fit. */
  readonly hash: string | null;
  /** The first row that does not fit; null when all do. */
  readonly fault: ChainFaultOf | null;
}

export interface ChainFaultOf {
  readonly kind: ChainFaultView;
  readonly seq: number;
  /** The last place, where any of the rows in between may be meant. */
  readonly lastSeq?: number;
  /** Of the ledger: by their ids the calls at `seq` and `lastSeq`, and the one before. */
  readonly calls?: {
    readonly firstId: string | null;
    readonly lastId: string | null;
    readonly behindId: string | null;
  };
}

/** `GET /admin/audit/verify`. */
export interface ChainVerdict {
  readonly ok: boolean;
  readonly chains: readonly ChainView[];
}

/** `GET /admin/ledger/verify`: the seals without `?part=`, and which parts there are. */
export interface LedgerVerdict extends ChainVerdict {
  /** Days as 2026-01-31, the oldest first, and `open`: what is not sealed yet. */
  readonly parts: readonly string[];
}

/** Reads the query of `GET /admin/ledger/verify`; null: the seals. */
export function parseVerifyQuery(query: string): Parsed<string | null, "invalid_value"> {
  const read = readQuery(query, ["part"]);
  if (!read.ok) return read;
  const part = read.value.get("part") ?? null;
  if (part !== null && !/^(?:\d{4}-\d{2}-\d{2}|open)$/.test(part)) {
    return refuseParam("part", "must be a day such as 2026-01-31, or open");
  }
  return { ok: true, value: part };
}

const params = ["event", "object", "by", "range", "after", "limit"];

/** Reads the query of `GET /admin/audit`. Without one it is the newest 100 of all rows. */
export function parseAuditQuery(query: string): Parsed<AuditQueryView, "invalid_value"> {
  const read = readQuery(query, params);
  if (!read.ok) return read;
  const of = (param: string): string | null => read.value.get(param) ?? null;
  const range = readAskedRange(read.value.get("range"), rowRanges, "all");
  if (!range.ok) return range;
  const page = readPlacedPage(read.value.get("limit"), read.value.get("after"));
  if (!page.ok) return page;
  const [event, object, by] = [of("event"), of("object"), of("by")];
  return { ok: true, value: { event, object, by, range: range.value, ...page.value } };
}

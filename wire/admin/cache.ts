import { refuse, type Parsed } from "../result.ts";
import { Fields, type FieldCode, type TextRule } from "./_fields.ts";
import { readAskedRange } from "./_asked-range.ts";
import type { CalendarRange } from "./calendar-range.ts";
import { readQuery } from "./_query.ts";
import { usageRanges, type NanoUsdJson, type UsageRange } from "./usage.ts";

/** What kept answers take. */
export interface CacheSizeView {
  readonly answers: number;
  readonly bytes: number;
}

export interface CacheFiguresView {
  /** Calls that have ended, however they were answered. */
  readonly requests: number;
  /** Given a kept answer … */
  readonly hits: number;
  /** … one that was being made for another call … */
  readonly shared: number;
  /** … or a kept one to words that mean the same. */
  readonly semantic: number;
  /** All three of all calls, between 0 and 1. */
  readonly hitRate: number;
  /** What those answers had cost, and their tokens. */
  readonly savedNanoUsd: NanoUsdJson;
  readonly savedInputTokens: number;
  readonly savedOutputTokens: number;
}

/** `GET /admin/cache`. Times are RFC 3339. */
export interface CacheView {
  readonly from: string;
  readonly to: string;
  /** In this process, and of all of them on disk; null for who is bound to a tenant. */
  readonly memory: CacheSizeView | null;
  readonly disk: CacheSizeView | null;
  readonly totals: CacheFiguresView;
  /** By tenant and alias, those that have saved most first. */
  readonly groups: readonly {
    readonly tenant: string;
    readonly alias: string;
    readonly figures: CacheFiguresView;
  }[];
}

export interface CacheQueryView {
  readonly tenant: string | null;
  readonly range: UsageRange | CalendarRange;
}

/** Reads the query of `GET /admin/cache`. The default range is 24 h. */
export function parseCacheQuery(query: string): Parsed<CacheQueryView, "invalid_value"> {
  const read = readQuery(query, ["tenant", "range"]);
  if (!read.ok) return read;
  const range = readAskedRange(read.value.get("range"), usageRanges, "24h");
  if (!range.ok) return range;
  return { ok: true, value: { tenant: read.value.get("tenant") ?? null, range: range.value } };
}

/** Body of `POST /admin/cache/purge`: answers that all of this is said of. */
export interface CachePurgeOrder {
  readonly tenant: string | null;
  readonly alias: string | null;
  /** The key of who has asked. */
  readonly keyId: string | null;
  /** One answer, as `x-sekisho-cache-key` names it. */
  readonly key: string | null;
  /** Every answer: only where nothing else is said. */
  readonly all: boolean;
}

export interface CachePurgeView {
  /** Answers that are given to nobody any more. */
  readonly purged: number;
}

const name: TextRule = { pattern: /^[^\0]{1,512}$/s, says: "1 to 512 characters" };
const digest: TextRule = { pattern: /^[0-9a-f]{64}$/, says: "64 hexadecimal digits" };
const yes: TextRule = { pattern: /^yes$/, says: '"yes"' };

export function parseCachePurge(body: unknown): Parsed<CachePurgeOrder, FieldCode> {
  const fields = new Fields(body, ["tenant", "alias", "keyId", "key", "all"]);
  const which = {
    tenant: fields.optional("tenant", name),
    alias: fields.optional("alias", name),
    keyId: fields.optional("keyId", name),
    key: fields.optional("key", digest),
  };
  const all = fields.optional("all", yes) !== null;
  const read = fields.done({ ...which, all });
  if (!read.ok) return read;
  const isNamed = Object.values(which).some((each) => each !== null);
  if (isNamed !== all) return read;
  const message = 'Cannot purge: name a tenant, an alias, a key or an answer, or else "all": "yes"';
  return refuse("invalid_value", "all", message);
}

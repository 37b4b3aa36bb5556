import type { Reader } from "@sekisho/lib/storage/reader.ts";
import type { GivenKind } from "../cache-policy.ts";
import type { UsageQuery } from "./usage-query.ts";

/** What answers that were given again come to, for one tenant's alias. */
export interface GivenFigures {
  readonly tenant: string;
  readonly alias: string;
  readonly kind: GivenKind;
  readonly answers: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly nanoUsd: bigint;
}

export type GivenQuery = Pick<UsageQuery, "tenant" | "nowMs" | "rangeMs" | "untilMs">;

const minuteMs = 60_000;

const givenSql = `SELECT tenant, alias, kind, sum(answers) AS answers, sum(input) AS input,
    sum(output) AS output, CAST(sum(nano_usd) AS TEXT) AS nano_usd
  FROM given_rollups WHERE minute >= ?1 AND minute < ?3 AND (?2 IS NULL OR tenant = ?2)
  GROUP BY tenant, alias, kind`;

/** Answers that were given again within a range, of a tenant or of all. */
export function queryGiven(
  reader: Reader,
  { tenant, nowMs, rangeMs, untilMs }: GivenQuery,
): GivenFigures[] {
  const fromMinute = Math.floor((nowMs - rangeMs) / minuteMs);
  const endMinute = Math.floor((untilMs ?? Number.MAX_SAFE_INTEGER) / minuteMs);
  const rows = reader.all(givenSql, [fromMinute, tenant, endMinute]);
  return rows.map((row) => ({
    tenant: String(row["tenant"]),
    alias: String(row["alias"]),
    // Written by the ledger's store alone.
    kind: String(row["kind"]) as GivenKind,
    answers: Number(row["answers"]),
    inputTokens: Number(row["input"]),
    outputTokens: Number(row["output"]),
    nanoUsd: BigInt(String(row["nano_usd"])),
  }));
}

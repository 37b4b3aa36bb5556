import type { CallFeedback } from "@sekisho/gateway/feedback/feedback.ts";
import type { LedgerRow } from "@sekisho/gateway/ledger/ledger.ts";
import { decimalText } from "@sekisho/lib/text/decimal.ts";
import { rfc3339 } from "@sekisho/lib/time/rfc3339.ts";
import {
  ledgerColumns,
  type LedgerFormat,
  type LedgerRowView,
} from "@sekisho/wire/admin/ledger.ts";
import { csvLine } from "../../answers/csv.ts";

/** `feedback`: of the row's call, where somebody has said something of its answer. */
export const ledgerRowView = (
  { usage, subject: { given, tags, ...subject }, ...row }: LedgerRow,
  feedback?: CallFeedback,
): LedgerRowView => ({
  time: rfc3339(row.timeMs),
  id: `req_${row.id}`,
  attempt: row.attempt,
  ...subject,
  inputTokens: usage.input,
  outputTokens: usage.output,
  deliveredTokens: row.wastedTokens === null ? null : usage.output - row.wastedTokens,
  wastedTokens: row.wastedTokens,
  cacheReadTokens: usage.cacheRead,
  cacheWrite5mTokens: usage.cacheWrite5m,
  cacheWrite1hTokens: usage.cacheWrite1h,
  reasoningTokens: usage.reasoning,
  usageSource: row.usageSource,
  costNanoUsd: row.costNanoUsd,
  costUsd: decimalText(BigInt(row.costNanoUsd), { decimals: 9, least: 9 }),
  latencyMs: row.latencyMs,
  firstTokenMs: row.firstTokenMs,
  outcome: row.outcome,
  cause: row.cause,
  priceVersion: row.priceVersion,
  cached: given?.kind ?? null,
  savedNanoUsd: given?.nanoUsd ?? 0,
  savedInputTokens: given?.inputTokens ?? 0,
  savedOutputTokens: given?.outputTokens ?? 0,
  feedbackCount: row.attempt === 0 ? (feedback?.count ?? 0) : 0,
  feedbackScore: row.attempt === 0 ? (feedback?.averageScore ?? null) : null,
  tags: tags ?? [],
});

/** How an export of the ledger is written. */
export interface LedgerLines {
  readonly contentType: string;
  readonly head: string;
  readonly line: (row: LedgerRowView) => string;
}

export const ledgerLines: Readonly<Record<LedgerFormat, LedgerLines>> = {
  csv: {
    contentType: "text/csv; charset=utf-8; header=present",
    head: csvLine(ledgerColumns),
    line: ({ tags, ...row }) => {
      const cells = { ...row, tags: tags.join(";") };
      return csvLine(ledgerColumns.map((column) => cells[column]));
    },
  },
  jsonl: {
    contentType: "application/x-ndjson",
    head: "",
    line: (row) => `${JSON.stringify(row)}\n`,
  },
};

import { measures, nothing, type Amounts, type Measure } from "@sekisho/gateway/amounts.ts";
import type { Account } from "@sekisho/gateway/budget/account.ts";
import type { Failure } from "@sekisho/lib/failure/failure.ts";
import type { Reader } from "@sekisho/lib/storage/reader.ts";
import { Violation } from "../base/violation.ts";
import type { GroupRecord } from "./group-books.ts";

/** Who refused, and what it has of its own. */
export interface Refuser {
  readonly reader: Reader;
  readonly owner: string;
  /** Its calls under its present name. */
  readonly records: readonly GroupRecord[];
}

const columns: Readonly<Record<Measure, string>> = {
  nanoUsd: "nano_usd",
  inputTokens: "input_tokens",
  outputTokens: "output_tokens",
};

/**
 * MON-8: no refusal that the store's books do not justify: what is spent, what other processes
 * hold, and what the calls of the one that refuses hold. The word for it is the gravest (MON-11).
 */
export function checkRefusal(
  failure: Failure,
  asked: { readonly accounts: readonly Readonly<Account>[]; readonly amounts: Amounts },
  refuser: Refuser,
): void {
  const words = asked.accounts.flatMap((account) =>
    measures.flatMap((measure) => wordFor(account, { measure, asked: asked.amounts }, refuser)),
  );
  const right = gravest.find((word) => words.includes(word));
  if (right === failure.code) return;
  throw new Violation("MON-8 refusal", `${failure.message} (${failure.code}): should be ${right}`);
}

const gravest = ["request_exceeds_budget", "budget_exhausted", "in_flight"] as const;

function wordFor(
  { account, windowStartMs, limit }: Readonly<Account>,
  { measure, asked }: { readonly measure: Measure; readonly asked: Amounts },
  { reader, owner, records }: Refuser,
): (typeof gravest)[number][] {
  const most = limit.most[measure];
  const needed = asked[measure];
  // What is not needed is not lacking, however little of it there is.
  if (most === null || needed === 0) return [];
  if (needed > most) return ["request_exceeds_budget"];
  const name = columns[measure];
  const spent = reader.get(
    `SELECT spent_${name} AS sum FROM budget_spent WHERE account = ? AND window_start_ms = ?`,
    [account, windowStartMs],
  );
  const held = reader.get(
    `SELECT sum(max(0, granted_${name} - used_${name})) AS sum FROM budget_slices
      WHERE account = ? AND window_start_ms = ? AND owner <> ?`,
    [account, windowStartMs, owner],
  );
  let settled = Number(spent?.["sum"] ?? 0);
  let own = 0;
  for (const { id, state, hold, reserved, spent: booked } of records) {
    if (!hold.windows.some((each) => isSame(each, account, windowStartMs))) continue;
    if (state === "asked" || state === "open") own += (reserved ?? nothing)[measure];
    const isPending = state === "ended" && !isKept(reader, id);
    if (isPending) settled += booked[measure];
  }
  const others = Number(held?.["sum"] ?? 0);
  if (settled + others + own + needed <= most) return [];
  return [settled + needed > most ? "budget_exhausted" : "in_flight"];
}

const isSame = (one: Readonly<Account>, account: string, windowStartMs: number): boolean =>
  one.account === account && one.windowStartMs === windowStartMs;

const isKept = (reader: Reader, id: string): boolean =>
  reader.get("SELECT 1 FROM calls WHERE id = ?", [id]) !== undefined;

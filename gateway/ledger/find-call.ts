import type { Reader } from "@sekisho/lib/storage/reader.ts";
import type { IntentRow, LedgerRow } from "./ledger.ts";
import { rowsOfCall } from "./stored-call.ts";
import { intentOf } from "./stored-intent.ts";

/** What the books have of one call: its rows, the response's own first, or what it is to become. */
export type FoundCall =
  | { readonly state: "ended"; readonly rows: readonly LedgerRow[] }
  | { readonly state: "running"; readonly intent: IntentRow };

/** Both by the key of a table: no row is looked at but the one. */
export const endedCallSql = "SELECT id, time_ms, about, user, session FROM calls WHERE id = ?";
export const openCallSql = "SELECT * FROM intents WHERE id = ?";

/** Null for a call that the books know nothing of, or nothing any more. */
export function findCall(reader: Reader, id: string): FoundCall | null {
  const ended = (): FoundCall | null => {
    const row = reader.get(endedCallSql, [id]);
    return row === undefined ? null : { state: "ended", rows: rowsOfCall(row) };
  };
  const open = (): FoundCall | null => {
    const row = reader.get(openCallSql, [id]);
    return row === undefined ? null : { state: "running", intent: intentOf(row) };
  };
  // It may end between two looks.
  return ended() ?? open() ?? ended();
}

import type { Reader } from "@sekisho/lib/storage/reader.ts";
import type { SqlValue, Write } from "@sekisho/lib/storage/writer.ts";
import { nothing, type Amounts } from "../../amounts.ts";
import type { BudgetEvent } from "../../budget-alert.ts";
import type { BudgetSpent, BudgetStore } from "../budget-store.ts";

const spendSql = `INSERT INTO budget_spent
    (account, window_start_ms, last_ms,
     spent_nano_usd, spent_input_tokens, spent_output_tokens)
  VALUES (?, ?, ?, ?, ?, ?)
  ON CONFLICT DO UPDATE SET
    last_ms = max(last_ms, excluded.last_ms),
    spent_nano_usd = spent_nano_usd + excluded.spent_nano_usd,
    spent_input_tokens = spent_input_tokens + excluded.spent_input_tokens,
    spent_output_tokens = spent_output_tokens + excluded.spent_output_tokens`;

const spentSql = `SELECT spent_nano_usd, spent_input_tokens, spent_output_tokens
  FROM budget_spent WHERE account = ? AND window_start_ms = ?`;

const toldSql = `INSERT INTO budget_alerts (account, window_start_ms, measure, cause, most, at_ms,
    id, tenant, scope, window, share, used, code)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

const isToldSql = `SELECT 1 FROM budget_alerts
  WHERE account = ? AND window_start_ms = ? AND measure = ? AND cause = ? AND most = ? AND id = ?`;

/** Budgets in the SQLite table `budget_spent`. */
export class SqliteBudgetStore implements BudgetStore {
  readonly #reader: Reader;

  constructor(reader: Reader) {
    this.#reader = reader;
  }

  spend({ account, windowStartMs, spent, atMs }: BudgetSpent): Write {
    const { nanoUsd, inputTokens, outputTokens } = spent;
    return {
      sql: spendSql,
      params: [account, windowStartMs, atMs, nanoUsd, inputTokens, outputTokens],
      // Of those that are folded the first one's time stands: they are milliseconds apart.
      fold: { key: `budget:${account}@${windowStartMs}`, from: 3 },
    };
  }

  forget(beforeMs: number): Write[] {
    return [
      { sql: "DELETE FROM budget_spent WHERE last_ms < ?", params: [beforeMs] },
      { sql: "DELETE FROM budget_alerts WHERE at_ms < ?", params: [beforeMs] },
    ];
  }

  told(event: BudgetEvent): Write {
    const { id, atMs, tenant, scope, window, passed, used, code } = event;
    const about = [id, tenant, scope, window, passed, used, code];
    return { sql: toldSql, params: [...keyOf(event), atMs, ...about] };
  }

  isTold(event: BudgetEvent): boolean {
    return this.#reader.get(isToldSql, [...keyOf(event), event.id]) !== undefined;
  }

  spent(account: string, windowStartMs: number): Amounts {
    const row = this.#reader.get(spentSql, [account, windowStartMs]);
    if (row === undefined) return nothing;
    return {
      nanoUsd: Number(row["spent_nano_usd"]),
      inputTokens: Number(row["spent_input_tokens"]),
      outputTokens: Number(row["spent_output_tokens"]),
    };
  }
}

/** What tells once. A refusal that is no share is told by its code. */
const keyOf = (event: BudgetEvent): SqlValue[] => {
  const { account, windowStartMs, measure, passed, code, limit } = event;
  return [account, windowStartMs, measure, passed === null ? code : String(passed), limit];
};

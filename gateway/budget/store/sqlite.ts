import type { Reader } from "@sekisho/lib/storage/reader.ts";
import type { Write } from "@sekisho/lib/storage/writer.ts";
import type { BudgetSpent, BudgetStore } from "../budgets.ts";

const spendSql = `INSERT INTO budget_spent (account, window_start_ms, spent_nano_usd)
  VALUES (?, ?, ?)
  ON CONFLICT DO UPDATE SET spent_nano_usd = spent_nano_usd + excluded.spent_nano_usd`;

const spentSql = `SELECT spent_nano_usd FROM budget_spent
  WHERE account = ? AND window_start_ms = ?`;

/** Budgets in the SQLite table `budget_spent`. */
export class SqliteBudgetStore implements BudgetStore {
  readonly #reader: Reader;

  constructor(reader: Reader) {
    this.#reader = reader;
  }

  spend(spent: BudgetSpent): Write {
    return {
      sql: spendSql,
      params: [spent.account, spent.windowStartMs, spent.spentNanoUsd],
      fold: { key: `budget:${spent.account}@${spent.windowStartMs}`, from: 2 },
    };
  }

  spentNanoUsd(account: string, windowStartMs: number): number {
    const row = this.#reader.get(spentSql, [account, windowStartMs]);
    return row === undefined ? 0 : Number(row["spent_nano_usd"]);
  }
}

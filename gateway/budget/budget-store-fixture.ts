import type { Write } from "@sekisho/lib/storage/writer.ts";
import type { Amounts } from "../amounts.ts";
import type { BudgetSpent, BudgetStore } from "./budget-store.ts";

/** What was handed over to be written is there at once. */
export class BudgetStoreFake implements BudgetStore {
  readonly booked: BudgetSpent[] = [];

  spend(spent: BudgetSpent): Write {
    this.booked.push(spent);
    return { sql: "", params: [] };
  }

  spent(account: string, windowStartMs: number): Amounts {
    const own = this.booked.filter(
      (each) => each.account === account && each.windowStartMs === windowStartMs,
    );
    const sum = (measure: keyof Amounts): number =>
      own.reduce((total, { spent }) => total + spent[measure], 0);
    return {
      nanoUsd: sum("nanoUsd"),
      inputTokens: sum("inputTokens"),
      outputTokens: sum("outputTokens"),
    };
  }

  forget(): Write[] {
    return [];
  }

  told(): Write {
    return { sql: "", params: [] };
  }

  isTold(): boolean {
    return false;
  }
}

/** Whose budgets are asked for. */
export interface BudgetQuestion {
  readonly tenantId: string;
  /** Those of this conversation too. */
  readonly sessionId?: string | undefined;
}

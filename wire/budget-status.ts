/**
 * The HTTP status of refusals by budgets (MON-11): 402, or for programs that were written against
 * that 429.
 */
export const budgetStatuses = [402, 429] as const;

export type BudgetStatus = (typeof budgetStatuses)[number];

/** That of a key that nothing is said of. */
export const usualBudgetStatus: BudgetStatus = 402;

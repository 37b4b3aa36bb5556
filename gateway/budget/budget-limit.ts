import type { Attribution, Principal } from "../principal.ts";
import type { Measure } from "../amounts.ts";
import type { BudgetWindow } from "./window.ts";

/** Whose budget it is, the widest first. */
export const budgetScopes = ["tenant", "team", "key", "rule", "user", "session"] as const;

export type BudgetScope = (typeof budgetScopes)[number];

/** What each owner in a scope may spend in one kind of window (MON-6). */
export interface BudgetLimit {
  readonly scope: BudgetScope;
  /** Null for a session, which has one account for as long as it is remembered. */
  readonly window: BudgetWindow | null;
  /** Null: this measure is not limited. */
  readonly most: Readonly<Record<Measure, number | null>>;
  /** Shares of a limit, rising: somebody is told once in a window when they are spent (MON-12). */
  readonly alerts: readonly number[];
}

/** What one call may come to (MON-6); null: not limited. */
export interface RequestLimit {
  readonly name: string;
  /** Compared with the estimate of its prompt. */
  readonly inputTokens: number | null;
  /** What it may ask for, all its answers together. */
  readonly outputTokens: number | null;
  readonly totalTokens: number | null;
  /** Compared with what it could cost at most. */
  readonly nanoUsd: number | null;
}

/** What a tenant's key may spend. */
export interface KeyLimits {
  readonly accounts: readonly BudgetLimit[];
  /** Of each call alone; null: none. */
  readonly request: RequestLimit | null;
}

/** The limits of a key; the same object for as long as they do not change. */
export type LimitsOf = (principal: Principal) => KeyLimits;

/** Who spends: whose key it is, and for whom the call is. */
export interface Spender {
  readonly principal: Principal;
  readonly attribution: Pick<Attribution, "user" | "session" | "rule">;
  /** What the call may cost at most, as its client says; absent and null: nothing is said. */
  readonly maxNanoUsd?: number | null;
}

/** The same text names the same account; ids that clients choose cannot make it another's. */
export function accountName({ scope, window }: BudgetLimit, spender: Spender): string | null {
  const owner = ownerOf(scope, spender);
  if (owner === null) return null;
  return window === null ? `${scope}:${owner}` : `${scope}:${owner}:${window}`;
}

/**
 * Null where there is nobody: a key without a team, a call without a session or a rule. Calls that
 * name no user share an account of their key, else leaving the name out would be a way around the
 * limit.
 */
function ownerOf(scope: BudgetScope, { principal, attribution }: Spender): string | null {
  const { tenant, team, keyId } = principal;
  const { user, session, rule = null } = attribution;
  switch (scope) {
    case "tenant":
      return tenant;
    case "team":
      return team === null ? null : `${tenant}/${team}`;
    case "key":
      return keyId;
    case "rule":
      return rule === null ? null : `${tenant}/${written(rule)}`;
    case "user":
      return user === null ? `${tenant}//${keyId}` : `${tenant}/${written(user)}`;
    case "session":
      return session === null ? null : `${tenant}/${written(session)}`;
  }
}

/** A slash of a client's own would end the name. */
const written = (id: string): string => encodeURIComponent(id.toWellFormed());

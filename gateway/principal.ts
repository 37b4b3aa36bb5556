import type { KeyRole } from "@sekisho/wire/admin/staff-roles.data.ts";
import type { BudgetStatus } from "@sekisho/wire/budget-status.ts";
import type { Criticality } from "@sekisho/wire/criticality.ts";

/** Who asks, as the credential proves it (WIR-12). One stable object per key while it is valid. */
export interface Principal {
  readonly keyId: string;
  readonly tenant: string;
  readonly team: string | null;
  readonly role: KeyRole;
  /** Patterns of model names; `*` stands for any run of characters. */
  readonly models: readonly string[];
  /**
   * Surfaces the key may call by name (`openai.chat`, `anthropic.countTokens` …), `*` for all.
   */
  readonly surfaces: readonly string[];
  /** The most that calls of the key may say of themselves (RTE-17). */
  readonly criticality: Criticality;
  /** The budget of its tenant that each of its calls must fit; null: none. */
  readonly requestBudget: string | null;
  /** How long its resumable answers run on without a reader; null: as the installation has it. */
  readonly streamGraceMs: number | null;
  /** The HTTP status of refusals by budgets; absent: 402. */
  readonly budgetStatus?: BudgetStatus;
  /** What its calls are marked with in the ledger, sorted; absent where there are none. */
  readonly tags?: readonly string[];
  /** Of a browser's token: whom all its calls are for. Absent for keys. */
  readonly bound?: Bound;
}

/** Whom a token is bound to. */
export interface Bound {
  readonly user: string;
  readonly session: string | null;
}

/**
 * By what it is known who may read an answer again: the key, or with a token of a browser whom the
 * key has let in.
 */
export const readerOf = ({ keyId, bound }: Pick<Principal, "keyId" | "bound">): string =>
  bound === undefined ? keyId : JSON.stringify([keyId, bound.user, bound.session]);

/** Whom a call is for, as the client says. Bounded strings that never widen what the key may do. */
export interface Attribution {
  readonly user: string | null;
  readonly session: string | null;
  readonly agent: string | null;
  /** The rule of an automation that it was made by; absent and null for all others. */
  readonly rule?: string | null;
}

/** Our own header says best whom a call is for, else the dialect's field (WIR-12). */
export const attribute = (attribution: Attribution, user: string | null): Attribution =>
  attribution.user === null && user !== null ? { ...attribution, user } : attribution;

import type { KeyRole } from "@sekisho/wire/admin/staff-roles.data.ts";
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
}

/** Whom a call is for, as the client says. Bounded strings that never widen what the key may do. */
export interface Attribution {
  readonly user: string | null;
  readonly session: string | null;
  readonly agent: string | null;
}

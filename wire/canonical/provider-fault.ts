import type { Code } from "./codes.data.ts";

/**
 * What the next step is (RTE-7): the same target or another, only another, or none: the answer is
 * the client's.
 */
export type Verdict = "retry" | "failover" | "final";

/** A provider's error in our words. */
export interface ProviderFault {
  readonly code: Code;
  /** For the client: no key, no URL, and nothing of a provider's own failure. */
  readonly message: string;
  /** The field at fault as the provider named it. */
  readonly param: string | null;
  readonly retryAfterMs: number | null;
  readonly verdict: Verdict;
  /** The credential is at fault, not the target: it is to be quarantined. */
  readonly credentialFault: boolean;
}

/** What came of a provider's answer: something, or the fault that it was. */
export type FromProvider<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly fault: ProviderFault };

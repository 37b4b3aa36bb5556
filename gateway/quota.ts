import type { Target } from "./target.ts";
import type { MeasuredUsage } from "./usage.ts";

/** What one attempt has taken of a quota. */
export interface QuotaHold {
  /** Exactly once: what it used, or that the provider refused it for its quota. */
  end(measured: MeasuredUsage, isThrottled: boolean, nowMs: number): void;
}

/** What is left of quotas of providers: `route` reads it, `dispatch` feeds it. */
export interface Quotas {
  /** Is there room for an attempt of so many tokens? Always where no quota is declared. */
  hasRoom(target: Target, tokens: number, nowMs: number): boolean;
  /** Counts an attempt that is sent, room or not; null where no quota is declared. */
  take(target: Target, tokens: number, nowMs: number): QuotaHold | null;
}

/** For what takes nothing of any quota. */
export const noQuotas: Quotas = { hasRoom: () => true, take: () => null };

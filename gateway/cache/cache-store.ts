import type { CachedAnswer } from "./cached-answer.ts";

/** Which answers are thrown away: those that all members which are not null say. */
export interface PurgeSelector {
  readonly tenant: string | null;
  readonly alias: string | null;
  readonly keyId: string | null;
  readonly user: string | null;
  /** Any of these. */
  readonly sessions: readonly string[] | null;
  /** One answer. */
  readonly key: string | null;
}

/** Whose answers go: those of the user, where one is named, and of the sessions. */
export interface ErasedOwners {
  readonly tenant: string;
  readonly user: string | null;
  readonly sessions: readonly string[];
}

/** What a store holds. */
export interface StoreSize {
  readonly answers: number;
  readonly bytes: number;
}

/** What has happened in the store, whatever process has done it. */
export interface StoreChanges {
  /** Rises when somebody has thrown answers away … */
  readonly purges: number;
  /** … and when an answer took the place of an older one. */
  readonly renewals: number;
}

/** An answer that took the place of an older one. */
export interface Renewal {
  readonly key: string;
  readonly storedMs: number;
}

export interface KeepTerms {
  readonly purges: number;
  readonly sinceMs: number;
}

/**
 * Where answers are kept beside the memory of this process. It may lose any of them at any time;
 * its failures are the caller's to count, and nothing else.
 */
export interface CacheStore {
  /** Null where there is none; one that is over may be found. Throws. */
  find(key: string): CachedAnswer | null;
  /**
   * In the place of the one of its key, unless somebody has thrown answers away since `purges`, or
   * has kept one that is newer than `sinceMs`, wall clock. Nobody waits for it.
   */
  keep(answer: CachedAnswer, { purges, sinceMs }: KeepTerms): void;
  /** Is there any that a purge would take? Those that wait to be written may be missed. Throws. */
  holds(which: PurgeSelector): boolean;
  /** Resolves when nobody finds them any more. Rejects. */
  purge(which: PurgeSelector, nowMs: number): Promise<number>;
  /**
   * Of answers that are there no more nothing stands in its files; false where that must be tried
   * again. Rejects.
   */
  scrub(): Promise<boolean>;
  /** Takes out what is over, some of it: the next time goes on. Nobody waits for it. Throws. */
  sweep(): void;
  /** Throws. */
  changes(): StoreChanges;
  /** Those with a greater number than `renewals`; null where some of them are forgotten. Throws. */
  renewedSince(renewals: number): readonly Renewal[] | null;
  size(): StoreSize;
}

export const matches = (
  { key, owner }: Pick<CachedAnswer, "key" | "owner">,
  which: PurgeSelector,
): boolean =>
  (which.tenant ?? owner.tenant) === owner.tenant &&
  (which.alias ?? owner.alias) === owner.alias &&
  (which.keyId ?? owner.keyId) === owner.keyId &&
  (which.user === null || which.user === owner.user) &&
  (which.sessions === null || which.sessions.some((session) => session === owner.session)) &&
  (which.key ?? key) === key;

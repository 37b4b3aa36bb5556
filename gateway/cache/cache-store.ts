import type { CachedAnswer } from "./cached-answer.ts";

/** Which answers are thrown away: those that all members which are not null say. */
export interface PurgeSelector {
  readonly tenant: string | null;
  readonly alias: string | null;
  readonly keyId: string | null;
  readonly user: string | null;
  readonly session: string | null;
  /** One answer. */
  readonly key: string | null;
}

/** What a store holds. */
export interface StoreSize {
  readonly answers: number;
  readonly bytes: number;
}

/**
 * Where answers are kept beside the memory of this process. It may lose any of them at any time;
 * its failures are the caller's to count, and nothing else.
 */
export interface CacheStore {
  /** Null where there is none; one that is over may be found. Throws. */
  find(key: string): CachedAnswer | null;
  /**
   * In the place of the one of its key, unless somebody has thrown answers away since `purges`.
   * Nobody waits for it.
   */
  keep(answer: CachedAnswer, purges: number): void;
  /** Resolves when nobody finds them any more. Rejects. */
  purge(which: PurgeSelector, nowMs: number): Promise<number>;
  /** Changes when somebody has thrown answers away, in whatever process. Throws. */
  purges(): number;
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
  (which.session === null || which.session === owner.session) &&
  (which.key ?? key) === key;

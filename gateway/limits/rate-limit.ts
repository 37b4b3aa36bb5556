import type { Principal } from "../principal.ts";

/** Who has a rate, the widest first. */
export const rateScopes = ["tenant", "team", "key", "user", "connection", "model"] as const;

export type RateScope = (typeof rateScopes)[number];

/** How fast each owner in a scope may ask; null is no limit (MON-13). */
export interface RateLimit {
  readonly scope: RateScope;
  readonly requests: RequestRate | null;
  readonly tokensPerMinute: number | null;
  /** Calls at once. */
  readonly concurrent: number | null;
}

export interface RequestRate {
  readonly perSecond: number;
  readonly burst: number;
}

/** The rates of a tenant's key; the same array for as long as they do not change. */
export type RatesOf = (principal: Principal) => readonly RateLimit[];

/** Who asks, for whom, by what and for what. Before its body is read, a request says part of it. */
export interface RateAsker {
  readonly principal: Principal;
  /** Null for nobody in particular; undefined while that is not known. */
  readonly user: string | null | undefined;
  /** Null for a caller without a connection. */
  readonly connection: number | null;
  /** As the catalogue calls it; undefined while it is not known. */
  readonly model: string | undefined;
}

/** Scopes whose owners a key alone tells. */
export const isFixed: Readonly<Record<RateScope, boolean>> = {
  tenant: true,
  team: true,
  key: true,
  user: false,
  connection: false,
  model: false,
};

/**
 * Whose rate it is, as a name that no other owner has; null where there is nobody, or nobody knows
 * yet. Calls that name no user share a rate of their key, else leaving the name out would be a way
 * around it.
 */
export function rateOwner(scope: RateScope, asker: RateAsker): string | null {
  const { principal, user, connection, model } = asker;
  const { tenant, team, keyId } = principal;
  switch (scope) {
    case "tenant":
      return `tenant:${tenant}`;
    case "team":
      return team === null ? null : `team:${tenant}/${team}`;
    case "key":
      return `key:${keyId}`;
    case "user":
      if (user === undefined) return null;
      // Behind the colon stands all that a client wrote: nothing in it can end the name.
      return user === null ? `nobody:${keyId}` : `user:${user}`;
    case "connection":
      return connection === null ? null : `connection:${connection}`;
    case "model":
      return model === undefined ? null : `model:${model}`;
  }
}

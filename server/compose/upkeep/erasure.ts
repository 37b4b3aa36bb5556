import { nothing } from "@sekisho/gateway/amounts.ts";
import { accountName, type BudgetLimit } from "@sekisho/gateway/budget/budget-limit.ts";
import { renameAccount } from "@sekisho/gateway/budget/store/rename-account.ts";
import { forgetAuthor, forgetSession } from "@sekisho/gateway/feedback/store/forget-author.ts";
import {
  eraseNames,
  type Erasure,
  type ErasurePorts,
} from "@sekisho/gateway/ledger/erase-names.ts";
import type { AnswerCache } from "@sekisho/gateway/cache/answer-cache.ts";
import type { OnceCalls } from "@sekisho/gateway/calls/once-calls.ts";
import type { Streams } from "@sekisho/gateway/responses/streams.ts";
import type { Write } from "@sekisho/lib/storage/writer.ts";
import type { Principal } from "@sekisho/gateway/principal.ts";
import { usualCriticality } from "@sekisho/wire/criticality.ts";

export interface ErasingPorts extends Omit<ErasurePorts, "others"> {
  /** Where answers are kept by the names of whoever asked for them. */
  readonly streams: Pick<Streams, "erase">;
  readonly claims: Pick<OnceCalls["claims"], "forget">;
  /** Answers that are given again. */
  readonly cache: Pick<AnswerCache, "erase">;
}

/**
 * Takes the names of a user or a session out of the ledger and out of the books of budgets, and
 * what they were answered out of the files of streams and kept answers: idempotency keys for it
 * are free again.
 */
export const erase = (erasure: Erasure, { streams, claims, cache, ...ports }: ErasingPorts) =>
  eraseNames(erasure, {
    ...ports,
    async others(sessions): Promise<Write[]> {
      const { tenant, user, session } = erasure;
      const named = [...sessions.keys(), ...(session === null ? [] : [session])];
      const ids = await streams.erase({ tenant, user, sessions: named });
      await cache.erase({ tenant, user, sessions: named });
      const rows = [...accountWrites(erasure, sessions), ...feedbackWrites(erasure, sessions)];
      return [...rows, ...ids.map((id) => claims.forget(id))];
    },
  });

function accountWrites(
  { tenant, user, session, pseudonym }: Erasure,
  erased: ReadonlyMap<string, string>,
): Write[] {
  const sessions = new Map(erased);
  // Also where the calls of the session are dropped already.
  if (session !== null && !sessions.has(session)) sessions.set(session, pseudonym);
  const users = user === null ? [] : [{ user, session: null }];
  const owners = [
    ...users.map((before) => ({ before, after: { user: pseudonym, session: null } })),
    ...[...sessions].map(([from, to]) => ({
      before: { user: null, session: from },
      after: { user: null, session: to },
    })),
  ];
  return owners.flatMap(({ before, after }) => {
    const names = accountNames(tenant, after);
    return accountNames(tenant, before).flatMap((name, n) => renameAccount(name, names[n] ?? name));
  });
}

/** What they have said, and what was said of their sessions. */
function feedbackWrites(
  { tenant, user, session, pseudonym }: Erasure,
  erased: ReadonlyMap<string, string>,
): Write[] {
  const sessions = new Map(erased);
  if (session !== null && !sessions.has(session)) sessions.set(session, pseudonym);
  return [
    ...(user === null ? [] : [forgetAuthor(tenant, user, pseudonym)]),
    ...[...sessions].map(([name, to]) => forgetSession(tenant, name, to)),
  ];
}

interface Owner {
  readonly user: string | null;
  readonly session: string | null;
}

/** Those that a user or a session can have. */
function accountNames(tenant: string, owner: Owner): string[] {
  const limits: readonly BudgetLimit[] =
    owner.user === null
      ? [{ ...anyLimit, scope: "session", window: null }]
      : [
          { ...anyLimit, scope: "user", window: "day" },
          { ...anyLimit, scope: "user", window: "month" },
        ];
  const principal: Principal = { ...nobody, tenant };
  return limits.flatMap((limit) => accountName(limit, { principal, attribution: owner }) ?? []);
}

/** What an account is called does not depend on its limits, nor on the key. */
const anyLimit = { most: nothing, alerts: [] };
const nobody = {
  keyId: "",
  team: null,
  role: "client",
  models: [],
  surfaces: [],
  criticality: usualCriticality,
  requestBudget: null,
  streamGraceMs: null,
} as const;

import { nothing } from "@sekisho/gateway/amounts.ts";
import { accountName, type BudgetLimit } from "@sekisho/gateway/budget/budget-limit.ts";
import { renameAccount } from "@sekisho/gateway/budget/store/rename-account.ts";
import {
  eraseNames,
  type Erased,
  type Erasure,
  type ErasurePorts,
} from "@sekisho/gateway/ledger/erase-names.ts";
import type { Principal } from "@sekisho/gateway/principal.ts";
import { usualCriticality } from "@sekisho/wire/criticality.ts";

/** Takes the names of a user or a session out of the ledger and out of the books of budgets. */
export async function erase(erasure: Erasure, ports: ErasurePorts): Promise<Erased> {
  const { tenant, user, session, pseudonym } = erasure;
  const erased = await eraseNames(erasure, ports);
  const sessions = new Map(erased.sessions);
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
  const writes = owners.flatMap(({ before, after }) => {
    const names = accountNames(tenant, after);
    return accountNames(tenant, before).map((name, n) => renameAccount(name, names[n] ?? name));
  });
  await ports.commit(writes);
  return erased;
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
} as const;

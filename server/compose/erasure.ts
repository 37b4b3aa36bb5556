import { nothing } from "@sekisho/gateway/amounts.ts";
import { accountName, type BudgetLimit } from "@sekisho/gateway/budget/budget-limit.ts";
import { renameAccount } from "@sekisho/gateway/budget/store/rename-account.ts";
import {
  eraseNames,
  type Erased,
  type Erasure,
  type ErasurePorts,
} from "@sekisho/gateway/ledger/erase-names.ts";
import type { Write } from "@sekisho/lib/storage/writer.ts";
import type { Principal } from "@sekisho/gateway/principal.ts";
import { usualCriticality } from "@sekisho/wire/criticality.ts";

/** Takes the names of a user or a session out of the ledger and out of the books of budgets. */
export const erase = (erasure: Erasure, ports: Omit<ErasurePorts, "others">): Promise<Erased> =>
  eraseNames(erasure, { ...ports, others: (sessions) => accountWrites(erasure, sessions) });

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
    return accountNames(tenant, before).map((name, n) => renameAccount(name, names[n] ?? name));
  });
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

import { add, nothing, subtract, type Amounts } from "@sekisho/gateway/amounts.ts";
import type { Spender } from "@sekisho/gateway/budget/budget-limit.ts";
import type { Principal } from "@sekisho/gateway/principal.ts";
import { Budgets, type Hold } from "@sekisho/gateway/budget/budgets.ts";
import type { SliceStore } from "@sekisho/gateway/budget/slice-store.ts";
import { Slices } from "@sekisho/gateway/budget/slices.ts";
import type { Ledger } from "@sekisho/gateway/ledger/ledger.ts";
import type { MembershipStore } from "@sekisho/gateway/replicas/membership-store.ts";
import type { Write } from "@sekisho/lib/storage/writer.ts";
import type { PartMakers } from "@sekisho/server/compose/gateway/gateway-parts.ts";
import { changed } from "./changed.ts";
import type { Mutant } from "./mutant.ts";

/** Changes nothing. */
const noWrite: Write = { sql: "DELETE FROM replicas WHERE 0", params: [] };

const unlimited = { nanoUsd: null, inputTokens: null, outputTokens: null };

const withStore =
  (change: (store: SliceStore) => Partial<SliceStore>) =>
  (make: PartMakers): Partial<PartMakers> => ({
    slices: (parts) => make.slices({ ...parts, store: changed(parts.store, change(parts.store)) }),
  });

const withMembers =
  (change: (store: MembershipStore) => Partial<MembershipStore>) =>
  (make: PartMakers): Partial<PartMakers> => ({
    membership: (parts) =>
      make.membership({ ...parts, store: changed(parts.store, change(parts.store)) }),
  });

/** Takes what a slice lacks without asking anybody. */
class UnaskingBudgets extends Budgets {
  override asked(): Write[] {
    return [];
  }
}

/** Keeps whose accounts they are by the key: the first one's team is charged for all. */
class FirstTeamBudgets extends Budgets {
  readonly #first = new Map<string, Principal>();

  override reserve(spender: Spender, amounts: Amounts): Hold {
    const { keyId } = spender.principal;
    const principal = this.#first.get(keyId) ?? spender.principal;
    this.#first.set(keyId, principal);
    return super.reserve({ ...spender, principal }, amounts);
  }
}

/** When others were faster, it goes on as if it had been granted. */
class StubbornBudgets extends Budgets {
  override askAgain(hold: Hold): void {
    hold.asks = [];
  }
}

/** Lets calls spend what was asked for ahead of them before it is granted. */
class EagerSlices extends Slices {
  override take(...args: Parameters<Slices["take"]>): ReturnType<Slices["take"]> {
    const asks = super.take(...args);
    for (const { account, ahead } of asks) add(account.slice.granted, ahead);
    return asks;
  }

  override granted(asks: Parameters<Slices["granted"]>[0]): void {
    super.granted(asks);
    for (const { account, ahead } of asks) subtract(account.slice.granted, ahead);
  }

  override refused(asks: Parameters<Slices["refused"]>[0]): void {
    super.refused(asks);
    for (const { account, ahead } of asks) subtract(account.slice.granted, ahead);
  }
}

/** Does not tell the store what of a slice was spent. */
class ForgetfulSlices extends Slices {
  override settled(account: Parameters<Slices["settled"]>[0], booked: Amounts): null {
    super.settled(account, nothing);
    super.settled(account, booked);
    return null;
  }
}

const plainOwner = (ledger: Ledger): Ledger =>
  changed(ledger, {
    intent(row) {
      const { sql, params } = ledger.intent(row);
      return { sql: sql.replace(/CASE WHEN .* THEN \?2 END/s, "?2"), params };
    },
  });

const aloneInChain = (ledger: Ledger): Ledger =>
  changed(ledger, {
    terminal: (rows) =>
      ledger.terminal(rows).map((write) => {
        if (write.chain === undefined) return write;
        return { ...write, chain: { ...write.chain, headSql: "SELECT 0 WHERE 0" } };
      }),
  });

/** Mistakes of processes that spend from the same budgets. */
export const groupMutants: readonly Mutant[] = [
  {
    name: "unguarded-ask",
    mistake: "a slice is granted without a look at what is left",
    world: "group",
    parts: withStore((store) => ({
      ask: (slice, amounts) => store.ask(slice, amounts, unlimited),
    })),
  },
  {
    name: "unasked",
    mistake: "what a slice lacks is spent without being granted",
    world: "group",
    parts: () => ({ budgets: (...parts) => new UnaskingBudgets(...parts) }),
  },
  {
    name: "first-team",
    mistake: "tokens that share a key spend from the team of the first of them",
    world: "group",
    parts: () => ({ budgets: (...parts) => new FirstTeamBudgets(...parts) }),
  },
  {
    name: "stubborn",
    mistake: "a call that others were faster than goes on without a grant",
    world: "group",
    parts: () => ({ budgets: (...parts) => new StubbornBudgets(...parts) }),
  },
  {
    name: "eager-slice",
    mistake: "what is asked for ahead of calls is spent before it is granted",
    world: "group",
    parts: () => ({ slices: (parts) => new EagerSlices(parts) }),
  },
  {
    name: "kept-slice",
    mistake: "what is left of a slice is not given back",
    world: "group",
    parts: withStore(() => ({ giveBack: () => noWrite })),
  },
  {
    name: "unused-slice",
    mistake: "what was spent of a slice counts as held as well",
    world: "group",
    parts: () => ({ slices: (parts) => new ForgetfulSlices(parts) }),
  },
  {
    name: "eternal-lease",
    mistake: "a process that has died keeps what it held",
    world: "group",
    parts: withMembers(() => ({ end: () => noWrite })),
  },
  {
    name: "unfenced-intent",
    mistake: "what a process writes counts although it was taken for dead",
    world: "group",
    parts: (make) => ({ ledger: (...parts) => plainOwner(make.ledger(...parts)) }),
  },
  {
    name: "chain-of-one",
    mistake: "calls are chained behind nothing, whoever has added some before",
    world: "group",
    parts: (make) => ({ ledger: (...parts) => aloneInChain(make.ledger(...parts)) }),
  },
  {
    name: "early-release",
    mistake: "slices of a dead process are free before its calls are booked",
    world: "group",
    parts: (make) => ({
      membership: (parts) =>
        make.membership({
          ...parts,
          closeBooks: async (id) => {
            const sql = "DELETE FROM budget_slices WHERE owner = ?";
            await parts.writer.commit([{ sql, params: [id] }], "process");
            await parts.writer.commit(
              [{ sql: "DELETE FROM intents WHERE owner = ?", params: [id] }],
              "process",
            );
            await parts.closeBooks(id);
          },
        }),
    }),
  },
  {
    name: "unread-log",
    mistake: "what a dead process has kept ahead of the database is not read",
    world: "group",
    logs: (logs, disk) => ({
      goAhead: (name) => logs.goAhead(name),
      takeOver(name) {
        disk.ahead.delete(name);
        return logs.takeOver(name);
      },
    }),
  },
  {
    name: "unseized-log",
    mistake: "a process that was taken for dead goes on in its log",
    world: "group",
    logs: (logs, disk) => ({
      goAhead(name) {
        const isOpen = logs.goAhead(name);
        const kept = disk.ahead.get(name);
        if (kept !== undefined) {
          Object.defineProperty(kept, "isSeized", { get: () => false, set: () => {} });
        }
        return isOpen;
      },
      takeOver: (name) => logs.takeOver(name),
    }),
  },
  {
    name: "twice-read-log",
    mistake: "what the database has of a log already is applied once more",
    world: "group",
    logs: (logs, disk) => ({
      goAhead: (name) => logs.goAhead(name),
      takeOver(name) {
        const kept = disk.ahead.get(name);
        const reset = "UPDATE ahead_logs SET place = 0 WHERE name = ?";
        if (kept !== undefined) disk.database.prepare(reset).run(name);
        return logs.takeOver(name);
      },
    }),
  },
];

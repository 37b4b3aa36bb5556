import type { Clock } from "@sekisho/lib/time/clock.ts";
import type { Account } from "./account.ts";
import { isNothing, noSums } from "../amounts.ts";
import { isPersonalScope } from "../budget-alert.ts";
import type { Principal } from "../principal.ts";
import { accountName, type BudgetLimit, type Spender } from "./budget-limit.ts";
import type { BudgetStore } from "./budget-store.ts";
import { nothingTold, retellUnder } from "./due-alerts.ts";
import type { Slices } from "./slices.ts";
import { nextWindowStartMs, windowStartMs } from "./window.ts";

/** The accounts of a key, its team and its tenant, and the limits they were made for. */
interface FixedAccounts {
  readonly limits: readonly BudgetLimit[];
  readonly accounts: readonly Account[];
  /** Limits of rules, users and sessions: whose account it is, each call says anew. */
  readonly personal: readonly BudgetLimit[];
}

/** Clients choose rules, users and sessions: so many of their accounts stay in memory. */
const rememberedAccounts = 20_000;

export interface AccountsOptions {
  /** How many users and sessions have accounts in memory. */
  readonly remembered?: number;
  /** Where several processes spend from the accounts. */
  readonly slices?: Pick<Slices, "open" | "relimited"> | null;
}

/** Which accounts a call spends from, and their books of the present windows. */
export class Accounts {
  readonly #clock: Clock;
  readonly #store: BudgetStore;
  readonly #slices: Pick<Slices, "open" | "relimited"> | null;
  readonly #remembered: number;
  /** By principal: tokens of one issuer share a key's name, and each has a team of its own. */
  readonly #keys = new WeakMap<Principal, FixedAccounts>();
  /** Every account that was used, also when no limit names it any more. */
  readonly #books = new Map<string, Account>();
  #turn = 0;

  constructor(clock: Clock, store: BudgetStore, options: AccountsOptions = {}) {
    this.#clock = clock;
    this.#store = store;
    this.#slices = options.slices ?? null;
    this.#remembered = options.remembered ?? rememberedAccounts;
  }

  /** Those of the spender under these limits, in their order. */
  of(spender: Spender, limits: readonly BudgetLimit[]): readonly Account[] {
    if (limits.length === 0) return none;
    const nowMs = this.#clock.wallMs();
    const { accounts, personal } = this.#fixed(spender, limits, nowMs);
    if (personal.length === 0) return accounts;
    const own = personal.flatMap((limit) => this.#account(limit, spender, nowMs) ?? []);
    return [...accounts, ...own];
  }

  /** The same for somebody who only looks: users and sessions that never spent are not kept. */
  peek(spender: Spender, limits: readonly BudgetLimit[]): readonly Readonly<Account>[] {
    if (limits.length === 0) return none;
    const nowMs = this.#clock.wallMs();
    const { accounts, personal } = this.#fixed(spender, limits, nowMs);
    const own = personal.flatMap((limit) => {
      const account = accountName(limit, spender);
      if (account === null) return [];
      const known = this.#books.get(account);
      return known === undefined || isOver(known, nowMs)
        ? this.#fresh({ limit, account }, spender, nowMs)
        : { ...known, limit };
    });
    return [...accounts, ...own];
  }

  all(): readonly Account[] {
    return [...this.#books.values()];
  }

  /**
   * Forgets the accounts of users and sessions that were not used for longest, when they are too
   * many: the store knows what they have spent, as soon as `durable` resolves.
   */
  async trim(durable: () => Promise<void>): Promise<void> {
    const personal = [...this.#books.values()].filter(isPersonal);
    const excess = personal.length - this.#remembered;
    if (excess <= 0) return;
    const until = this.#turn;
    const oldest = personal.toSorted((a, b) => a.usedAt - b.usedAt).slice(0, excess);
    // What somebody holds now is settled later: that would not be stored with what is awaited.
    const idle = oldest.filter(({ reserved }) => isNothing(reserved));
    await durable();
    for (const each of idle) {
      const isSame = this.#books.get(each.account) === each;
      if (isSame && each.usedAt <= until) this.#books.delete(each.account);
    }
  }

  #fixed(spender: Spender, limits: readonly BudgetLimit[], nowMs: number): FixedAccounts {
    const known = this.#keys.get(spender.principal);
    if (known?.limits === limits && !known.accounts.some((each) => isOver(each, nowMs))) {
      return known;
    }
    const personal = limits.filter(({ scope }) => isPersonalScope(scope));
    const accounts = limits.flatMap((limit) =>
      personal.includes(limit) ? [] : (this.#account(limit, spender, nowMs) ?? []),
    );
    const fresh = { limits, accounts, personal };
    this.#keys.set(spender.principal, fresh);
    return fresh;
  }

  #account(limit: BudgetLimit, spender: Spender, nowMs: number): Account | null {
    const account = accountName(limit, spender);
    if (account === null) return null;
    const known = this.#books.get(account);
    if (known !== undefined && !isOver(known, nowMs)) {
      if (known.limit !== limit) {
        retellUnder(known, limit);
        known.limit = limit;
        this.#slices?.relimited(known);
      }
      known.usedAt = ++this.#turn;
      return known;
    }
    const fresh = this.#fresh({ limit, account }, spender, nowMs);
    this.#books.set(account, fresh);
    return fresh;
  }

  #fresh(
    { limit, account }: Pick<Account, "limit" | "account">,
    spender: Spender,
    nowMs: number,
  ): Account {
    const { window } = limit;
    const startMs = window === null ? 0 : windowStartMs(window, nowMs);
    const slices = this.#slices;
    const settled = slices === null ? { ...this.#store.spent(account, startMs) } : noSums();
    const fresh: Account = {
      limit,
      tenant: spender.principal.tenant,
      account,
      windowStartMs: startMs,
      windowEndMs: window === null ? Infinity : nextWindowStartMs(window, startMs),
      settled,
      reserved: noSums(),
      elsewhere: noSums(),
      slice: null,
      told: noSums(),
      toldRefusals: nothingTold,
      usedAt: ++this.#turn,
    };
    slices?.open(fresh);
    return fresh;
  }
}

const none: readonly Account[] = [];

// A clock that steps back does not reopen an old window: the books of the present one stay.
const isOver = (account: Account, nowMs: number): boolean => nowMs >= account.windowEndMs;

const isPersonal = ({ limit }: Account): boolean => isPersonalScope(limit.scope);

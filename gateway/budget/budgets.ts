import { Failure } from "@sekisho/lib/failure/failure.ts";
import type { Write } from "@sekisho/lib/storage/writer.ts";
import type { Clock } from "@sekisho/lib/time/clock.ts";
import { rfc3339 } from "@sekisho/lib/time/rfc3339.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import type { Principal } from "../principal.ts";
import { nextWindowStartMs, windowStartMs, type BudgetWindow } from "./window.ts";

/** A money limit in one kind of UTC window. Each key that it applies to has its own account. */
export interface BudgetLimit {
  readonly scope: "key";
  readonly window: BudgetWindow;
  readonly limitNanoUsd: number;
}

/** The limits of a key; the same array for as long as they do not change. */
export type LimitsOf = (principal: Principal) => readonly BudgetLimit[];

/** What has been settled in a window, as the store knows it. */
export interface BudgetSpent {
  readonly account: string;
  readonly windowStartMs: number;
  readonly spentNanoUsd: number;
}

export interface BudgetStore {
  /** Adds to what a window has spent. Additive: it may be folded with others of its account. */
  spend(spent: BudgetSpent): Write;
  /** What an account has spent in the window that starts then. */
  spentNanoUsd(account: string, windowStartMs: number): number;
}

/** The books of one limit in one window. `settled + reserved ≤ limit` at every instant (MON-8). */
interface Account {
  limit: BudgetLimit;
  readonly account: string;
  readonly windowStartMs: number;
  readonly windowEndMs: number;
  settled: number;
  reserved: number;
}

/** Money set aside for one call in the windows of its admission; it is closed exactly once. */
export interface Hold {
  readonly amountNanoUsd: number;
  readonly windows: readonly Account[];
  open: boolean;
}

/** What one account has settled and reserved in its present window, in nano-USD. */
export interface Books {
  readonly name: string;
  readonly windowStartMs: number;
  readonly limitNanoUsd: number;
  readonly settled: number;
  readonly reserved: number;
}

/** The accounts of a key, and the limits they were made for. */
interface KeyAccounts {
  readonly limits: readonly BudgetLimit[];
  readonly accounts: readonly Account[];
}

type IntentAccounts = readonly { readonly account: string; readonly windowStartMs: number }[];

/**
 * Reserve before a call, settle after it, in integers. All state is in this process: a reservation
 * is a comparison and an addition in one turn of the event loop, so no interleaving can overspend.
 */
export class Budgets {
  readonly #clock: Clock;
  readonly #store: BudgetStore;
  #limitsOf: LimitsOf;
  readonly #keys = new Map<string, KeyAccounts>();
  /** Every account that was ever used, also when no limit names it any more. */
  readonly #books = new Map<string, Account>();

  constructor(clock: Clock, store: BudgetStore, limitsOf: LimitsOf) {
    this.#clock = clock;
    this.#store = store;
    this.#limitsOf = limitsOf;
  }

  /** Takes the limits of a new configuration; what was settled and reserved stays. */
  configure(limitsOf: LimitsOf): void {
    this.#limitsOf = limitsOf;
  }

  /** Is any limit set on this key? Then every model it calls needs a price. */
  isLimited(principal: Principal): boolean {
    return this.#limitsOf(principal).length > 0;
  }

  /** What the tightest limit leaves for one more call; Infinity without a limit. */
  freeNanoUsd(principal: Principal): number {
    let free = Infinity;
    for (const account of this.#current(principal)) {
      free = Math.min(free, account.limit.limitNanoUsd - account.settled - account.reserved);
    }
    return Math.max(0, free);
  }

  /** What the tightest limit would leave for the first call of a key without any spending. */
  wholeNanoUsd(principal: Principal): number {
    return Math.min(...this.#limitsOf(principal).map(({ limitNanoUsd }) => limitNanoUsd));
  }

  /** Throws Failure where `reserve` would; sets nothing aside. */
  check(principal: Principal, amountNanoUsd: number): void {
    for (const account of this.#current(principal)) this.#check(account, amountNanoUsd);
  }

  /** Sets `amountNanoUsd` aside on every limit of the key, or on none. Throws Failure. */
  reserve(principal: Principal, amountNanoUsd: number): Hold {
    const windows = this.#current(principal);
    for (const account of windows) this.#check(account, amountNanoUsd);
    for (const account of windows) account.reserved += amountNanoUsd;
    return { amountNanoUsd, windows, open: true };
  }

  /**
   * Books what the call cost, at most what was reserved (MON-7), and frees the rest. Returns the
   * writes to commit with the call's ledger row. 0 voids the hold.
   */
  settle(hold: Hold, costNanoUsd: number): Write[] {
    if (!hold.open) throw new Error("Cannot settle a hold: it is closed already");
    hold.open = false;
    const booked = Math.min(costNanoUsd, hold.amountNanoUsd);
    const writes: Write[] = [];
    for (const account of hold.windows) {
      account.reserved -= hold.amountNanoUsd;
      account.settled += booked;
      if (booked > 0) {
        writes.push(
          this.#store.spend({
            account: account.account,
            windowStartMs: account.windowStartMs,
            spentNanoUsd: booked,
          }),
        );
      }
    }
    return writes;
  }

  /** Writes that count an amount as spent in windows of the past, for calls a crash left open. */
  spend(accounts: IntentAccounts, amountNanoUsd: number): Write[] {
    if (amountNanoUsd === 0) return [];
    return accounts.map(({ account, windowStartMs: startMs }) =>
      this.#store.spend({ account, windowStartMs: startMs, spentNanoUsd: amountNanoUsd }),
    );
  }

  /**
   * The books of every account of the present windows, for the invariants of the simulation and for
   * the admin API.
   */
  books(): Books[] {
    return [...this.#books.values()].map((account) => ({
      name: account.account,
      windowStartMs: account.windowStartMs,
      limitNanoUsd: account.limit.limitNanoUsd,
      settled: account.settled,
      reserved: account.reserved,
    }));
  }

  #current(principal: Principal): readonly Account[] {
    const limits = this.#limitsOf(principal);
    const known = this.#keys.get(principal.keyId);
    const nowMs = this.#clock.wallMs();
    if (known?.limits === limits && !known.accounts.some((each) => isOver(each, nowMs))) {
      return known.accounts;
    }
    const accounts = limits.map((limit) => this.#account(principal, limit, nowMs));
    this.#keys.set(principal.keyId, { limits, accounts });
    return accounts;
  }

  #account(principal: Principal, limit: BudgetLimit, nowMs: number): Account {
    const account = `${limit.scope}:${principal.keyId}:${limit.window}`;
    const known = this.#books.get(account);
    if (known !== undefined && !isOver(known, nowMs)) {
      known.limit = limit;
      return known;
    }
    const startMs = windowStartMs(limit.window, nowMs);
    const settled = this.#store.spentNanoUsd(account, startMs);
    const fresh: Account = {
      limit,
      account,
      windowStartMs: startMs,
      windowEndMs: nextWindowStartMs(limit.window, startMs),
      settled,
      reserved: 0,
    };
    this.#books.set(account, fresh);
    return fresh;
  }

  #check(account: Account, amount: number): void {
    const { limitNanoUsd, window } = account.limit;
    const code = refusal(account, amount);
    if (code === null) return;
    const left = limitNanoUsd - account.settled - account.reserved;
    throw new Failure<Code>(
      code,
      `Cannot reserve budget "${account.account}": ${left} nano-USD left of ${limitNanoUsd}, ` +
        `${amount} needed`,
      {
        ...(code === "in_flight" ? { retryAfterMs: 1_000 } : {}),
        facts: {
          budgetType: `${account.limit.scope}_${window}`,
          limit: limitNanoUsd,
          used: account.settled,
          reserved: account.reserved,
          resetsAt: rfc3339(account.windowEndMs),
        },
      },
    );
  }
}

// A clock that steps back does not reopen an old window: the books of the present one stay.
const isOver = (account: Account, nowMs: number): boolean => nowMs >= account.windowEndMs;

function refusal(account: Account, amount: number): Code | null {
  const { limitNanoUsd } = account.limit;
  if (account.settled + account.reserved + amount <= limitNanoUsd) return null;
  if (amount > limitNanoUsd) return "request_exceeds_budget";
  return account.settled + amount > limitNanoUsd ? "budget_exhausted" : "in_flight";
}

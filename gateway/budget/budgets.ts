import type { Failure } from "@sekisho/lib/failure/failure.ts";
import type { Write } from "@sekisho/lib/storage/writer.ts";
import type { Clock } from "@sekisho/lib/time/clock.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import type { BudgetAlert } from "../budget-alert.ts";
import type { Principal } from "../principal.ts";
import { freeOf, isGraver, shortageOf, type Account, type Shortage } from "./account.ts";
import { Accounts } from "./accounts.ts";
import { add, atMost, isNothing, nothing, subtract, type Amounts } from "../amounts.ts";
import type { LimitsOf, RequestLimit, Spender } from "./budget-limit.ts";
import { budgetRefusal } from "./budget-refusal.ts";
import { tellPassed, tellRefused } from "./due-alerts.ts";
import { checkOwnCost, checkRequestCost } from "./request-limit.ts";
import type { BudgetStore } from "./budget-store.ts";
import type { Ask, Slices } from "./slices.ts";

/** Set aside for one call in the windows of its admission; it is closed exactly once. */
export interface Hold {
  readonly amounts: Amounts;
  readonly windows: readonly Account[];
  /** What the store must grant together with the call's intent; none where one process spends. */
  asks: readonly Ask[];
  open: boolean;
}

/** What is left for one more call. Infinity without a limit. */
export interface FreeAmounts {
  readonly nanoUsd: number;
  readonly outputTokens: number;
}

type SpenderOfKey = Pick<Spender, "principal" | "maxNanoUsd">;

type IntentAccounts = readonly { readonly account: string; readonly windowStartMs: number }[];

/**
 * Reserve before a call, settle after it, in integers, on all levels at once or on none (MON-6).
 * Where one process spends, all state is in it: a reservation is a comparison and an addition in
 * one turn of the event loop, so no interleaving can overspend. Where several do, each spends out
 * of slices; a hold then counts when the store has granted its asks.
 */
export class Budgets {
  readonly #clock: Clock;
  readonly #store: BudgetStore;
  readonly #slices: Slices | null;
  #accounts: Accounts;
  readonly #alerted: (alert: BudgetAlert) => void;
  #limitsOf: LimitsOf;

  // oxlint-disable-next-line max-params -- what the mutants of the simulation pass on
  constructor(
    clock: Clock,
    store: BudgetStore,
    limitsOf: LimitsOf,
    alerted: (alert: BudgetAlert) => void = () => {},
    slices: Slices | null = null,
  ) {
    this.#clock = clock;
    this.#store = store;
    this.#slices = slices;
    this.#accounts = new Accounts(clock, store, { slices });
    this.#limitsOf = limitsOf;
    this.#alerted = alerted;
  }

  /** Takes the limits of a new configuration; what was settled and reserved stays. */
  configure(limitsOf: LimitsOf): void {
    this.#limitsOf = limitsOf;
  }

  /** Is money limited for such a call? Then every model that it may go to needs a price. */
  isMoneyLimited({ principal, maxNanoUsd = null }: SpenderOfKey): boolean {
    const { accounts, request } = this.#limitsOf(principal);
    const isEach = maxNanoUsd !== null || (request !== null && request.nanoUsd !== null);
    return isEach || accounts.some(({ most }) => most.nanoUsd !== null);
  }

  /** What the tightest limits leave for one more call; at least 0. */
  free(spender: Spender): FreeAmounts {
    const limit = this.requestLimit(spender.principal)?.nanoUsd ?? Infinity;
    let nanoUsd = Math.min(limit, spender.maxNanoUsd ?? Infinity);
    let outputTokens = Infinity;
    for (const account of this.#looked(spender, nothing)) {
      nanoUsd = Math.min(nanoUsd, freeOf(account, "nanoUsd"));
      outputTokens = Math.min(outputTokens, freeOf(account, "outputTokens"));
    }
    return { nanoUsd: Math.max(0, nanoUsd), outputTokens: Math.max(0, outputTokens) };
  }

  /** What the tightest limits would leave for the first call of all. */
  whole(principal: Principal): FreeAmounts {
    const { accounts: limits } = this.#limitsOf(principal);
    return {
      nanoUsd: Math.min(...limits.map(({ most }) => most.nanoUsd ?? Infinity)),
      outputTokens: Math.min(...limits.map(({ most }) => most.outputTokens ?? Infinity)),
    };
  }

  /** What each call of the key must fit; null: nothing in particular. */
  requestLimit(principal: Principal): RequestLimit | null {
    return this.#limitsOf(principal).request;
  }

  /** Throws Failure where `reserve` would; sets nothing aside. */
  check(spender: Spender, amounts: Amounts): void {
    this.#checkCost(spender, amounts);
    const shortage = this.#shortage(this.#looked(spender, amounts), amounts);
    if (shortage !== null) throw budgetRefusal(shortage);
  }

  /**
   * Sets the amounts aside on every account of the spender, or on none. Throws Failure; of a try
   * behind which another one follows nobody is told.
   */
  reserve(spender: Spender, amounts: Amounts, isLast = true): Hold {
    this.#checkCost(spender, amounts);
    const windows = this.#looked(spender, amounts);
    const shortage = this.#shortage(windows, amounts);
    if (shortage !== null) {
      throw isLast ? this.#refused(windows, amounts, shortage) : budgetRefusal(shortage);
    }
    const asks = this.#slices?.take(windows, amounts, { isExact: false }) ?? noAsks;
    for (const account of windows) add(account.reserved, amounts);
    return { amounts, windows, asks, open: true };
  }

  /** To be committed with the intent of the call; all of it is granted or none. */
  asked({ asks }: Hold): Write[] {
    return this.#slices?.writesOf(asks) ?? [];
  }

  /** The store has the intent, and what was asked with it. */
  granted(hold: Hold): void {
    this.#slices?.granted(hold.asks);
    hold.asks = noAsks;
  }

  /**
   * The store has refused what was asked: others were faster. The hold then asks for what it needs
   * by the books of now, and for no more. Throws Failure where they do not suffice; the hold is
   * closed then.
   */
  askAgain(hold: Hold): void {
    const { windows, amounts } = hold;
    this.#slices?.refused(hold.asks);
    hold.asks = noAsks;
    for (const account of windows) subtract(account.reserved, amounts);
    try {
      this.#slices?.lookAnew(windows);
      const shortage = worstShortage(windows, amounts);
      if (shortage !== null) throw this.#refused(windows, amounts, shortage);
      hold.asks = this.#slices?.take(windows, amounts, { isExact: true }) ?? noAsks;
    } catch (refusal) {
      hold.open = false;
      throw refusal;
    }
    for (const account of windows) add(account.reserved, amounts);
  }

  /** This process goes on under another name: what it held is no longer its own. */
  restart(): void {
    this.#slices?.restart();
    this.#accounts = new Accounts(this.#clock, this.#store, { slices: this.#slices });
  }

  /**
   * Books what the call came to, at most what was reserved (MON-7), and frees the rest. Returns the
   * writes to commit with the call's ledger row. `nothing` voids the hold.
   */
  settle(hold: Hold, amounts: Amounts): Write[] {
    if (!hold.open) throw new Error("Cannot settle a hold: it is closed already");
    hold.open = false;
    const booked = atMost(amounts, hold.amounts);
    for (const account of hold.windows) {
      subtract(account.reserved, hold.amounts);
      add(account.settled, booked);
    }
    const used = this.#slices === null ? noWrites : this.#used(this.#slices, hold, booked);
    if (isNothing(booked)) return [];
    for (const account of hold.windows) tellPassed(account, this.#alerted);
    const spending = this.spend(hold.windows, booked);
    return used.length === 0 ? spending : [...spending, ...used];
  }

  /** Writes that count amounts as spent, also in windows of the past (MON-10). */
  spend(accounts: IntentAccounts, spent: Amounts): Write[] {
    if (isNothing(spent)) return [];
    const atMs = this.#clock.wallMs();
    return accounts.map(({ account, windowStartMs }) =>
      this.#store.spend({ account, windowStartMs, spent, atMs }),
    );
  }

  /** The books of a spender, in the order of its limits but users and sessions last. */
  booksOf(spender: Spender): readonly Readonly<Account>[] {
    const own = this.#accounts.peek(spender, this.#limitsOf(spender.principal).accounts);
    const slices = this.#slices;
    return slices === null ? own : own.map((account) => slices.seen(account));
  }

  /** The books of every account of the present windows. */
  books(): readonly Readonly<Account>[] {
    return this.#accounts.all();
  }

  /** Writes that forget what nobody has spent from for 62 days: windows are over, sessions old. */
  forgetOld(): Write[] {
    return this.#store.forget(this.#clock.wallMs() - keptMs);
  }

  /** Keeps the number of accounts in memory bounded; `durable` says when all is stored. */
  trim(durable: () => Promise<void>): Promise<void> {
    return this.#accounts.trim(durable);
  }

  #checkCost({ principal, maxNanoUsd = null }: Spender, { nanoUsd }: Amounts): void {
    checkRequestCost(this.requestLimit(principal), nanoUsd);
    if (maxNanoUsd !== null) checkOwnCost(maxNanoUsd, nanoUsd);
  }

  #current(spender: Spender): readonly Account[] {
    return this.#accounts.of(spender, this.#limitsOf(spender.principal).accounts);
  }

  /** Those of the spender, as far as amounts ask for it as the store knows them now. */
  #looked(spender: Spender, amounts: Amounts): readonly Account[] {
    const accounts = this.#current(spender);
    if (this.#slices === null) return accounts;
    this.#slices.look(accounts, amounts);
    // What other processes have spent may have passed a share.
    for (const account of accounts) tellPassed(account, this.#alerted);
    return accounts;
  }

  /** What the accounts lack of it by what the store knows now; null where they suffice. */
  #shortage(accounts: readonly Account[], amounts: Amounts): Shortage | null {
    const shortage = worstShortage(accounts, amounts);
    if (shortage === null || this.#slices === null) return shortage;
    this.#slices.lookAnew(accounts);
    return worstShortage(accounts, amounts);
  }

  /** What the store is told of the slices that the call was spent from. */
  #used(slices: Slices, { windows, asks }: Hold, booked: Amounts): readonly Write[] {
    slices.refused(asks);
    const writes: Write[] = [];
    for (const account of windows) {
      const write = slices.settled(account, booked);
      if (write !== null) writes.push(write);
    }
    return writes;
  }

  /** The refusal by the worst shortage. Each budget that refuses tells: none may settle there. */
  #refused(accounts: readonly Account[], amounts: Amounts, worst: Shortage): Failure<Code> {
    for (const account of accounts) {
      const shortage = shortageOf(account, amounts);
      if (shortage !== null) tellRefused(account, shortage, this.#alerted);
    }
    return budgetRefusal(worst);
  }
}

const noAsks: readonly Ask[] = [];
const noWrites: readonly Write[] = [];

const keptMs = 62 * 86_400_000;

function worstShortage(accounts: readonly Account[], amounts: Amounts): Shortage | null {
  let worst: Shortage | null = null;
  for (const account of accounts) {
    const shortage = shortageOf(account, amounts);
    if (shortage !== null && (worst === null || isGraver(shortage, worst))) worst = shortage;
  }
  return worst;
}

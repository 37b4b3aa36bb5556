import { Failure } from "@sekisho/lib/failure/failure.ts";
import type { Write, Writer } from "@sekisho/lib/storage/writer.ts";
import type { Clock } from "@sekisho/lib/time/clock.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import {
  add,
  isNothing,
  measures,
  noSums,
  nothing,
  raise,
  subtract,
  twice,
  type Amounts,
} from "../amounts.ts";
import type { Account } from "./account.ts";
import { idleOf, lackOf, sliceSize, suffices } from "./slice-size.ts";
import type { Slice } from "./slice.ts";
import type { SliceName, SliceStore } from "./slice-store.ts";

export interface SlicesParts {
  readonly clock: Clock;
  readonly store: SliceStore;
  readonly writer: Pick<Writer, "commit" | "flush">;
  /** Under which name this process holds its slices. */
  readonly owner: () => string;
  /** How many processes share the accounts. */
  readonly processes: () => number;
  /** Does the store take anything of this process? Not while it is taken for dead. */
  readonly isMember: () => boolean;
}

export interface TakeOptions {
  readonly isExact: boolean;
}

/** What one call asks the store for, in the commit of its intent. */
export interface Ask {
  readonly account: SharedAccount;
  /** What the call lacks … */
  readonly lack: Amounts;
  /** … and what is taken for others, who may spend it when it is granted and not before. */
  readonly ahead: Amounts;
  /** What no call holds when it is granted. */
  readonly idle: Amounts;
}

/** An account of which this process holds a slice. */
export type SharedAccount = Account & { slice: Slice };

/** Calls that come within this time look at the same books: what decides is the store. */
const freshMs = 1;

/** What a call of a tight account has left is given back so soon after its end. */
const sweepMs = 25;

/** Slices that stay are looked at so often … */
const tendMs = 1_000;

/** … and those that no call has used for so long are given up. */
const unusedMs = 5_000;

/**
 * What this process holds of accounts that it shares with others (MON-9). A reservation out of a
 * slice is an integer operation; what a slice has too little of is asked for in the commit that
 * keeps the intent, and the store refuses both or none.
 */
export class Slices implements Disposable {
  readonly #parts: SlicesParts;
  readonly #accounts = new Set<SharedAccount>();
  /** Tight ones of which something may be left over. */
  readonly #left = new Set<SharedAccount>();
  #isSweeping = false;
  #isOver = false;
  #lastId = 0;

  constructor(parts: SlicesParts) {
    this.#parts = parts;
    this.#tendLater();
  }

  [Symbol.dispose](): void {
    this.#isOver = true;
  }

  /** The slices of a process that was taken for dead are its own no more. */
  restart(): void {
    this.#accounts.clear();
    this.#left.clear();
  }

  /** Makes an account one of which this process holds a slice, with nothing in it yet. */
  open(account: Account): Account {
    const shared = Object.assign(account, { slice: this.#newSlice() });
    this.read(shared);
    return shared;
  }

  /**
   * The account has another limit, under which nobody may spend what was granted without one: the
   * next call looks it up, and what no call holds is given back.
   */
  relimited(account: Account): void {
    if (!isShared(account)) return;
    account.slice.isLeased = false;
    account.slice.readAtMs = -Infinity;
    this.#isLeft(account);
  }

  /** Looks an account up in the store; what it does not know of this process yet is added. */
  read(account: SharedAccount): void {
    const { slice } = account;
    const { spent, used, elsewhere, idleElsewhere } = this.#parts.store.books(nameOf(account));
    for (const measure of measures) {
      account.settled[measure] = spent[measure] + slice.used[measure] - used[measure];
    }
    Object.assign(account.elsewhere, elsewhere);
    Object.assign(slice.idleElsewhere, idleElsewhere);
    slice.readAtMs = this.#parts.clock.monotonicMs();
  }

  /** Looks accounts up of which the slices are too small for these amounts. */
  look(accounts: readonly Account[], amounts: Amounts): void {
    for (const account of accounts) {
      if (!isShared(account)) continue;
      const { slice, reserved } = account;
      if (slice.isLeased && suffices(slice, reserved, amounts)) continue;
      if (this.#parts.clock.monotonicMs() - slice.readAtMs >= freshMs) this.read(account);
    }
  }

  /**
   * Looks all of them up, whatever is known of them. Throws Failure `storage_unavailable` while
   * this process is taken for dead: its slices are others' by now.
   */
  lookAnew(accounts: readonly Account[]): void {
    if (!this.#parts.isMember()) {
      const message = "Cannot read the budgets: this process was taken for dead";
      throw new Failure<Code>("storage_unavailable", message);
    }
    for (const account of accounts) if (isShared(account)) this.read(account);
  }

  /**
   * What to ask the store for before amounts are reserved on these accounts, which suffice by
   * their books. With `isExact` no more than that.
   */
  take(accounts: readonly Account[], amounts: Amounts, options: TakeOptions): readonly Ask[] {
    const nowMs = this.#parts.clock.monotonicMs();
    let asks: readonly Ask[] = noAsks;
    for (const account of accounts) {
      if (!isShared(account)) continue;
      const { slice, reserved } = account;
      this.#accounts.add(account);
      slice.usedAtMs = nowMs;
      raise(slice.largest, amounts);
      if (suffices(slice, reserved, amounts)) continue;
      // Apart: what seldom runs would have V8 give up what it has compiled for the calls between.
      asks = [...asks, this.#askFor(account, amounts, options)];
    }
    return asks;
  }

  writesOf(asks: readonly Ask[]): Write[] {
    const { store } = this.#parts;
    return asks.flatMap(({ account, lack, ahead, idle }) => {
      const amounts = { ...lack };
      add(amounts, ahead);
      const ask = store.ask(nameOf(account), amounts, account.limit.most);
      // Told with it: until then others would show what is taken ahead as reserved.
      return ahead === nothing ? [ask] : [ask, store.giveBack(nameOf(account), nothing, idle)];
    });
  }

  granted(asks: readonly Ask[]): void {
    for (const { account, ahead, idle } of asks) {
      if (ahead === nothing) continue;
      add(account.slice.granted, ahead);
      Object.assign(account.slice.toldIdle, idle);
      account.slice.isAskingAhead = false;
    }
  }

  /** The store has granted none of it. */
  refused(asks: readonly Ask[]): void {
    for (const { account, lack, ahead } of asks) {
      subtract(account.slice.granted, lack);
      if (ahead !== nothing) account.slice.isAskingAhead = false;
    }
  }

  /** A call has given back what it held, but for what it came to: how the store hears of that. */
  settled(account: Account, booked: Amounts): Write | null {
    if (!isShared(account)) return null;
    add(account.slice.used, booked);
    if (!account.slice.isLeased) this.#isLeft(account);
    return isNothing(booked) ? null : this.#parts.store.use(nameOf(account), booked);
  }

  /** The account as everybody sees it: what others hold for calls counts as reserved. */
  seen(account: Account): Account {
    if (!isShared(account)) return account;
    this.read(account);
    const reserved = { ...account.reserved };
    add(reserved, account.elsewhere);
    subtract(reserved, account.slice.idleElsewhere);
    return { ...account, reserved, elsewhere: noSums() };
  }

  #askFor(account: SharedAccount, amounts: Amounts, { isExact }: TakeOptions): Ask {
    const { slice, reserved } = account;
    const before = idleOf(slice, reserved);
    const lack = lackOf(amounts, before);
    const size = sliceSize(account, slice.largest, this.#parts.processes());
    slice.isLeased = size !== null;
    const isAhead = !isExact && !slice.isAskingAhead;
    const ahead = isAhead && size !== null ? size : nothing;
    if (ahead !== nothing) slice.isAskingAhead = true;
    add(slice.granted, lack);
    const idle = lackOf(before, amounts);
    add(idle, ahead);
    return { account, lack, ahead, idle };
  }

  #newSlice(): Slice {
    return {
      id: ++this.#lastId,
      owner: this.#parts.owner(),
      granted: noSums(),
      used: noSums(),
      largest: noSums(),
      toldIdle: noSums(),
      idleElsewhere: noSums(),
      isLeased: false,
      isAskingAhead: false,
      readAtMs: -Infinity,
      usedAtMs: this.#parts.clock.monotonicMs(),
    };
  }

  #isLeft(account: SharedAccount): void {
    if (!this.#accounts.has(account)) return;
    this.#left.add(account);
    if (this.#isSweeping) return;
    this.#isSweeping = true;
    this.#parts.clock.after(sweepMs, () => {
      this.#isSweeping = false;
      const left = [...this.#left];
      this.#left.clear();
      for (const each of left) void this.#giveBack(each, nothing);
    });
  }

  #tendLater(): void {
    this.#parts.clock.after(tendMs, () => {
      if (this.#isOver) return;
      void this.#tend().finally(() => this.#tendLater());
    });
  }

  /** Never rejects: what could not be given back is looked at again. */
  async #tend(): Promise<void> {
    const waits: Promise<void>[] = [];
    for (const account of this.#accounts) {
      const { slice, reserved } = account;
      const isIdle = !isNothing(idleOf(slice, reserved)) || !isNothing(slice.toldIdle);
      if (isIdle) waits.push(this.#trim(account));
    }
    await Promise.all(waits);
    const empty = [...this.#accounts].filter((account) => this.#isEmpty(account));
    if (empty.length > 0) await this.#forget(empty);
  }

  #isUnused({ slice }: SharedAccount): boolean {
    return this.#parts.clock.monotonicMs() - slice.usedAtMs >= unusedMs;
  }

  #isEmpty(account: SharedAccount): boolean {
    const { slice, reserved } = account;
    const holdsNothing = isNothing(reserved) && isNothing(idleOf(slice, reserved));
    return holdsNothing && this.#isUnused(account);
  }

  #trim(account: SharedAccount): Promise<void> {
    const { slice } = account;
    this.read(account);
    const processes = this.#parts.processes();
    const size = this.#isUnused(account) ? null : sliceSize(account, slice.largest, processes);
    slice.isLeased = size !== null;
    if (size === null) return this.#giveBack(account, nothing);
    const idle = idleOf(slice, account.reserved);
    const isTooMuch = !isNothing(lackOf(idle, twice(size)));
    return this.#giveBack(account, isTooMuch ? size : idle);
  }

  async #giveBack(account: SharedAccount, kept: Amounts): Promise<void> {
    const { store, writer } = this.#parts;
    const { slice } = account;
    const excess = lackOf(idleOf(slice, account.reserved), kept);
    subtract(slice.granted, excess);
    const idle = idleOf(slice, account.reserved);
    const isTold = measures.every((measure) => slice.toldIdle[measure] === idle[measure]);
    if (isNothing(excess) && isTold) return;
    Object.assign(slice.toldIdle, idle);
    try {
      // Not `enqueue`: a commit of an ask that comes later must not overtake it.
      await writer.commit([store.giveBack(nameOf(account), excess, idle)], "process");
    } catch {
      // Nothing was given back: it is this process's still, and tried again.
      add(slice.granted, excess);
      this.#left.add(account);
    }
  }

  /** Forgets slices that nobody uses, when all that was spent of them is in the store. */
  async #forget(empty: readonly SharedAccount[]): Promise<void> {
    const { store, writer } = this.#parts;
    const usedAtMs = new Map(empty.map(({ slice }) => [slice, slice.usedAtMs]));
    try {
      await writer.flush();
    } catch {
      return;
    }
    const still = empty.filter(
      (account) => this.#isEmpty(account) && usedAtMs.get(account.slice) === account.slice.usedAtMs,
    );
    const writes = still.map((account) => store.forget(nameOf(account)));
    for (const account of still) {
      this.#accounts.delete(account);
      this.#left.delete(account);
      // Its sums begin at nothing in the store: so they do here, under another name.
      account.slice = this.#newSlice();
    }
    await writer.commit(writes, "process").catch(() => {});
  }
}

const noAsks: readonly Ask[] = [];

const isShared = (account: Account): account is SharedAccount => account.slice !== null;

const nameOf = ({ account, windowStartMs, slice }: SharedAccount): SliceName => ({
  account,
  windowStartMs,
  owner: slice.owner,
  id: slice.id,
});

import type { Clock } from "@sekisho/lib/time/clock.ts";
import type { RateLevel, RateLevels } from "@sekisho/wire/canonical/rate-level.ts";
import type { Amounts } from "../amounts.ts";
import type { RateStanding } from "../rate-standing.ts";
import { longer, type Grant, type RateAccount, type RateShortage } from "./rate-account.ts";
import { RateAccounts } from "./rate-accounts.ts";
import { rateOwner, type RateAsker, type RatesOf } from "./rate-limit.ts";
import { RateShares } from "./rate-shares.ts";
import { rateRefusal } from "./rate-refusal.ts";

/** What a call was granted by the rates of its admission; it is closed exactly once. */
export interface Permit {
  readonly grants: readonly Grant[];
  open: boolean;
}

/** What a call came to. */
export interface RateUse {
  /** False for one that was refused later on for a reason that costs nothing (MON-11). */
  readonly isSent: boolean;
  readonly tokens: number;
}

/**
 * Requests, tokens and calls at once (MON-13): granted on all accounts of a request or on none.
 * All state is in this process: looking and taking are one turn of the event loop, so no
 * interleaving can let more pass.
 */
export class Rates {
  readonly #clock: Clock;
  readonly #accounts: RateAccounts;
  #ratesOf: RatesOf;
  #open = 0;

  constructor(clock: Clock, ratesOf: RatesOf, accounts: RateAccounts = new RateAccounts()) {
    this.#clock = clock;
    this.#ratesOf = ratesOf;
    this.#accounts = accounts;
  }

  /** Calls that hold a permit. */
  get open(): number {
    return this.#open;
  }

  /** What tenants, teams and keys have used here, for other processes, and there, for this one. */
  shares(): RateShares {
    return new RateShares(this.#clock, this.#accounts.fixed);
  }

  /** Takes the rates of a new configuration; calls under way and levels stay. */
  configure(ratesOf: RatesOf): void {
    this.#ratesOf = ratesOf;
  }

  /** Would `admit` refuse now, as far as the asker is known? Throws Failure `rate_limited`. */
  check(asker: RateAsker, tokens = 0): void {
    const nowMs = this.#clock.monotonicMs();
    refuse(this.#of(asker, nowMs), tokens, nowMs);
  }

  /**
   * `check` where there is somebody to tell what the rates leave, refused or not: the cheap look
   * before a body is read.
   */
  look(asker: RateAsker, tell: (standing: RateStanding) => void): void {
    const nowMs = this.#clock.monotonicMs();
    const accounts = this.#of(asker, nowMs);
    tell(() => this.#standing(accounts));
    refuse(accounts, 0, nowMs);
  }

  /** Grants a request, its tokens and its place among the calls at once. Throws Failure. */
  admit(asker: RateAsker, tokens: number): Permit {
    const nowMs = this.#clock.monotonicMs();
    const accounts = this.#of(asker, nowMs);
    refuse(accounts, tokens, nowMs);
    this.#open += 1;
    return { grants: accounts.map((account) => account.grant(tokens, nowMs)), open: true };
  }

  /**
   * Counts a request that is no call, and takes no place among those. Throws Failure, and counts
   * nothing then.
   */
  count(asker: RateAsker): void {
    const nowMs = this.#clock.monotonicMs();
    const accounts = this.#of(asker, nowMs);
    let worst: RateShortage | null = null;
    for (const account of accounts) worst = longer(worst, account.requestShortage(nowMs));
    if (worst !== null) throw rateRefusal(worst, nowMs);
    for (const account of accounts) account.count(nowMs);
  }

  /** Grants the tokens of a call that was admitted without. Throws Failure; it stays open then. */
  admitTokens({ grants }: Permit, tokens: number): void {
    const nowMs = this.#clock.monotonicMs();
    let worst: RateShortage | null = null;
    for (const { account } of grants) worst = longer(worst, account.tokenShortage(tokens, nowMs));
    if (worst !== null) throw rateRefusal(worst, nowMs);
    for (const grant of grants) grant.account.grantTokens(grant, tokens, nowMs);
  }

  /** The call is over, however it ended: its place is free, and what it did not use. */
  close(permit: Permit, { isSent, tokens }: RateUse): void {
    if (!permit.open) throw new Error("Cannot close a permit: it is closed already");
    permit.open = false;
    this.#open -= 1;
    const nowMs = this.#clock.monotonicMs();
    const used = { requests: isSent ? 1 : 0, tokens };
    for (const grant of permit.grants) grant.account.settle(grant, used, nowMs);
  }

  /** The most tokens that one call of the asker may take; Infinity without a limit. */
  mostTokens(asker: RateAsker): number {
    let most = Infinity;
    for (const { scope, tokensPerMinute } of this.#ratesOf(asker.principal)) {
      if (tokensPerMinute === null || tokensPerMinute >= most) continue;
      if (rateOwner(scope, asker) !== null) most = tokensPerMinute;
    }
    return most;
  }

  #standing(accounts: readonly RateAccount[]): RateLevels {
    const nowMs = this.#clock.monotonicMs();
    const levels: RateLevel[] = [];
    // flatMap takes 0.4 us of each call.
    for (const account of accounts) levels.push(...account.levels(nowMs));
    return { atWallMs: this.#clock.wallMs(), levels };
  }

  #of(asker: RateAsker, nowMs: number): readonly RateAccount[] {
    return this.#accounts.of(asker, this.#ratesOf(asker.principal), nowMs);
  }
}

/** Tokens of a prompt and its answer. */
export const tokensOf = ({ inputTokens, outputTokens }: Amounts): number =>
  inputTokens + outputTokens;

function refuse(accounts: readonly RateAccount[], tokens: number, nowMs: number): void {
  let worst: RateShortage | null = null;
  for (const account of accounts) worst = longer(worst, account.shortage(tokens, nowMs));
  if (worst !== null) throw rateRefusal(worst, nowMs);
}

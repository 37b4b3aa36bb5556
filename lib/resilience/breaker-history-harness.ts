import assert from "node:assert/strict";
import type { BreakerStatus } from "./breaker.ts";
import type { WindowedBreakerLimits } from "./windowed-breaker.ts";

export type Verdict = "success" | "failure" | "abandon";

interface Fact {
  readonly atMs: number;
  readonly what: Verdict | "pass" | "well" | "ill" | "opened" | "closed";
  /** Of verdicts: where in the history their pass stands. */
  readonly pass?: number;
  /** Of openings. */
  readonly untilMs?: number;
  readonly isForced?: boolean;
}

/** Reads when an opening ends, that must last from `leastMs` to `mostMs`. */
type ReadUntil = (leastMs: number, mostMs: number) => number;

/** The rules again, with no state but the history: each answer is searched in all that happened. */
export class BreakerHistory {
  readonly #limits: WindowedBreakerLimits;
  readonly #readUntil: ReadUntil;
  readonly #facts: Fact[] = [{ atMs: 0, what: "closed" }];
  /** Why each opening came, for the test to see that all of it was reached. */
  readonly reached = new Map<string, number>();

  constructor(limits: WindowedBreakerLimits, readUntil: ReadUntil) {
    this.#limits = limits;
    this.#readUntil = readUntil;
  }

  admit(atMs: number): number | null {
    const status = this.status(atMs);
    if (status.kind === "open" || (status.kind === "half_open" && status.isProbing)) return null;
    return this.#facts.push({ atMs, what: "pass" }) - 1;
  }

  verdict(what: Verdict, pass: number, atMs: number): void {
    if (!this.#isHeard(pass)) return this.#count(`late ${what}`);
    this.#facts.push({ atMs, what, pass });
    this.#follow(what, atMs);
  }

  probed(isWell: boolean, atMs: number): void {
    if (this.forced !== null) return;
    const { kind } = this.status(atMs);
    if (isWell && kind === "closed") return;
    this.#facts.push({ atMs, what: isWell ? "well" : "ill" });
    if (isWell || kind !== "open") this.#follow(isWell ? "success" : "failure", atMs);
    this.#count(`${isWell ? "well" : "ill"} while ${kind}`);
  }

  force(to: "open" | "closed" | null, atMs: number): void {
    if (to === this.forced) return;
    if (to === null) this.reset(atMs);
    else if (to === "closed") this.#facts.push({ atMs, what: "closed", isForced: true });
    else this.#facts.push({ atMs, what: "opened", untilMs: Infinity, isForced: true });
    this.#count(`forced ${to}`);
  }

  reset(atMs: number): void {
    this.#facts.push({ atMs, what: "closed" });
  }

  get forced(): "open" | "closed" | null {
    const { what, isForced } = this.#start();
    if (isForced !== true) return null;
    return what === "opened" ? "open" : "closed";
  }

  status(nowMs: number): BreakerStatus {
    const { what, untilMs = 0 } = this.#start();
    if (what === "closed") return { kind: "closed", sinceMs: this.#closedSince() };
    const phase = this.#phase();
    if (nowMs < untilMs && !phase.some((fact) => fact.what === "well")) {
      return { kind: "open", untilMs };
    }
    return { kind: "half_open", isProbing: this.#probeOut(nowMs) !== null };
  }

  recentFailures(nowMs: number): number {
    const closed = this.#facts.findLastIndex(({ what }) => what === "closed");
    const since = this.#facts.slice(closed);
    return since.filter((fact) => isFailure(fact) && this.#isWithin(fact, 60_000, nowMs)).length;
  }

  #follow(what: Verdict, atMs: number): void {
    if (this.#start().what === "closed") {
      if (what === "failure" && this.forced === null && this.#isTooMuch(atMs)) this.#open(atMs);
      return;
    }
    const good = this.#phase().filter((fact) => fact.what === "success" || fact.what === "well");
    if (what === "failure") this.#open(atMs);
    else if (good.length >= this.#limits.successes) this.#facts.push({ atMs, what: "closed" });
  }

  #open(atMs: number): void {
    const { openMs, openMaxMs, openGrowth } = this.#limits;
    const closed = this.#facts.findLastIndex(({ what }) => what === "closed");
    const before = this.#facts.slice(closed).filter(({ what }) => what === "opened").length;
    const forMs = Math.min(Math.max(openMs, openMaxMs), openMs * openGrowth ** before);
    const jitterMs = forMs > openMs ? 0.2 * forMs : 0;
    const mostMs = Math.min(forMs + jitterMs, Math.max(openMs, openMaxMs));
    const untilMs = this.#readUntil(atMs + forMs - jitterMs, atMs + mostMs);
    this.#facts.push({ atMs, what: "opened", untilMs });
    this.#count(before > 0 ? `reopened ${before} times` : "opened");
  }

  #isTooMuch(nowMs: number): boolean {
    const { failures, failureShare, burstWindowMs, windowMs, quietCallsPerSecond } = this.#limits;
    const samples = this.#phase().filter((fact) => isFailure(fact) || fact.what === "success");
    const isShare = (spanMs: number): boolean => {
      const within = samples.filter((fact) => this.#isWithin(fact, spanMs, nowMs));
      const failed = within.filter(isFailure).length;
      return failed >= failures && failed / within.length >= failureShare;
    };
    const row = samples.slice(-failures);
    const isRow = row.length === failures && row.every(isFailure);
    const isInTime = nowMs - (row[0]?.atMs ?? 0) < windowMs;
    const lately = samples.filter((fact) => this.#isWithin(fact, windowMs, nowMs)).length;
    const why = {
      burst: isShare(burstWindowMs),
      long: isShare(windowMs),
      row: isRow && isInTime && lately / (windowMs / 1_000) < quietCallsPerSecond,
    };
    const rules = Object.entries(why).filter(([, isMet]) => isMet);
    if (rules.length === 1) this.#count(`opened by ${rules[0]?.[0]} alone`);
    return rules.length > 0;
  }

  /** By the half second, as the samples are kept. */
  #isWithin({ atMs }: Fact, spanMs: number, nowMs: number): boolean {
    return Math.floor(atMs / 500) * 500 + 500 > nowMs - spanMs;
  }

  /** A verdict counts in the phase in which its pass was given, however late it comes. */
  #isHeard(pass: number): boolean {
    const since = this.#facts.slice(pass + 1);
    return !since.some(({ what }) => what === "opened" || what === "closed");
  }

  /** Where the latest pass of this phase stands, when neither a verdict nor time has ended it. */
  #probeOut(nowMs: number): number | null {
    const last = this.#facts.findLastIndex(({ what }) => what === "pass");
    const fact = this.#facts[last];
    if (fact === undefined || last < this.#startIndex()) return null;
    if (nowMs >= fact.atMs + this.#limits.probeMs) return null;
    return this.#facts.slice(last).some(({ pass }) => pass === last) ? null : last;
  }

  #closedSince(): number | null {
    const opened = this.#facts.findLastIndex(({ what }) => what === "opened");
    if (opened === -1) return null;
    return this.#facts.slice(opened).find(({ what }) => what === "closed")?.atMs ?? null;
  }

  #startIndex(): number {
    return this.#facts.findLastIndex(({ what }) => what === "opened" || what === "closed");
  }

  #start(): Fact {
    const start = this.#facts[this.#startIndex()];
    assert.ok(start !== undefined);
    return start;
  }

  /** Everything since it opened or closed, that fact left out. */
  #phase(): readonly Fact[] {
    return this.#facts.slice(this.#startIndex() + 1);
  }

  #count(what: string): void {
    this.reached.set(what, (this.reached.get(what) ?? 0) + 1);
  }
}

function isFailure({ what }: Fact): boolean {
  return what === "failure" || what === "ill";
}

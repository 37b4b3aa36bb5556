import type { CircuitName } from "@sekisho/gateway/route/circuit.ts";
import { BreakerHistory, type Verdict } from "@sekisho/lib/resilience/breaker-history-harness.ts";
import type { Breaker, BreakerStatus } from "@sekisho/lib/resilience/breaker.ts";
import type { CircuitCommand } from "@sekisho/wire/admin/circuits.ts";
import { Violation } from "../base/violation.ts";
import type { BreakerPlan } from "../scenario/gateway-plan.ts";

/** RTE-13: what the gateway adds to what is configured. */
const quietCallsPerSecond = 2;
/** Ends of openings are whole milliseconds. */
const roundingMs = 1;

/** A circuit as it must be, beside the breaker that the gateway has for it. */
export class CircuitModel {
  readonly name: CircuitName;
  readonly #breaker: Breaker;
  readonly #history: BreakerHistory;
  #nowMs = 0;

  constructor(name: CircuitName, plan: BreakerPlan, breaker: Breaker) {
    this.name = name;
    this.#breaker = breaker;
    const limits = { ...plan, quietCallsPerSecond, probeMs: plan.openMs };
    this.#history = new BreakerHistory(limits, (leastMs, mostMs) =>
      this.#readUntil(leastMs, mostMs),
    );
  }

  status(nowMs: number): BreakerStatus {
    return this.#history.status(nowMs);
  }

  /** Does it keep calls away now? */
  rests(nowMs: number): boolean {
    const status = this.status(nowMs);
    return status.kind === "open" || (status.kind === "half_open" && status.isProbing);
  }

  /** A provider got a call. */
  admit(nowMs: number): number {
    const pass = this.#history.admit(nowMs);
    if (pass !== null) return pass;
    const why = this.status(nowMs).kind === "open" ? "is open" : "has a probe out";
    return this.#fail(`${why}, and a call went through`);
  }

  verdict(what: Verdict, pass: number, nowMs: number): void {
    this.#nowMs = nowMs;
    this.#history.verdict(what, pass, nowMs);
  }

  command(command: CircuitCommand, nowMs: number): void {
    if (command === "reset") this.#history.reset(nowMs);
    else this.#history.force(command === "force-open" ? "open" : "closed", nowMs);
  }

  /** Not before there is the evidence, and not without it. */
  compare(nowMs: number): void {
    const [is, should] = [inWords(this.#breaker.status(nowMs)), inWords(this.status(nowMs))];
    if (is !== should) this.#fail(`is ${is}, it should be ${should}`);
    const [forced, wanted] = [this.#breaker.forced, this.#history.forced];
    if (forced !== wanted) this.#fail(`is forced ${forced}, it should be ${wanted}`);
  }

  /** How long it is open the lot decides: as long as the gateway says, if that may be. */
  #readUntil(leastMs: number, mostMs: number): number {
    const status = this.#breaker.status(this.#nowMs);
    if (status.kind !== "open") return this.#fail(`is ${status.kind}, it should have opened`);
    const { untilMs } = status;
    if (untilMs >= leastMs - roundingMs && untilMs <= mostMs + roundingMs) return untilMs;
    return this.#fail(`is open until ${untilMs}, not from ${leastMs} to ${mostMs}`);
  }

  #fail(what: string): never {
    throw new Violation("RTE-13", `the circuit of ${this.name.level} ${this.name.id} ${what}`);
  }
}

const inWords = (status: BreakerStatus): string =>
  status.kind === "half_open" && status.isProbing ? "half_open with a probe out" : status.kind;

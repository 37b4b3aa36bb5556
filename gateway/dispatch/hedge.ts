import type { Clock, Timer } from "@sekisho/lib/time/clock.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import { noUsage } from "@sekisho/wire/canonical/usage.ts";
import type { AttemptOutcome, AttemptRecord } from "../attempt.ts";
import type { Call } from "../call.ts";
import { costNanoUsd } from "../cost.ts";
import type { Plan } from "../plan.ts";
import type { Target } from "../target.ts";
import type { HedgedEntry, HedgeEnd, Hedging } from "./hedging.ts";
import type { Lane } from "./lane.ts";

/** Who sends the second attempt. */
export interface HedgeHost {
  openBeside(index: number): Lane | null;
  startBeside(lane: Lane): void;
}

/** What a hedge needs of its process. */
export interface HedgePorts {
  readonly clock: Clock;
  readonly hedging: Hedging;
  hedged(alias: string, end: HedgeEnd): void;
}

interface Hedged {
  readonly call: Call;
  readonly plan: Plan;
}

/** Null where the alias is not hedged, or the call cannot be. */
export function hedgeOf({ call, plan }: Hedged, ports: HedgePorts, host: HedgeHost): Hedge | null {
  // A whole answer has no first token that could be late.
  if (!call.request.read.facts.stream) return null;
  const policy = call.entry.steering?.hedge ?? null;
  if (policy === null) return null;
  const entry = { name: call.entry.name, policy };
  ports.hedging.begun(entry);
  return new Hedge({ entry, plan, ports, host });
}

interface HedgeParts {
  readonly entry: HedgedEntry;
  readonly plan: Plan;
  readonly ports: HedgePorts;
  readonly host: HedgeHost;
}

/**
 * The second attempt of one call: sent when the first has waited for its first token longer than
 * its target usually lets wait, and means are left; who has content first ends the other (RTE-11).
 */
export class Hedge {
  readonly #parts: HedgeParts;
  #timer: Timer | null = null;
  #second: Lane | null = null;
  /** Null: no longer, or not yet, under way beside the call's own attempt. */
  #lane: Lane | null = null;
  #loser: Lane | null = null;
  #boundNanoUsd = 0;

  constructor(parts: HedgeParts) {
    this.#parts = parts;
  }

  /** The attempt that runs beside the call's own. */
  get lane(): Lane | null {
    return this.#lane;
  }

  /** Of the plan's attempts it has used one so far; 0 while it has not. */
  get lastIndex(): number {
    return this.#second?.index ?? 0;
  }

  /** The call's first attempt is under way. */
  await(first: Lane): void {
    const { ports } = this.#parts;
    const delayMs = ports.hedging.delayMs(first.planned.target);
    if (delayMs === null || first.firstTokenMs !== null) return;
    this.#timer = ports.clock.after(delayMs, () => this.#send(first));
  }

  /** One has content: the other is ended. */
  decided(winner: Lane, loser: Lane | null): void {
    this.#cancel();
    const { firstTokenMs, planned, startedMs } = winner;
    if (firstTokenMs !== null) this.#waited(planned.target, firstTokenMs - startedMs);
    const wasBeside = this.#lane !== null;
    this.#lane = null;
    if (!wasBeside || loser === null) return;
    this.#tell(winner === this.#second ? "won" : "lost");
    this.#loser = loser;
    loser.abort("hedge_lost");
  }

  /** An attempt that is not the call's own any more is over. */
  over(lane: Lane, record: AttemptRecord): void {
    if (lane === this.#loser) this.#waited(record.target, Infinity);
    else if (lane === this.#lane) this.#tell("ended");
    if (lane === this.#lane) this.#lane = null;
    this.#spent(record);
  }

  /** What a provider bills of an attempt that was closed before its first token is declared. */
  billed(lane: Lane, outcome: AttemptOutcome): AttemptOutcome {
    const isLost = outcome.kind === "aborted" && outcome.cause === "hedge_lost";
    if (!isLost || lane.firstTokenMs !== null || this.#parts.entry.policy.paysUnanswered) {
      return outcome;
    }
    return { ...outcome, measured: { usage: noUsage, source: "none" } };
  }

  /** The first attempt has failed: the second is the call's own from now on. */
  adopted(): void {
    this.#cancel();
    this.#lane = null;
    this.#tell("ended");
    this.#repay(0);
  }

  /** The call is over, or about to be, without a winner. */
  end(cause: Code): void {
    this.#cancel();
    this.#lane?.abort(cause);
  }

  /** The call cost its tenant so much. */
  settled(nanoUsd: number | null): void {
    const { entry, ports } = this.#parts;
    this.#cancel();
    ports.hedging.settled(entry, nanoUsd ?? 0);
  }

  #send(first: Lane): void {
    this.#timer = null;
    const { entry, plan, ports, host } = this.#parts;
    if (first.firstTokenMs !== null || plan.policy.max < 2) return;
    for (let index = first.index + 1; index < plan.attempts.length; index += 1) {
      const dearest = Math.max(first.planned.boundNanoUsd, plan.attempts[index]?.boundNanoUsd ?? 0);
      const refused = ports.hedging.take(entry, dearest);
      if (refused !== null) return this.#tell(refused);
      const lane = host.openBeside(index);
      if (lane === null) {
        ports.hedging.refund(entry, dearest);
        continue;
      }
      this.#boundNanoUsd = dearest;
      this.#second = lane;
      this.#lane = lane;
      return host.startBeside(lane);
    }
  }

  #waited(target: Target, ms: number): void {
    this.#parts.ports.hedging.waited(target, ms);
  }

  #spent({ price, outcome }: AttemptRecord): void {
    const { usage, source } = outcome.measured;
    const cost = source === "unknown" ? this.#boundNanoUsd : costOrNothing(usage, price);
    this.#repay(cost);
  }

  #repay(costNanoUsd: number): void {
    const { entry, ports } = this.#parts;
    ports.hedging.spent(entry, this.#boundNanoUsd, costNanoUsd);
    this.#boundNanoUsd = 0;
  }

  #tell(end: HedgeEnd): void {
    const { entry, ports } = this.#parts;
    ports.hedged(entry.name, end);
  }

  #cancel(): void {
    this.#timer?.cancel();
    this.#timer = null;
  }
}

const costOrNothing = (
  usage: Parameters<typeof costNanoUsd>[0],
  price: AttemptRecord["price"],
): number => (price === null ? 0 : costNanoUsd(usage, price));

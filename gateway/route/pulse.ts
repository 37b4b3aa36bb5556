import type { Pass } from "@sekisho/lib/resilience/breaker.ts";
import type { HealthVerdict, Passage, Rest, RestCause } from "../health.ts";
import type { Target } from "../target.ts";
import type { Circuit } from "./circuit.ts";
import type { RegionHealth } from "./region-health.ts";
import { TargetLoad, type Waiting } from "./target-load.ts";

/** What stands above a target: null where its policy has none. */
export interface PulseParents {
  readonly region: RegionHealth | null;
  readonly credential: Circuit | null;
}

/** Null: there is no such circuit, or it has had its verdict. */
interface Passes {
  own: Pass | null;
  region: Pass | null;
  credential: Pass | null;
}

/** The health of one target: its own circuit, those above it, its pause and its load. */
export class Pulse {
  readonly target: Target;
  readonly circuit: Circuit;
  readonly parents: PulseParents;
  readonly load = new TargetLoad();
  #coolUntilMs = -Infinity;

  constructor(target: Target, circuit: Circuit, parents: PulseParents) {
    this.target = target;
    this.circuit = circuit;
    this.parents = parents;
  }

  /** The longest of its rests, null when it may be tried. */
  restOf(nowMs: number): Rest | null {
    const { circuit, parents } = this;
    const region = parents.region?.circuit ?? null;
    let rest = longer(null, circuit, "circuit", nowMs);
    if (region !== null) rest = longer(rest, region, "region", nowMs);
    if (parents.credential !== null) rest = longer(rest, parents.credential, "credential", nowMs);
    const coolMs = this.#coolUntilMs - nowMs;
    return coolMs > (rest?.forMs ?? 0) ? { cause: "cooling", forMs: coolMs } : rest;
  }

  share(nowMs: number): number {
    const own = this.circuit.share(nowMs);
    const region = this.parents.region?.circuit.share(nowMs) ?? 1;
    return Math.min(own, region);
  }

  cool(untilMs: number): void {
    this.#coolUntilMs = Math.max(this.#coolUntilMs, untilMs);
  }

  /** Forgets what was held against it, above it too. */
  reset(nowMs: number): void {
    this.circuit.reset(nowMs);
    this.parents.region?.circuit.reset(nowMs);
    this.parents.credential?.reset(nowMs);
    this.#coolUntilMs = -Infinity;
  }

  /** As `reset`, but for what an administrator holds. */
  renew(nowMs: number): void {
    for (const circuit of [this.circuit, this.parents.region?.circuit, this.parents.credential]) {
      if (circuit !== null && circuit?.isForced === false) circuit.reset(nowMs);
    }
    this.#coolUntilMs = -Infinity;
  }

  /** Takes a pass of each circuit, or of none. */
  admit(tokens: number, nowMs: number): Passage | null {
    if (this.restOf(nowMs) !== null) return null;
    const { circuit, parents } = this;
    const region = parents.region?.circuit.admit(nowMs) ?? null;
    if (region === null && parents.region !== null) return null;
    const credential = parents.credential?.admit(nowMs) ?? null;
    const isBarred = credential === null && parents.credential !== null;
    const own = isBarred ? null : circuit.admit(nowMs);
    if (own !== null) {
      return new TargetPassage(this, { own, region, credential }, { tokens, startedMs: nowMs });
    }
    if (region !== null) parents.region?.circuit.abandon(region, nowMs);
    if (credential !== null) parents.credential?.abandon(credential, nowMs);
    return null;
  }

  /**
   * Open circuits of its own and of its region let it pass and hear nothing of it; those that would
   * have let it pass get their verdict. Null while a pause, an administrator or the quarantine of
   * its credential keep it.
   */
  admitInPanic(tokens: number, nowMs: number): Passage | null {
    const rest = this.restOf(nowMs);
    if (rest === null) return this.admit(tokens, nowMs);
    if (!ignoredInPanic.has(rest.cause) || this.#coolUntilMs > nowMs) return null;
    const { circuit, parents } = this;
    if ((parents.credential?.restsForMs(nowMs) ?? 0) > 0) return null;
    const credential = parents.credential?.admit(nowMs) ?? null;
    if (credential === null && parents.credential !== null) return null;
    const region = parents.region?.circuit.admit(nowMs) ?? null;
    const passes = { own: circuit.admit(nowMs), region, credential };
    return new TargetPassage(this, passes, { tokens, startedMs: nowMs });
  }

  /** Does it rest, or is it on trial, by itself or by what stands above it? */
  get isSuspect(): boolean {
    return !this.circuit.isClosed || this.#openAbove().length > 0;
  }

  /** Who learns what an active probe of this target found: above it those that are not closed. */
  probedCircuits(): Circuit[] {
    return [this.circuit, ...this.#openAbove()];
  }

  #openAbove(): Circuit[] {
    const { region, credential } = this.parents;
    const above = [region?.circuit, credential];
    return above.flatMap((each) =>
      each === null || each === undefined || each.isClosed ? [] : each,
    );
  }
}

/** What is judged by failures; the rest was asked for. */
export const ignoredInPanic: ReadonlySet<RestCause> = new Set<RestCause>(["circuit", "region"]);

// oxlint-disable-next-line max-params -- called three times for every request
function longer(
  known: Rest | null,
  circuit: Circuit,
  cause: "circuit" | "region" | "credential",
  nowMs: number,
): Rest | null {
  const forMs = circuit.restsForMs(nowMs);
  if (forMs <= (known?.forMs ?? 0)) return known;
  return { cause: circuit.isForced ? "forced" : cause, forMs };
}

class TargetPassage implements Passage, Waiting {
  readonly #pulse: Pulse;
  readonly #passes: Passes;
  readonly startedMs: number;
  readonly tokens: number;

  constructor(pulse: Pulse, passes: Passes, { startedMs, tokens }: Waiting) {
    this.#pulse = pulse;
    this.#passes = passes;
    this.startedMs = startedMs;
    this.tokens = tokens;
    pulse.load.begin(this);
  }

  firstToken(nowMs: number, isStream: boolean): void {
    const passes = this.#passes;
    const { circuit, parents, load } = this.#pulse;
    load.firstToken(this, { nowMs, isStream });
    // A stream may outlast the time of a probe, and none would close the circuit: its first content
    // is the verdict on whatever is half-open.
    passes.own = proven(circuit, passes.own, nowMs);
    passes.region = proven(parents.region?.circuit ?? null, passes.region, nowMs);
    passes.credential = proven(parents.credential, passes.credential, nowMs);
  }

  end(verdict: HealthVerdict, nowMs: number, cause: string = verdict): void {
    const { target, circuit, parents, load } = this.#pulse;
    const { own, region, credential } = this.#passes;
    load.end(this, nowMs);
    if (parents.region !== null && region !== null) {
      parents.region.end(region, verdict, { model: target.circuitName, cause }, nowMs);
    }
    if (parents.credential !== null && credential !== null) {
      if (verdict === "credential") parents.credential.failure(credential, nowMs, cause);
      else if (verdict === "success") parents.credential.success(credential, nowMs);
      else parents.credential.abandon(credential, nowMs);
    }
    if (own === null) return;
    if (verdict === "success") circuit.success(own, nowMs);
    else if (this.#countsAgainst(verdict)) circuit.failure(own, nowMs, cause);
    else circuit.abandon(own, nowMs);
  }

  /** Throttling and the client's own mistakes say nothing against the target (RTE-13). */
  #countsAgainst(verdict: HealthVerdict): boolean {
    const { target, parents } = this.#pulse;
    if (verdict === "throttled") return target.breaker.countThrottling;
    if (verdict === "credential") return parents.credential === null;
    // Under a wildcard clients choose the name: that one is denied says nothing of the others.
    if (verdict === "denied") return target.circuitName === target.upstreamModel;
    return verdict === "network" || verdict === "server";
  }
}

/** Ends the pass of a half-open circuit as a success; returns the pass that is left to be ended. */
function proven(circuit: Circuit | null, pass: Pass | null, nowMs: number): Pass | null {
  if (circuit === null || pass === null || !circuit.isHalfOpen) return pass;
  circuit.success(pass, nowMs);
  return null;
}

import type { Dialer } from "@sekisho/lib/http/dialer.ts";
import type { Random } from "@sekisho/lib/random/random.ts";
import type { Clock } from "@sekisho/lib/time/clock.ts";
import type { AttemptOutcome } from "../attempt.ts";
import { verdictOf } from "../dispatch/judgement.ts";
import type { ProbeDone, ProbeResult } from "../observe/probe-done.ts";
import type { ProbeCalls } from "./probe-calls.ts";
import { probeMs } from "./probe-question.ts";
import { ProbeRounds } from "./probe-rounds.ts";
import type { Provider, ProviderPlace } from "../provider.ts";
import type { HealthTree } from "../route/health-tree.ts";
import type { Target } from "../target.ts";

/** A provider that is probed, as a configuration describes it. */
export interface ProbedProvider {
  readonly name: string;
  /** `tcp` tries to connect, `call` asks its models. */
  readonly kind: "tcp" | "call";
  readonly everyMs: number;
  /** Where connections are tried. */
  readonly origin: string;
  /** The model's name at the provider that is asked while it is well; null: each in its turn. */
  readonly model: string | null;
  readonly targets: readonly Target[];
  /** Throws Failure when the provider has no such credential. */
  readonly at: (place: ProviderPlace) => Provider;
}

export interface ProbeParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly health: Pick<HealthTree, "isSuspect" | "probed" | "restOf">;
  readonly dialer: Dialer;
  readonly calls: Pick<ProbeCalls, "ask">;
  readonly done: Pick<ProbeDone, "record">;
  /** Reports an error that nobody foresaw; the next round comes all the same. */
  readonly defect: (error: unknown) => void;
}

/** Good probes of one target in a round: as many as close most circuits, and no more. */
const probesInRound = 3;

/** Targets that differ only in how aliases rest them: one probe speaks for all. */
type Twins = readonly [Target, ...Target[]];

/**
 * Active probes of providers (RTE-14): targets that rest are looked at each round, and one of those
 * that are well. One probe at a time for each provider.
 */
export class Probes {
  readonly #parts: ProbeParts;
  readonly #watches = new Map<string, Watch>();

  constructor(parts: ProbeParts) {
    this.#parts = parts;
  }

  /** Takes over a configuration: providers that are probed no more are left alone at once. */
  serve(providers: readonly ProbedProvider[]): void {
    const wanted = new Map(providers.map((each) => [each.name, each]));
    for (const [name, watch] of this.#watches) {
      if (wanted.has(name)) continue;
      watch.stop();
      this.#watches.delete(name);
    }
    for (const [name, provider] of wanted) {
      const watch = this.#watches.get(name);
      if (watch === undefined) this.#watches.set(name, new Watch(this.#parts, provider));
      else watch.serve(provider);
    }
  }

  /** For good: a process that drains asks nobody. */
  stop(): void {
    this.serve([]);
  }
}

class Watch {
  readonly #parts: ProbeParts;
  readonly #rounds: ProbeRounds;
  #provider: ProbedProvider;
  #turn = 0;
  /** A connection failed, and its circuits have not closed since. */
  #wasUnreachable = false;

  constructor(parts: ProbeParts, provider: ProbedProvider) {
    const { clock, random, defect } = parts;
    const look = (signal: AbortSignal): Promise<void> =>
      this.#provider.kind === "tcp" ? this.#connect(signal) : this.#ask(signal);
    this.#parts = parts;
    this.#provider = provider;
    this.#rounds = new ProbeRounds({ clock, random, look, defect }, provider.everyMs);
  }

  serve(provider: ProbedProvider): void {
    this.#provider = provider;
    this.#rounds.repace(provider.everyMs);
  }

  stop(): void {
    this.#rounds.stop();
  }

  /**
   * A connection that stands proves nothing of an outage in which connections stood as well: only
   * after one that failed it counts for circuits that rest.
   */
  async #connect(signal: AbortSignal): Promise<void> {
    const { clock, health, done } = this.#parts;
    const { name, origin, targets } = this.#provider;
    const startedMs = clock.monotonicMs();
    const isReachable = await this.#dialled(origin, signal);
    if (signal.aborted) return;
    const nowMs = clock.monotonicMs();
    const result = isReachable ? "ok" : "failed";
    done.record({
      provider: name,
      model: null,
      result,
      costNanoUsd: 0,
      latencyMs: nowMs - startedMs,
    });
    if (!isReachable) {
      this.#wasUnreachable = true;
      health.probed(targets, false, nowMs);
    } else if (this.#wasUnreachable) {
      const suspects = targets.filter((target) => health.isSuspect(target));
      health.probed(suspects, true, nowMs);
      this.#wasUnreachable = suspects.some((target) => health.isSuspect(target));
    }
  }

  #dialled(origin: string, signal: AbortSignal): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const dial = this.#parts.dialer.dial({ origin, timeoutMs: probeMs, over: resolve });
    const abort = (): void => {
      dial.abort();
      resolve(false);
    };
    signal.addEventListener("abort", abort, { once: true });
    return promise.finally(() => signal.removeEventListener("abort", abort));
  }

  /** Those that rest first: what is known of the others is younger. */
  async #ask(signal: AbortSignal): Promise<void> {
    const { health } = this.#parts;
    const provider = this.#provider;
    const all = twinsOf(provider.targets).filter(([target]) => this.#mayAsk(target));
    const suspects = all.filter((twins) => twins.some((each) => health.isSuspect(each)));
    for (const twins of suspects) {
      for (let n = 0; n < probesInRound; n += 1) {
        const result = await this.#probe(provider, twins, signal);
        if (signal.aborted) return;
        if (result !== "ok" || !twins.some((each) => health.isSuspect(each))) break;
      }
    }
    const well = all.filter(
      (twins) =>
        !suspects.includes(twins) &&
        (provider.model === null || twins[0].upstreamModel === provider.model),
    );
    const next = well[this.#turn++ % well.length];
    if (next !== undefined) await this.#probe(provider, next, signal);
  }

  /** Not what an administrator has taken out, nor who has asked for a pause. */
  #mayAsk(target: Target): boolean {
    const { clock, health } = this.#parts;
    const cause = health.restOf(target, clock.monotonicMs())?.cause;
    return cause !== "drained" && cause !== "forced" && cause !== "cooling";
  }

  async #probe(
    { name, at }: ProbedProvider,
    twins: Twins,
    signal: AbortSignal,
  ): Promise<ProbeResult> {
    const { clock, health, calls, done } = this.#parts;
    const [target] = twins;
    const answer = await calls.ask({ target, provider: at(target) }, signal);
    const result = resultOf(answer.outcome);
    const { costNanoUsd, latencyMs } = answer;
    const model = target.upstreamModel;
    done.record({ provider: name, model, result, costNanoUsd, latencyMs });
    if (result !== "unclear") health.probed(twins, result === "ok", clock.monotonicMs());
    return result;
  }
}

function twinsOf(targets: readonly Target[]): Twins[] {
  const byId = new Map<string, [Target, ...Target[]]>();
  for (const target of targets) {
    const twins = byId.get(target.id);
    if (twins === undefined) byId.set(target.id, [target]);
    else twins.push(target);
  }
  return [...byId.values()];
}

/** Whoever finds fault with the question is there, and has read it. */
function resultOf(outcome: AttemptOutcome): ProbeResult {
  switch (verdictOf(outcome)) {
    case "success":
      return "ok";
    case "network":
    case "server":
    case "credential":
    case "denied":
      return "failed";
    case "throttled":
      return "unclear";
    case "none":
      return outcome.kind === "failed" && outcome.failure.reach === "reached" ? "ok" : "unclear";
  }
}

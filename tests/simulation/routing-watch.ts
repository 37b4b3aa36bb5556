import type { AttemptOutcome } from "@sekisho/gateway/attempt.ts";
import type { PlannedAttempt } from "@sekisho/gateway/plan.ts";
import type { AttemptSink, Provider, RunningAttempt } from "@sekisho/gateway/provider.ts";
import type { Target } from "@sekisho/gateway/target.ts";
import type { CircuitCommand } from "@sekisho/wire/admin/circuits.ts";
import type { Gateway } from "@sekisho/server/compose/gateway/gateway.ts";
import type { PartMakers } from "@sekisho/server/compose/gateway/gateway-parts.ts";
import { Violation } from "./base/violation.ts";
import type { CircuitModel } from "./checks/circuit-model.ts";
import { HealthModel, verdictOf, type BegunCall } from "./checks/health-model.ts";
import { RetryBooks } from "./checks/retry-books.ts";
import { WatchedBreaker } from "./checks/watched-breaker.ts";
import type { UpstreamRecord } from "./providers/upstream-record.ts";
import type { PoolPlan, TargetPlan } from "./scenario/gateway-plan.ts";
import { targetId } from "./scenario/pool-targets.ts";
import type { Stage } from "./stage.ts";

interface RunningCall {
  readonly record: UpstreamRecord;
  readonly begun: BegunCall;
}

interface EndedCall extends RunningCall {
  readonly outcome: AttemptOutcome;
}

/**
 * Sees what one process of the gateway does with its targets, and holds it against the models of
 * their health and of its retries. An attempt is judged by the gateway, which may begin the next
 * one, before its caller comes back: so its end is looked at when the next event comes.
 */
export class RoutingWatch {
  readonly #stage: Stage;
  readonly #health: HealthModel;
  readonly #retries: RetryBooks;
  /** By request, the targets to which it was refused a retry. */
  readonly #refused = new Map<number, Set<string>>();
  readonly #touched = new Set<CircuitModel>();
  #gateway: Gateway | null = null;
  /** The attempt that is being started, until its provider is called. */
  #starting: PlannedAttempt | null = null;
  #started: RunningCall | null = null;
  #ended: EndedCall | null = null;
  #ending: number | null = null;

  constructor(stage: Stage, drained: readonly string[]) {
    this.#stage = stage;
    const { gateway } = stage.scenario;
    this.#health = new HealthModel(gateway);
    this.#health.drain(drained);
    this.#retries = new RetryBooks(gateway.retries, stage.sometimes, stage.nowMs);
  }

  /** The same parts, with the world looking on. */
  watch(make: PartMakers): PartMakers {
    return {
      ...make,
      breaker: (policy, random, name) => {
        const breaker = make.breaker(policy, random, name);
        const watched = new WatchedBreaker(breaker, name, this.#stage.sometimes);
        this.#health.made(name, policy, watched);
        return watched;
      },
      retries: (limits) =>
        this.#retries.watch(make.retries(limits), ({ id }) => {
          if (this.#ending !== null) this.#refusedFor(this.#ending).add(id);
        }),
      provider: (provider) => this.#watchProvider(make.provider(provider)),
    };
  }

  serves(gateway: Gateway): void {
    this.#gateway = gateway;
  }

  /** A provider was called. */
  called(record: UpstreamRecord, before: UpstreamRecord | undefined): void {
    const planned = this.#starting;
    if (planned === null) throw new Violation("world", `nobody made call ${record.n}`);
    const { target, inPanic } = planned;
    if (target.id !== targetId(record.target)) {
      throw new Violation("RTE-1", `a call to ${target.id} went to ${targetId(record.target)}`);
    }
    this.#starting = null;
    this.#settle();
    this.#retries.sent(record, before, this.#nowMs);
    const begun = this.#health.began(target, this.#nowMs, inPanic);
    this.#started = { record, begun };
    this.#touch(target);
    this.#compare();
  }

  /** Does the gateway keep calls from it? Its word is held against what it must be. */
  rests(alias: string, pool: PoolPlan, target: TargetPlan): boolean {
    const found = this.#find(alias, pool, target);
    if (found === null || this.#gateway === null) return false;
    const rest = this.#gateway.health.restOf(found, this.#nowMs);
    this.#health.checkRest(found, rest, this.#nowMs);
    return rest !== null;
  }

  /** Does it rest by a circuit that calls in panic pass? */
  isSick(alias: string, pool: PoolPlan, target: TargetPlan): boolean {
    const found = this.#find(alias, pool, target);
    if (found === null || this.#gateway === null) return false;
    const cause = this.#gateway.health.restOf(found, this.#nowMs)?.cause;
    return cause === "circuit" || cause === "region";
  }

  isWarming(alias: string, pool: PoolPlan, target: TargetPlan): boolean {
    const found = this.#find(alias, pool, target);
    return found !== null && this.#health.isWarming(found, this.#nowMs);
  }

  /** Was a request refused a retry there? */
  isRefused(n: number, target: TargetPlan): boolean {
    return this.#refused.get(n)?.has(targetId(target)) === true;
  }

  /** An administrator does it to a circuit. */
  command(id: string, command: CircuitCommand): void {
    const gateway = this.#gateway;
    if (gateway === null) return;
    const is = gateway.health.command(id, command, this.#nowMs);
    const should = this.#health.command(id, command, this.#nowMs);
    if (is !== should) throw new Violation("RTE-19", `${command} met ${is} circuits of ${should}`);
    for (const circuit of this.#health.circuits) this.#touched.add(circuit);
    this.#compare();
  }

  drain(drained: readonly string[]): void {
    this.#health.drain(drained);
  }

  /** Every circuit is as it must be. */
  compareAll(): void {
    for (const circuit of this.#health.circuits) circuit.compare(this.#nowMs);
  }

  get #nowMs(): number {
    return this.#stage.nowMs;
  }

  #find(alias: string, pool: PoolPlan, target: TargetPlan): Target | null {
    const id = targetId(target);
    const pools = this.#gateway?.catalog().resolve(alias).pools ?? [];
    const own = pools.find(({ name }) => name === pool.name);
    return own?.targets.find((each) => each.id === id) ?? null;
  }

  #watchProvider(provider: Provider): Provider {
    return {
      name: provider.name,
      start: (input, sink) =>
        this.#watchStart(input.planned, sink, (watched) => provider.start(input, watched)),
      embed: (input, sink) =>
        this.#watchStart(input.planned, sink, (watched) => {
          if (provider.embed === undefined) throw new Violation("RTE-2", "it makes no vectors");
          return provider.embed(input, watched);
        }),
    };
  }

  #watchStart(
    planned: PlannedAttempt,
    sink: AttemptSink,
    start: (watched: AttemptSink) => RunningAttempt,
  ): RunningAttempt {
    this.#starting = planned;
    this.#started = null;
    let running: RunningCall | null = null;
    const watched: AttemptSink = {
      committed: () => this.#stage.watched(() => this.#committed(running, sink)),
      over: (outcome) => this.#stage.watched(() => this.#over(running, outcome, sink)),
    };
    const attempt = start(watched);
    running = this.#started;
    return attempt;
  }

  #committed(running: RunningCall | null, sink: AttemptSink): void {
    sink.committed();
    if (running === null) return;
    this.#health.proven(running.begun, this.#nowMs);
    this.#touch(running.begun.target);
    this.#compare();
  }

  #over(running: RunningCall | null, outcome: AttemptOutcome, sink: AttemptSink): void {
    if (running === null) return sink.over(outcome);
    this.#ended = { ...running, outcome };
    this.#ending = running.record.n;
    sink.over(outcome);
    this.#ending = null;
    this.#settle();
    this.#compare();
  }

  /** The attempt that ended last has been judged by now. */
  #settle(): void {
    const ended = this.#ended;
    this.#ended = null;
    if (ended === null) return;
    const { begun, record, outcome } = ended;
    this.#health.ended(begun, verdictOf(record, outcome), this.#nowMs);
    this.#touch(begun.target);
  }

  #touch(target: Target): void {
    for (const circuit of this.#health.circuitsOf(target)) this.#touched.add(circuit);
  }

  #compare(): void {
    for (const circuit of this.#touched) circuit.compare(this.#nowMs);
    this.#touched.clear();
  }

  #refusedFor(n: number): Set<string> {
    const known = this.#refused.get(n) ?? new Set<string>();
    this.#refused.set(n, known);
    return known;
  }
}

import type { AttemptOutcome } from "@sekisho/gateway/attempt.ts";
import type { HealthVerdict, Rest } from "@sekisho/gateway/health.ts";
import type { CircuitName } from "@sekisho/gateway/route/circuit.ts";
import type { Target } from "@sekisho/gateway/target.ts";
import type { Breaker } from "@sekisho/lib/resilience/breaker.ts";
import type { CircuitCommand } from "@sekisho/wire/admin/circuits.ts";
import { Violation } from "../base/violation.ts";
import type { UpstreamRecord } from "../providers/upstream-record.ts";
import type { BreakerPlan, GatewayPlan, PlacePlan } from "../scenario/gateway-plan.ts";
import { CircuitModel } from "./circuit-model.ts";

/** A call on its way, with its pass of each circuit. */
export interface BegunCall {
  readonly target: Target;
  /** Of each circuit that waits for its verdict. */
  readonly passes: Map<CircuitModel, number>;
}

/** Failures of a model count for its region so long. */
const modelMemoryMs = 60_000;
const slowStartMs = 60_000;
const longestOpenMs = 600_000;

const regionPlan = (failures: number, openMs: number): BreakerPlan => ({
  failures,
  failureShare: 0.5,
  burstWindowMs: 3_000,
  windowMs: 60_000,
  openMs,
  openMaxMs: longestOpenMs,
  openGrowth: 2,
  successes: 2,
  countThrottling: false,
});

/** One refusal opens it, one good answer closes it. */
const quarantinePlan = (openMs: number): BreakerPlan => ({
  ...regionPlan(1, openMs),
  failureShare: 0,
  successes: 1,
});

/**
 * What is known of the health of all targets, from what their providers did and the rules (RTE-13,
 * RTE-14, RTE-19), for one process of the gateway.
 */
export class HealthModel {
  readonly #plan: GatewayPlan;
  readonly #circuits = new Map<string, CircuitModel>();
  /** By region, when each of its models last failed. */
  readonly #failedMs = new Map<string, Map<string, number>>();
  #drained: ReadonlySet<string> = new Set();

  constructor(plan: GatewayPlan) {
    this.#plan = plan;
  }

  get circuits(): Iterable<CircuitModel> {
    return this.#circuits.values();
  }

  /** The gateway has made a breaker under this name. */
  made(name: CircuitName, plan: BreakerPlan, breaker: Breaker): void {
    const model = new CircuitModel(name, this.#planOf(name, plan), breaker);
    this.#circuits.set(keyOf(name.level, name.id, plan), model);
  }

  drain(drained: readonly string[]): void {
    this.#drained = new Set(drained);
  }

  /** Does it to the circuits of this id; how many there are. */
  command(id: string, command: CircuitCommand, nowMs: number): number {
    const meant = [...this.#circuits.values()].filter(({ name }) => name.id === id);
    for (const circuit of meant) circuit.command(command, nowMs);
    return meant.length;
  }

  /** A provider got a call: none of what is above it may have been in the way. */
  began(target: Target, nowMs: number, inPanic: boolean): BegunCall {
    if (this.#isDrained(target)) {
      throw new Violation("RTE-19", `${target.id} is drained, and a call went there`);
    }
    // In panic circuits that would not let it pass are not asked; a credential's is.
    const above = this.#above(target).filter(
      (each) => !inPanic || each.name.level === "credential" || !each.rests(nowMs),
    );
    return { target, passes: new Map(above.map((each) => [each, each.admit(nowMs)])) };
  }

  /** Its first content came: that is the verdict on what is half-open. */
  proven({ passes }: BegunCall, nowMs: number): void {
    for (const [circuit, pass] of passes) {
      if (circuit.status(nowMs).kind !== "half_open") continue;
      circuit.verdict("success", pass, nowMs);
      passes.delete(circuit);
    }
  }

  /** The call came to this, as its provider knows and as the attempt was told. */
  ended({ target, passes }: BegunCall, verdict: HealthVerdict, nowMs: number): void {
    for (const [circuit, pass] of passes) {
      circuit.verdict(this.#judge(circuit, target, { verdict, nowMs }), pass, nowMs);
    }
  }

  /** Holds what the gateway says of a target's rest against what it must say. */
  checkRest(target: Target, rest: Rest | null, nowMs: number): void {
    const fail = (should: string): never => {
      throw new Violation("RTE-13", `${target.id}: ${JSON.stringify(rest)}, it should ${should}`);
    };
    if (this.#isDrained(target) !== (rest?.cause === "drained")) fail("rest while it is drained");
    if (rest?.cause === "drained" || rest?.cause === "cooling") return;
    const resting = this.#above(target).find((circuit) => circuit.rests(nowMs));
    if ((resting === undefined) === (rest === null)) return;
    fail(resting === undefined ? "be awake" : `rest as ${resting.name.level} ${resting.name.id}`);
  }

  /** It has recovered less than a minute ago, or what is above it. */
  isWarming(target: Target, nowMs: number): boolean {
    return this.#above(target).some((circuit) => {
      const status = circuit.status(nowMs);
      const sinceMs = status.kind === "closed" ? status.sinceMs : null;
      return sinceMs !== null && nowMs - sinceMs < slowStartMs;
    });
  }

  circuitsOf(target: Target): readonly CircuitModel[] {
    return this.#above(target);
  }

  #isDrained({ provider, region }: Target): boolean {
    return this.#drained.has(provider) || this.#drained.has(region);
  }

  #above({ id, provider, region, credentialId, breaker }: Target): CircuitModel[] {
    const all = [
      keyOf("region", `${provider}/${region}`, breaker),
      keyOf("credential", `${provider}/${credentialId}`, breaker),
      keyOf("target", id, breaker),
    ];
    return all.flatMap((key) => this.#circuits.get(key) ?? []);
  }

  #judge(
    { name: { level, id } }: CircuitModel,
    { circuitName, breaker, place }: Target,
    { verdict, nowMs }: { readonly verdict: HealthVerdict; readonly nowMs: number },
  ): "success" | "failure" | "abandon" {
    if (verdict === "success") return "success";
    const isFailure = {
      target:
        verdict === "network" ||
        verdict === "server" ||
        (verdict === "throttled" && breaker.countThrottling) ||
        (verdict === "credential" && place.quarantineMs === null),
      credential: verdict === "credential",
      region:
        verdict === "network" || (verdict === "server" && this.#isShared(id, circuitName, nowMs)),
    } as const;
    return isFailure[level] ? "failure" : "abandon";
  }

  /** Errors of a single model are its own, as long as the region is not on trial. */
  #isShared(region: string, model: string, nowMs: number): boolean {
    const models = this.#failedMs.get(region) ?? new Map<string, number>();
    this.#failedMs.set(region, models.set(model, nowMs));
    const failing = [...models.values()].filter((atMs) => nowMs - atMs < modelMemoryMs).length;
    const circuit = this.#circuits.get(`region ${region}`);
    return (
      failing >= this.#place(region).regionModels || circuit?.status(nowMs).kind === "half_open"
    );
  }

  #planOf({ level, id }: CircuitName, plan: BreakerPlan): BreakerPlan {
    if (level === "target") return plan;
    const { regionFailures, regionOpenMs, quarantineMs } = this.#place(id);
    const configured = level === "region" ? regionFailures : quarantineMs;
    if (configured === null) throw new Violation("RTE-13", `${level} ${id} has no circuit`);
    return level === "region" ? regionPlan(configured, regionOpenMs) : quarantinePlan(configured);
  }

  #place(id: string): PlacePlan {
    const name = id.slice(0, id.indexOf("/"));
    const provider = this.#plan.providers.find((each) => each.name === name);
    if (provider === undefined) throw new Violation("world", `there is no provider ${name}`);
    return provider.health;
  }
}

/** Aliases with breakers of their own have circuits of their own for the same target. */
const keyOf = (level: CircuitName["level"], id: string, plan: BreakerPlan): string =>
  level === "target" ? `target ${id} ${Object.values(plan).join("/")}` : `${level} ${id}`;

/** What an attempt says of its target: of a failed one its provider's own record tells. */
export function verdictOf(record: UpstreamRecord, outcome: AttemptOutcome): HealthVerdict {
  if (outcome.kind === "complete") return "success";
  if (outcome.kind === "aborted") return "none";
  switch (record.status) {
    case null:
      return unreached.has(record.fault) && record.end === "failed" ? "network" : "server";
    case 400:
      return "none";
    case 401:
      return "credential";
    case 429:
      return "throttled";
    default:
      return "server";
  }
}

const unreached: ReadonlySet<string> = new Set(["refused", "connect time-out"]);

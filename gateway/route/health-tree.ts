import type { Breaker } from "@sekisho/lib/resilience/breaker.ts";
import type { CircuitChange, CircuitCommand, CircuitView } from "@sekisho/wire/admin/circuits.ts";
import type { Health, Load, Passage, Rest } from "../health.ts";
import type { Pool } from "../model-entry.ts";
import type { ProviderPlace } from "../provider.ts";
import type { BreakerPolicy, Target } from "../target.ts";
import { Circuit, type CircuitName } from "./circuit.ts";
import { Pulse, type PulseParents } from "./pulse.ts";
import { RegionHealth } from "./region-health.ts";

export interface HealthTreeParts {
  makeBreaker(policy: BreakerPolicy, name: CircuitName): Breaker;
  /** Told of every change of state, in the turn in which it happens. */
  changed(change: Omit<CircuitChange, "atMs">): void;
}

/** Which circuits an administrator holds, by level and id, and how. */
export type Hold = readonly [key: string, to: "open" | "closed"];

/** What a configuration says beside its targets. */
export interface ServedNames {
  /** All that are configured: names of wildcards reach some that no target stands for. */
  readonly providers: readonly string[];
  /** Which models the targets are of. */
  readonly pools: readonly Pick<Pool, "name" | "targets">[];
}

/** A provider may ask for a day; asking it again after this long costs one call. */
const longestCoolMs = 600_000;

/** Growing open times end here (RTE-14). */
const longestOpenMs = 600_000;

const rested: Rest = { cause: "drained", forMs: Infinity };

/**
 * The circuits of all targets, and above them those of their regions and credentials (RTE-13). Kept
 * over configurations: names do not change.
 */
export class HealthTree implements Health {
  readonly #parts: HealthTreeParts;
  readonly #pulses = new Map<string, Pulse>();
  readonly #regions = new Map<string, RegionHealth>();
  readonly #credentials = new Map<string, Circuit>();
  /** Configurations come with targets of their own; spelling a name at each look would cost. */
  #byTarget = new WeakMap<Target, Pulse>();
  #drained: ReadonlySet<string> = new Set();
  #aliases: ReadonlyMap<Circuit, readonly string[]> = new Map();
  /** What administrators hold, by level and id: a circuit that is made anew is held as well. */
  readonly #holds = new Map<Hold[0], Hold[1]>();

  constructor(parts: HealthTreeParts) {
    this.#parts = parts;
  }

  /**
   * Takes over a configuration: its targets have circuits before they are called, those of
   * providers that are gone have none any more. `drained` are regions and providers out of use.
   */
  serve(
    targets: readonly Target[],
    drained: readonly string[],
    { providers: configured, pools }: ServedNames = nobodyElse,
  ): void {
    this.#drained = new Set(drained);
    this.#byTarget = new WeakMap();
    const providers = new Set([...configured, ...targets.map(({ provider }) => provider)]);
    const served = new Set(targets.map(pulseKey));
    const ids = new Set(targets.map(({ id }) => id));
    for (const [key, { target }] of this.#pulses) {
      // Names of wildcards are not among the targets: they stay as long as their provider.
      const isReplaced = ids.has(target.id) && !served.has(key);
      if (isReplaced || !providers.has(target.provider)) this.#pulses.delete(key);
    }
    for (const target of targets) this.#pulse(target);
    this.#aliases = this.#aliasesOf(pools);
    const parents = [...this.#pulses.values()].map((pulse) => pulse.parents);
    keepOnly(this.#regions, new Set(parents.map(({ region }) => region)));
    keepOnly(this.#credentials, new Set(parents.map(({ credential }) => credential)));
  }

  restOf(target: Target, nowMs: number): Rest | null {
    return this.#isDrained(target) ? rested : this.#pulse(target).restOf(nowMs);
  }

  share(target: Target, nowMs: number): number {
    return this.#pulse(target).share(nowMs);
  }

  load(target: Target, nowMs: number): Load {
    return this.#pulse(target).load.at(nowMs);
  }

  firstTokenLimitMs(target: Target, configuredMs: number): number {
    return this.#pulse(target).load.firstTokenLimitMs(configuredMs);
  }

  admit(target: Target, tokens: number, nowMs: number): Passage | null {
    return this.#isDrained(target) ? null : this.#pulse(target).admit(tokens, nowMs);
  }

  admitInPanic(target: Target, tokens: number, nowMs: number): Passage | null {
    return this.#isDrained(target) ? null : this.#pulse(target).admitInPanic(tokens, nowMs);
  }

  cool(target: Target, untilMs: number, nowMs: number): void {
    this.#pulse(target).cool(Math.min(untilMs, nowMs + longestCoolMs));
  }

  /** Is there a circuit of this target that is not closed? */
  isSuspect(target: Target): boolean {
    return this.#pulse(target).isSuspect;
  }

  /** What one active probe of these targets found (RTE-14): each circuit hears of it once. */
  probed(targets: readonly Target[], isWell: boolean, nowMs: number): void {
    const circuits = new Set(targets.flatMap((target) => this.#pulse(target).probedCircuits()));
    for (const circuit of circuits) circuit.probed(isWell, nowMs);
  }

  /** Every circuit: regions, credentials, then targets. */
  circuits(nowMs: number): CircuitView[] {
    return [...this.#circuits()].map((circuit) => this.#view(circuit, nowMs));
  }

  /** Those that decide about a target: of its region, of its credential, its own. */
  circuitsOf(target: Target, nowMs: number): CircuitView[] {
    const { circuit, parents } = this.#pulse(target);
    const own = [parents.region?.circuit ?? null, parents.credential, circuit];
    return own.flatMap((each) => (each === null ? [] : [this.#view(each, nowMs)]));
  }

  /** How many attempts are under way at a provider, or in a region, of this name. */
  inFlight(name: string, nowMs: number): number {
    let count = 0;
    for (const { target, load } of this.#pulses.values()) {
      if (target.provider === name || target.region === name) count += load.at(nowMs).inFlight;
    }
    return count;
  }

  /** Does it to every circuit of this id, to all of them for `*`; how many there are. */
  command(id: string, command: CircuitCommand, nowMs: number): number {
    const all = [...this.#circuits()];
    const meant = id === "*" ? all : all.filter((circuit) => circuit.name.id === id);
    // Also of circuits that are gone: they may come back with a configuration.
    if (id === "*" && command === "reset") this.#holds.clear();
    for (const circuit of meant) {
      if (command === "reset") {
        this.#holds.delete(holdKey(circuit.name));
        circuit.reset(nowMs);
      } else {
        const to = command === "force-open" ? "open" : "closed";
        this.#holds.set(holdKey(circuit.name), to);
        circuit.force(to, nowMs);
      }
    }
    return meant.length;
  }

  /** What administrators hold, to be held in another process as well. */
  get holds(): readonly Hold[] {
    return [...this.#holds];
  }

  /** Holds what is held elsewhere. */
  keepHeld(holds: readonly Hold[], nowMs: number): void {
    for (const [key, to] of holds) {
      this.#holds.set(key, to);
      for (const circuit of this.#circuits()) {
        if (holdKey(circuit.name) === key) circuit.force(to, nowMs);
      }
    }
  }

  /**
   * The provider's address, or this credential, is another now: what was held against the one
   * before says nothing of it. What an administrator holds stays.
   */
  renew({ provider, credentialId }: ProviderPlace, nowMs: number): void {
    for (const pulse of this.#pulses.values()) {
      const { target } = pulse;
      if (target.provider !== provider || target.credentialId !== credentialId) continue;
      pulse.renew(nowMs);
    }
  }

  /** Closes every circuit and forgets all pauses. */
  resetAll(nowMs: number): void {
    this.#holds.clear();
    for (const pulse of this.#pulses.values()) pulse.reset(nowMs);
  }

  #view(circuit: Circuit, nowMs: number): CircuitView {
    return circuit.view(nowMs, {
      isDrained: this.#isDrained(circuit.name),
      aliases: this.#aliases.get(circuit) ?? null,
    });
  }

  /** Of targets that have several circuits: which models each of those is for. */
  #aliasesOf(pools: ServedNames["pools"]): Map<Circuit, readonly string[]> {
    const circuits = Map.groupBy(this.#pulses.values(), ({ target }) => target.id);
    const names = new Map<Circuit, string[]>();
    for (const twins of circuits.values()) {
      if (twins.length > 1) for (const { circuit } of twins) names.set(circuit, []);
    }
    for (const { name, targets } of pools) {
      for (const target of targets) {
        const own = names.get(this.#pulse(target).circuit);
        if (own?.includes(name) === false) own.push(name);
      }
    }
    return names;
  }

  *#circuits(): Generator<Circuit> {
    for (const { circuit } of this.#regions.values()) yield circuit;
    yield* this.#credentials.values();
    for (const { circuit } of this.#pulses.values()) yield circuit;
  }

  #isDrained({ provider, region }: Pick<Target, "provider" | "region">): boolean {
    const drained = this.#drained;
    return drained.size > 0 && (drained.has(region) || drained.has(provider));
  }

  #pulse(target: Target): Pulse {
    const own = this.#byTarget.get(target);
    if (own !== undefined) return own;
    const key = pulseKey(target);
    const pulse = this.#pulses.get(key) ?? this.#newPulse(target);
    this.#pulses.set(key, pulse);
    this.#byTarget.set(target, pulse);
    return pulse;
  }

  #newPulse(target: Target): Pulse {
    const { id, provider, region, credentialId: credential, circuitName: model } = target;
    const name = { level: "target", id, provider, region, credential, model } as const;
    return new Pulse(target, this.#circuit(name, target.breaker), this.#parentsOf(target));
  }

  #parentsOf(target: Target): PulseParents {
    return { region: this.#regionOf(target), credential: this.#credentialOf(target) };
  }

  #regionOf({ provider, region, place }: Target): RegionHealth | null {
    const { regionFailures, regionModels, regionOpenMs } = place;
    if (regionFailures === null) return null;
    const id = `${provider}/${region}`;
    const key = policyKey(id, [regionFailures, regionModels, regionOpenMs]);
    const known = this.#regions.get(key);
    if (known !== undefined) return known;
    const name = { level: "region", id, provider, region, credential: null, model: null } as const;
    const policy = regionPolicy(regionFailures, regionOpenMs);
    const fresh = new RegionHealth(this.#circuit(name, policy), regionModels);
    this.#regions.set(key, fresh);
    return fresh;
  }

  #credentialOf({ provider, region, credentialId, place }: Target): Circuit | null {
    const { quarantineMs } = place;
    if (quarantineMs === null || credentialId === null) return null;
    const id = `${provider}/${credentialId}`;
    const key = policyKey(id, [quarantineMs]);
    const known = this.#credentials.get(key);
    if (known !== undefined) return known;
    const own = { credential: credentialId, model: null };
    const name = { level: "credential", id, provider, region, ...own } as const;
    const fresh = this.#circuit(name, quarantinePolicy(quarantineMs));
    this.#credentials.set(key, fresh);
    return fresh;
  }

  #circuit(name: CircuitName, policy: BreakerPolicy): Circuit {
    const breaker = this.#parts.makeBreaker(policy, name);
    const made = new Circuit(name, policy, breaker, (change) => this.#parts.changed(change));
    const hold = this.#holds.get(holdKey(name));
    // It has no past that a time could be compared with.
    if (hold !== undefined) made.force(hold, 0);
    return made;
  }
}

const nobodyElse: ServedNames = { providers: [], pools: [] };

const holdKey = ({ level, id }: CircuitName): string => `${level} ${id}`;

function keepOnly<Kept>(map: Map<string, Kept>, kept: ReadonlySet<Kept | null>): void {
  for (const [key, each] of map) if (!kept.has(each)) map.delete(key);
}

const policyKey = (id: string, policy: readonly (number | boolean)[]): string =>
  `${id} ${policy.join("/")}`;

/** Aliases that rest the same target by another policy have a circuit of their own. */
const pulseKey = ({ id, breaker, place }: Target): string =>
  policyKey(id, [...Object.values(breaker), ...Object.values(place)]);

const regionPolicy = (failures: number, openMs: number): BreakerPolicy => ({
  failures,
  failureShare: 0.5,
  burstWindowMs: 3_000,
  windowMs: 60_000,
  openMs,
  openMaxMs: Math.max(openMs, longestOpenMs),
  openGrowth: 2,
  successes: 2,
  countThrottling: false,
});

/** One refusal is enough, and one good answer. */
const quarantinePolicy = (openMs: number): BreakerPolicy => ({
  ...regionPolicy(1, openMs),
  failureShare: 0,
  successes: 1,
});

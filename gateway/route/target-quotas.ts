import { MinuteQuota } from "@sekisho/lib/resilience/minute-quota.ts";
import type { QuotaHold, Quotas } from "../quota.ts";
import type { QuotaPolicy, Target } from "../target.ts";
import type { MeasuredUsage } from "../usage.ts";

/** What is known of the quota of one target. */
export interface QuotaView {
  readonly target: Target;
  readonly kind: "requests" | "tokens";
  /** What of the declared limit is used now, after what the provider refused. */
  readonly limit: number;
  readonly used: number;
}

/**
 * The quotas of all targets whose provider declares one, kept over configurations (RTE-16). The
 * same target in several pools has one.
 */
export class TargetQuotas implements Quotas {
  readonly #quotas = new Map<string, TargetQuota>();
  readonly #processes: number;

  /** Of several processes that ask the same providers each keeps to an equal part. */
  constructor(processes: number = 1) {
    this.#processes = processes;
  }

  /** Takes over a configuration: quotas that are gone or changed begin anew. */
  serve(targets: readonly Target[]): void {
    const declared = new Map(targets.map((target) => [target.id, target]));
    const providers = new Set(targets.map(({ provider }) => provider));
    for (const [id, { target }] of this.#quotas) {
      const now = declared.get(id);
      // Names of wildcards are not among the targets: they stay as long as their provider.
      const isKept = now === undefined ? providers.has(target.provider) : hasSame(now, target);
      if (!isKept) this.#quotas.delete(id);
    }
  }

  hasRoom(target: Target, tokens: number, nowMs: number): boolean {
    const { quota: policy = null } = target;
    return policy === null || this.#of(target, policy).hasRoom(tokens, nowMs);
  }

  take(target: Target, tokens: number, nowMs: number): QuotaHold | null {
    const { quota: policy = null } = target;
    return policy === null ? null : this.#of(target, policy).take(tokens, nowMs);
  }

  /** Of the targets that were asked for so far. */
  views(nowMs: number): QuotaView[] {
    return [...this.#quotas.values()].flatMap((quota) => quota.views(nowMs));
  }

  #of(target: Target, policy: QuotaPolicy): TargetQuota {
    const known = this.#quotas.get(target.id);
    if (known !== undefined) return known;
    const fresh = new TargetQuota(target, policy, this.#processes);
    this.#quotas.set(target.id, fresh);
    return fresh;
  }
}

const hasSame = (one: Target, other: Target): boolean =>
  JSON.stringify(one.quota ?? null) === JSON.stringify(other.quota ?? null);

class TargetQuota {
  readonly target: Target;
  readonly outputFactor: number;
  readonly requests: MinuteQuota | null;
  readonly tokens: MinuteQuota | null;

  constructor(target: Target, policy: QuotaPolicy, processes: number) {
    const { requestsPerMinute, tokensPerMinute, outputFactor } = policy;
    // A part of less than one request would let none through while the provider grants some.
    const part = (most: number): MinuteQuota => new MinuteQuota(Math.max(1, most / processes));
    this.target = target;
    this.outputFactor = outputFactor;
    this.requests = requestsPerMinute === null ? null : part(requestsPerMinute);
    this.tokens = tokensPerMinute === null ? null : part(tokensPerMinute);
  }

  hasRoom(tokens: number, nowMs: number): boolean {
    return (
      (this.requests?.hasRoom(1, nowMs) ?? true) && (this.tokens?.hasRoom(tokens, nowMs) ?? true)
    );
  }

  take(tokens: number, nowMs: number): QuotaHold {
    const hold = new Hold(this, { tokens, atMs: nowMs, hadRoom: this.hasRoom(tokens, nowMs) });
    this.requests?.take(1, nowMs);
    this.tokens?.take(tokens, nowMs);
    return hold;
  }

  views(nowMs: number): QuotaView[] {
    const { target } = this;
    const all = [["requests", this.requests] as const, ["tokens", this.tokens] as const];
    return all.flatMap(([kind, quota]) =>
      quota === null ? [] : [{ target, kind, limit: quota.limit(nowMs), used: quota.used(nowMs) }],
    );
  }
}

interface Taken {
  readonly tokens: number;
  readonly atMs: number;
  readonly hadRoom: boolean;
}

class Hold implements QuotaHold {
  readonly #quota: TargetQuota;
  readonly #taken: Taken;

  constructor(quota: TargetQuota, taken: Taken) {
    this.#quota = quota;
    this.#taken = taken;
  }

  end({ usage, source }: MeasuredUsage, isThrottled: boolean, nowMs: number): void {
    const { requests, tokens, outputFactor } = this.#quota;
    const { tokens: taken, atMs, hadRoom } = this.#taken;
    // Reads of a cache are free of the quota; what is written to one is not.
    const input = usage.input + usage.cacheWrite5m + usage.cacheWrite1h;
    const used = source === "unknown" ? taken : input + usage.output * outputFactor;
    tokens?.correct(used - taken, atMs, nowMs);
    // Who was sent without room was expected to be refused: that teaches nothing.
    if (!isThrottled || !hadRoom) return;
    requests?.refused(nowMs);
    tokens?.refused(nowMs);
  }
}

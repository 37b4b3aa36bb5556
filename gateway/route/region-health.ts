import type { Pass } from "@sekisho/lib/resilience/breaker.ts";
import type { HealthVerdict } from "../health.ts";
import type { Circuit } from "./circuit.ts";

/** Failures of a model are forgotten after this time. */
const memoryMs = 60_000;

/** Names of models are few; those of a wildcard share one. */
const rememberedModels = 64;

/** Whose attempt ended, and in which words. */
interface Ended {
  readonly model: string;
  readonly cause: string;
}

/**
 * The circuit above all targets of a provider's region (RTE-13, RTE-14). What does not reach the
 * region counts against it; errors of one model do not, those of several do.
 */
export class RegionHealth {
  readonly circuit: Circuit;
  readonly #models: number;
  readonly #failedMs = new Map<string, number>();

  constructor(circuit: Circuit, models: number) {
    this.circuit = circuit;
    this.#models = models;
  }

  // oxlint-disable-next-line max-params -- what happened, to whom, and when
  end(pass: Pass, verdict: HealthVerdict, { model, cause }: Ended, nowMs: number): void {
    const { circuit } = this;
    if (verdict === "success") circuit.success(pass, nowMs);
    else if (verdict === "network") circuit.failure(pass, nowMs, cause);
    else if (verdict === "server" && this.#isShared(model, nowMs)) {
      circuit.failure(pass, nowMs, cause);
    } else circuit.abandon(pass, nowMs);
  }

  /** Do several models fail? A probe stands for all of them. */
  #isShared(model: string, nowMs: number): boolean {
    const failed = this.#failedMs;
    failed.delete(model);
    failed.set(model, nowMs);
    for (const [name, atMs] of failed) {
      if (nowMs - atMs < memoryMs && failed.size <= rememberedModels) break;
      failed.delete(name);
    }
    return failed.size >= this.#models || this.circuit.isHalfOpen;
  }
}

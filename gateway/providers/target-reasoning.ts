import type { ReasoningRule } from "@sekisho/wire/canonical/carried-reasoning.ts";
import type { Feature } from "@sekisho/wire/canonical/carriage.data.ts";
import type { PlannedAttempt } from "../plan.ts";
import { signerAt, type ReasoningOrigins, type ReasoningSigner } from "../reasoning.ts";

/**
 * Which reasoning goes to one target: what its signer signed, and what nobody here has seen, which
 * may come from before a restart or from another replica.
 */
export class TargetReasoning implements ReasoningRule {
  /** Null where the model signs nothing. */
  readonly signer: ReasoningSigner | null;
  readonly #origins: ReasoningOrigins;
  readonly #dropped = new Set<Feature>();

  constructor(origins: ReasoningOrigins, planned: PlannedAttempt) {
    this.#origins = origins;
    this.signer = signerAt(planned);
  }

  get signs(): boolean {
    return this.signer !== null;
  }

  /** As `RunningAttempt.dropped`. */
  get dropped(): readonly Feature[] {
    return [...this.#dropped];
  }

  keeps(proof: string): boolean {
    if (this.signer === null) return false;
    const signer = this.#origins.signerOf(proof);
    return signer === null || signer === this.signer;
  }

  leftOut(feature: Feature): void {
    this.#dropped.add(feature);
  }

  /** An answer of this target holds it. */
  seen(proof: string): void {
    if (this.signer !== null) this.#origins.remember(proof, this.signer);
  }
}

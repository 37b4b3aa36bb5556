import { Rates, type Permit, type RateUse } from "@sekisho/gateway/limits/rates.ts";
import type { Mutant } from "./mutant.ts";

class NeverFreeingRates extends Rates {
  override close(permit: Permit, use: RateUse): void {
    if (use.isSent) super.close(permit, use);
  }
}

class LeakyRates extends Rates {
  override close(permit: Permit, use: RateUse): void {
    // A client that left before the first token has used none.
    if (use.tokens > 0) super.close(permit, use);
  }
}

export const rateMutants: readonly Mutant[] = [
  {
    name: "kept-place",
    mistake: "a call that its budget refuses keeps its place among the calls at once",
    parts: () => ({ rates: (...parts) => new NeverFreeingRates(...parts) }),
  },
  {
    name: "leaky-place",
    mistake: "a call without tokens keeps its place among the calls at once",
    parts: () => ({ rates: (...parts) => new LeakyRates(...parts) }),
  },
];

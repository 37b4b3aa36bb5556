import { Failure } from "@sekisho/lib/failure/failure.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import type { FailureOrder } from "@sekisho/wire/chat/failure-order.ts";

/** Makes providers fail on purpose, for drills. */
export interface FailureSwitch {
  /** What fails now, in words; null when nothing does on purpose. */
  current(): string | null;
  /** Replaces what was ordered before. Throws Failure `invalid_value`. */
  order(failures: FailureOrder): void;
  end(): void;
  /** Calls that those providers have received. */
  received(): number;
}

/** The switch, where there is one. Throws Failure `conflict` where nobody is made to fail. */
export function steerable(failures: FailureSwitch | null): FailureSwitch {
  if (failures !== null) return failures;
  const why = "no simulator runs in this process, and real providers are not made to fail";
  throw new Failure<Code>("conflict", `Cannot steer failures: ${why}`);
}

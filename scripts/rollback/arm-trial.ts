import type { RollbackPolicy } from "@sekisho/gateway/model-entry.ts";
import { isOver } from "@sekisho/gateway/splits/over-limit.ts";
import type { SeededRandom } from "@sekisho/lib/random/seeded-random.ts";

/** The life of an arm under the same weights. */
export interface ArmLife {
  /** Calls in a window, on average; they come by chance. */
  readonly perWindow: number;
  readonly seconds: number;
  /** The share of the calls that fail in a second. */
  readonly failing: (second: number) => number;
  /** Windows that the weights were in force before it begins. */
  readonly windowsBefore?: number;
  /** Is it a canary in a step, whose calls count as a whole too? */
  readonly isCanary?: boolean;
}

const secondMs = 1_000;

/**
 * The second in which the arm is rolled back, looked at each second as the gateway does; null:
 * never. The other arms are well.
 */
export function rolledBackAt(
  { perWindow, seconds, failing, windowsBefore = 0, isCanary = false }: ArmLife,
  policy: RollbackPolicy,
  random: SeededRandom,
): number | null {
  const span = policy.windowMs / secondMs;
  const answeredIn = new Uint16Array(span);
  const failedIn = new Uint16Array(span);
  const counts = { answered: 0, failed: 0 };
  const ofPhase = { answered: windowsBefore * perWindow, failed: 0 };
  const isBad = (seen: typeof counts): boolean => {
    const total = seen.answered + seen.failed;
    const windows = (ofPhase.answered + ofPhase.failed) / total;
    return total >= policy.minRequests && isOver(seen, policy, windows);
  };
  for (let second = 0; second < seconds; second += 1) {
    const share = failing(second);
    const answered = arrivals((perWindow / span) * (1 - share), random);
    const failed = arrivals((perWindow / span) * share, random);
    const at = second % span;
    counts.answered += answered - (answeredIn[at] ?? 0);
    counts.failed += failed - (failedIn[at] ?? 0);
    answeredIn[at] = answered;
    failedIn[at] = failed;
    ofPhase.answered += answered;
    ofPhase.failed += failed;
    if (isBad(counts) || (isCanary && isBad(ofPhase))) return second;
  }
  return null;
}

/** How many calls come in a second, where so many do on average (Knuth's way to draw it). */
function arrivals(average: number, random: SeededRandom): number {
  const least = Math.exp(-average);
  let count = 0;
  for (let left = random.float(); left > least; left *= random.float()) count += 1;
  return count;
}

/** The share of lives in which the arm is rolled back. */
export function shareRolledBack(
  life: ArmLife,
  policy: RollbackPolicy,
  { lives, random }: { readonly lives: number; readonly random: SeededRandom },
): number {
  let count = 0;
  for (let n = 0; n < lives; n += 1) {
    if (rolledBackAt(life, policy, random.fork(`life ${n}`)) !== null) count += 1;
  }
  return count / lives;
}

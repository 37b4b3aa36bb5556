import { rfc3339 } from "@sekisho/lib/time/rfc3339.ts";
import { utcDayMs } from "@sekisho/lib/time/utc.ts";

const dayLength = "2026-01-31".length;

/** Why a day is none of the `parts` that can be verified, the oldest first and `open` at last. */
export function noSuchPart(part: string, parts: readonly string[], nowMs: number): string {
  const sealed = parts.at(-2) ?? "";
  const today = rfc3339(nowMs).slice(0, dayLength);
  if (utcDayMs(part) !== null && part > sealed && part <= today) {
    const subject = part === today ? "today" : "the day";
    return `Cannot verify ${part}: ${subject} has no seal yet; its calls are in the part open`;
  }
  const known = `the ledger has ${parts.slice(-5).join(", ")} and ${parts.length} in all`;
  return `Cannot verify ${part}: it is no day that is kept; ${known}`;
}

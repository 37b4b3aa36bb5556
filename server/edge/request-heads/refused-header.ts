import { Failure } from "@sekisho/lib/failure/failure.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";

/** Enough to find it by. */
const maxShownChars = 64;

/**
 * A header of ours that says what it cannot say: its value, and what may stand there. Not for those
 * that name somebody: errors are logged.
 */
export function refusedHeader(name: string, value: string, expected: string): Failure<Code> {
  const isLong = value.length > maxShownChars;
  const shown = JSON.stringify(isLong ? `${value.slice(0, maxShownChars)}…` : value);
  const message = `Cannot read header ${name}: it is ${shown}, expected is ${expected}`;
  return new Failure<Code>("invalid_value", message, { param: name });
}

import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";

const patienceMs = 60_000;
const quietMs = 10;

/** Waits for something that must happen, and fails instead of hanging when it does not. */
export const until = async <T>(promise: Promise<T>): Promise<T> => {
  const giveUp = new AbortController();
  const late = sleep(patienceMs, "late" as const, { signal: giveUp.signal }).catch(() => null);
  try {
    const first = await Promise.race([promise.then((value) => ({ value })), late]);
    assert.ok(first !== "late" && first !== null, `nothing happened in ${patienceMs} ms`);
    return first.value;
  } finally {
    giveUp.abort();
  }
};

/** Long enough on loopback for something that must not happen to happen. */
export const quiet = (): Promise<void> => sleep(quietMs);

import { setTimeout as sleep } from "node:timers/promises";

const pauseMs = 5;

/**
 * Looks until `look` finds something other than null and resolves with it: what happens in another
 * process announces itself nowhere else. Rejects with `what` and the time it was given: a third
 * of what a test has, for no wait is to fail because the machine is busy.
 */
export async function until<T>(
  what: string,
  look: () => T | null | Promise<T | null>,
  withinMs = 60_000,
): Promise<T> {
  const lastMs = performance.now() + withinMs;
  for (;;) {
    const found = await look();
    if (found !== null) return found;
    if (performance.now() > lastMs) throw new Error(`Waited ${withinMs} ms in vain: ${what}`);
    await sleep(pauseMs);
  }
}

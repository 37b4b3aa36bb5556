import { setTimeout as sleep } from "node:timers/promises";

/** Waits, or less when the drill is to end: whoever waits looks at `stop` itself. */
export async function pause(ms: number, stop: AbortSignal): Promise<void> {
  try {
    await sleep(Math.max(0, ms), undefined, { signal: stop });
  } catch (error) {
    if (!stop.aborted) throw error;
  }
}

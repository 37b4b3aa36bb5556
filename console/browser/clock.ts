/** Milliseconds since the page was opened. It never steps. */
export const nowMs = (): number => performance.now();

/** Runs `run` once after `delayMs`; the function that comes back cancels it. */
export function after(delayMs: number, run: () => void): () => void {
  const timer = setTimeout(run, delayMs);
  return () => clearTimeout(timer);
}

/** Runs `run` each second until the function that comes back is called. */
export function everySecond(run: () => void): () => void {
  const timer = setInterval(run, 1_000);
  return () => clearInterval(timer);
}

/** Epoch milliseconds of a time in RFC 3339. */
export const epochMsOf = (time: string): number => Date.parse(time);

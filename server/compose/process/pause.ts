import type { Clock } from "@sekisho/lib/time/clock.ts";

/** Lets whatever waits have its turn, for work that is done a piece at a time. */
export const pauseOf =
  (clock: Pick<Clock, "soon">): (() => Promise<void>) =>
  () =>
    new Promise((resolve) => clock.soon(resolve));

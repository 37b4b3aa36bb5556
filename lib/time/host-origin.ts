import type { Clock } from "./clock.ts";

/**
 * What is to be added to the clock's monotonic times so that they count from a start which all
 * processes of this host have in common. It stays the same as long as the process lives.
 */
export const hostOriginMs = (clock: Pick<Clock, "monotonicMs">): number =>
  Number(process.hrtime.bigint()) / 1e6 - clock.monotonicMs();

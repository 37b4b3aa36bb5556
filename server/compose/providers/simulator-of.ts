import type { Clock } from "@sekisho/lib/time/clock.ts";
import type { Random } from "@sekisho/lib/random/random.ts";
import type { Simulator } from "@sekisho/simulator/server.ts";
import type { Config } from "../../config/schema.ts";
import { runsSimulator } from "../../config/derived/simulator-switch.ts";

/**
 * The models that a configuration simulates, on a port of their own; null where it has none. Every
 * start has a seed of its own: the simulator's ids are made of it, and the ledger is kept.
 */
export async function simulatorOf(
  config: Config,
  { clock, random }: { readonly clock: Clock; readonly random: Random },
): Promise<Simulator | null> {
  if (!runsSimulator(config)) return null;
  // Here and not above: 4 MB, for those alone who use it.
  const { startSimulator } = await import("@sekisho/simulator/server.ts");
  return startSimulator({ port: 0, seed: random.uint32(), clock });
}

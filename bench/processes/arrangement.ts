import { cores } from "../run-load.ts";
import type { Workload } from "../workloads.ts";

/** A scene of a comparison: so many gateways, asked at the same time. */
export interface Scene {
  readonly name: string;
  /** How many gateways, each with a data folder of its own. */
  readonly gateways: number;
  /** Processes of each gateway. */
  readonly processes: number;
  /** Connections of all, as a multiple of the workload's. */
  readonly times: number;
}

/** Where the processes of all scenes stand while they are compared, and how they are asked. */
export interface Arrangement {
  readonly title: string;
  readonly scenes: readonly Scene[];
  readonly one: Scene;
  /** The scene that is judged, against `one` or against `apart`. */
  readonly several: Scene;
  /** What several programs cost that share nothing but the machine: the floor of `several`. */
  readonly apart: Scene;
  /** Is a cost as low as that of `apart` low enough, whatever it is to `one`? */
  readonly isJudgedByFloor: boolean;
  /** Of the upstream and the load generator. */
  readonly loadCores: readonly number[];
  /** Of the serving process with this number in its scene, from 0. */
  readonly coreOf: (process: number) => number;
  /** Requests a second of a scene; 0 = each connection sends as soon as it may. */
  readonly rateOf: (scene: Scene) => number;
}

export interface ArrangementOptions {
  /** Processes of the scene with several. */
  readonly count: number;
  /** Requests a second for each process that has a core of its own. */
  readonly rate: number;
}

const one: Scene = { name: "one", gateways: 1, processes: 1, times: 1 };

export const connectionsOf = (
  { times }: Scene,
  { connections }: Pick<Workload, "connections">,
): number => connections * times;

/**
 * A core for each process, as on a machine that is theirs, and as many requests for each on a fixed
 * schedule. What is left of the cores is the upstream's and the load generator's.
 */
export function ownCores({ count, rate }: ArrangementOptions): Arrangement {
  const several = { name: "several", gateways: 1, processes: count, times: count };
  const apart = { name: "apart", gateways: count, processes: 1, times: count };
  const all = Array.from({ length: count }, (_, core) => core);
  return {
    title: `a core for each process, ${rate} requests/s each`,
    scenes: [one, several, apart],
    one,
    several,
    apart,
    isJudgedByFloor: false,
    loadCores: all,
    // The one process stands on the core that it has in the other arrangement, too.
    coreOf: (process) => (cores.gateway + process) % count,
    rateOf: ({ times }) => rate * times,
  };
}

/**
 * All processes on one core, saturated: the worst that they can do to each other. Each has as many
 * connections as the one; what the caches of a core lose by switches between programs, `apart`
 * loses as well.
 */
export function oneCore({ count }: ArrangementOptions): Arrangement {
  const several = { name: "several, each as full", gateways: 1, processes: count, times: count };
  const apart = { name: "apart, each as full", gateways: count, processes: 1, times: count };
  const same = { name: "several, the same clients", gateways: 1, processes: count, times: 1 };
  return {
    title: "all processes on one core, saturated",
    scenes: [one, same, several, apart],
    one,
    several,
    apart,
    isJudgedByFloor: true,
    loadCores: [cores.load],
    coreOf: () => cores.gateway,
    rateOf: () => 0,
  };
}

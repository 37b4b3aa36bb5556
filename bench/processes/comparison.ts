import { formatTable, type Column } from "@sekisho/server/cli/table.ts";
import { median } from "../samples.ts";
import type { Workload } from "../workloads.ts";
import { connectionsOf, type Arrangement, type Scene } from "./arrangement.ts";

/** How much more an answer may cost in several processes (PRF-9). */
const most = 1.1;

const columns: readonly Column[] = [
  { title: "TEST", align: "left" },
  { title: "PROCESSES", align: "left" },
  { title: "CONNECTIONS", align: "right" },
  { title: "CPU US", align: "right" },
  { title: "TIMES ONE", align: "right" },
  { title: "LOWEST", align: "right" },
  { title: "HIGHEST", align: "right" },
  { title: "TIMES APART", align: "right" },
  { title: "PER SECOND", align: "right" },
  { title: "P50 MS", align: "right" },
  { title: "ERRORS", align: "right" },
];

/** What the load generator of one gateway found in one round. */
export interface RoundResult {
  readonly answers: number;
  readonly cpuMicros: number;
  readonly seconds: number;
  readonly latency: { readonly p50: number };
  readonly errors: number;
}

type Compared = Pick<Workload, "test" | "connections">;

interface Figures {
  readonly micros: number[];
  readonly perSecond: number[];
  readonly p50Ms: number[];
  errors: number;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);

/** What an answer of one workload cost in the scenes of an arrangement, round by round. */
export class Comparison {
  readonly #arrangement: Arrangement;
  readonly #workload: Compared;
  readonly #figures = new Map<Scene, Figures>();

  constructor(arrangement: Arrangement, workload: Compared) {
    this.#arrangement = arrangement;
    this.#workload = workload;
    for (const scene of arrangement.scenes) {
      this.#figures.set(scene, { micros: [], perSecond: [], p50Ms: [], errors: 0 });
    }
  }

  /** What the gateways of a scene did at the same time, in one round. */
  add(scene: Scene, results: readonly RoundResult[]): void {
    const figures = this.#of(scene);
    const answers = sum(results.map((each) => each.answers));
    figures.micros.push(sum(results.map((each) => each.cpuMicros)) / answers);
    figures.perSecond.push(sum(results.map((each) => each.answers / each.seconds)));
    figures.p50Ms.push(Math.max(...results.map(({ latency }) => latency.p50 / 1_000)));
    figures.errors += sum(results.map(({ errors }) => errors));
  }

  /** No answer was wrong, and several processes cost little more than they are held against. */
  get isGood(): boolean {
    const { one, several, apart, isJudgedByFloor } = this.#arrangement;
    const bases = isJudgedByFloor ? [one, apart] : [one];
    const isCheap = bases.some((base) => median(this.#ratios(several, base)) <= most);
    return isCheap && [...this.#figures.values()].every(({ errors }) => errors === 0);
  }

  toString(): string {
    const { one, several, apart } = this.#arrangement;
    const rows = [...this.#figures].map(([scene, { micros, perSecond, p50Ms, errors }]) => {
      const ratios = this.#ratios(scene, one);
      return [
        this.#workload.test,
        scene.name,
        String(connectionsOf(scene, this.#workload)),
        median(micros).toFixed(1),
        median(ratios).toFixed(3),
        Math.min(...ratios).toFixed(3),
        Math.max(...ratios).toFixed(3),
        scene === several ? median(this.#ratios(several, apart)).toFixed(3) : "",
        median(perSecond).toFixed(0),
        median(p50Ms).toFixed(1),
        String(errors),
      ];
    });
    return formatTable(columns, rows);
  }

  /** Each round holds a scene against another of seconds before or after: noise hits both. */
  #ratios(scene: Scene, base: Scene): number[] {
    const floor = this.#of(base).micros;
    return this.#of(scene).micros.map((micros, round) => micros / (floor[round] ?? Number.NaN));
  }

  #of(scene: Scene): Figures {
    const figures = this.#figures.get(scene);
    if (figures === undefined) throw new Error(`Not a scene of this comparison: ${scene.name}`);
    return figures;
  }
}

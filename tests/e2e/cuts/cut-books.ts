import type { Column } from "@sekisho/server/cli/table.ts";
import type { Cutter } from "./cut-rule.ts";
import { isRelayed, nameOf, type CutWay } from "./cut-way.ts";

/** Which answer was cut, by whom, and behind how much of it. */
export interface CutPlace {
  readonly way: CutWay;
  readonly cutter: Cutter;
  readonly at: number;
}

/** One call that was cut: both books, and what the rule makes of the provider's. */
export interface CutFigures {
  readonly billedNanoUsd: number;
  readonly byRuleNanoUsd: number;
  readonly bookedNanoUsd: number;
}

interface CutLine {
  readonly target: string;
  readonly client: string;
  readonly answer: string;
  readonly carriage: string;
  readonly cutter: Cutter;
  cuts: number;
  billedNanoUsd: number;
  byRuleNanoUsd: number;
  bookedNanoUsd: number;
  /** The sum of what single cuts differ by, in either direction. */
  differenceNanoUsd: number;
}

export const cutColumns: readonly Column[] = [
  { title: "TARGET", align: "left" },
  { title: "CLIENT", align: "left" },
  { title: "ANSWER", align: "left" },
  { title: "CARRIAGE", align: "left" },
  { title: "CUT BECAUSE", align: "left" },
  { title: "CUTS", align: "right" },
  { title: "BILLED NANO-USD", align: "right" },
  { title: "BY RULE", align: "right" },
  { title: "BOOKED NANO-USD", align: "right" },
  { title: "DIFFERENCE", align: "right" },
];

/** What was cut, way by way: each line is all events of an answer. */
export class CutBooks {
  readonly #lines = new Map<string, CutLine>();
  readonly #differing: string[] = [];

  add({ way, cutter, at }: CutPlace, figures: CutFigures): void {
    const { target, client, stream } = way;
    const answer = stream ? "streamed" : "whole";
    const key = [target.name, client.surface, answer, cutter].join(" ");
    const line = this.#lines.get(key) ?? {
      target: target.name,
      client: client.surface,
      answer,
      carriage: isRelayed(way) ? "relayed" : "translated",
      cutter,
      cuts: 0,
      billedNanoUsd: 0,
      byRuleNanoUsd: 0,
      bookedNanoUsd: 0,
      differenceNanoUsd: 0,
    };
    this.#lines.set(key, line);
    const { billedNanoUsd, byRuleNanoUsd, bookedNanoUsd } = figures;
    const difference = Math.abs(bookedNanoUsd - byRuleNanoUsd);
    line.cuts += 1;
    line.billedNanoUsd += billedNanoUsd;
    line.byRuleNanoUsd += byRuleNanoUsd;
    line.bookedNanoUsd += bookedNanoUsd;
    line.differenceNanoUsd += difference;
    if (difference > 0) this.#differing.push(`${nameOf(way)}, ${cutter} behind ${at}`);
  }

  get cuts(): number {
    return [...this.#lines.values()].reduce((sum, { cuts }) => sum + cuts, 0);
  }

  /** Each cut of which the books differ. */
  get differing(): readonly string[] {
    return this.#differing;
  }

  /** In the order of `cutColumns`. */
  get rows(): string[][] {
    return [...this.#lines.values()]
      .map((line) => Object.values(line).map(String))
      .toSorted((a, b) => a.slice(0, 5).join(" ").localeCompare(b.slice(0, 5).join(" ")));
  }
}

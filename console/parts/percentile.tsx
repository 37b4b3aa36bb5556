import type { ReactElement } from "react";
import { useWording } from "../words/language.ts";
import { leastFor, type Percentiles } from "./percentiles.ts";

export interface PercentileProps {
  readonly of: Percentiles;
  readonly share: keyof typeof leastFor;
  /** Times in milliseconds unless it says otherwise. */
  readonly describe?: (value: number) => string;
}

/** One percentile, or that too few values speak for it. */
export function Percentile({ of, share, describe }: PercentileProps): ReactElement {
  const { words, figures } = useWording();
  const value = of[share];
  const n = figures.count(of.n);
  if (value !== null) {
    const title = words.tiles.n(n);
    return (
      <span title={title} className="whitespace-nowrap">
        {(describe ?? figures.duration)(value)}
      </span>
    );
  }
  if (of.n === 0) return <span className="text-ink-3">{words.tiles.none}</span>;
  const why = words.tiles.tooFewWhy(n, figures.count(leastFor[share]));
  return (
    <span title={why} className="text-xs whitespace-nowrap text-ink-3">
      {words.tiles.tooFew}
    </span>
  );
}

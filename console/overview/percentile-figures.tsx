import type { ReactElement } from "react";
import { Footnotes } from "../parts/tile.tsx";
import { useWording } from "../words/language.ts";
import { leastFor, type Percentiles } from "../parts/percentiles.ts";

const shares = ["p50", "p95", "p99"] as const;

/** Three percentiles of a time and how many values they are made of (CON-2). */
export function PercentileFigures({
  percentiles,
}: {
  readonly percentiles: Percentiles;
}): ReactElement {
  const { words, figures } = useWording();
  const n = figures.count(percentiles.n);
  return (
    <>
      <span className="figure mt-1 grid grid-cols-3 gap-x-1 whitespace-nowrap">
        {shares.map((share) => {
          const value = percentiles[share];
          const isFew = value === null && percentiles.n > 0;
          const why = isFew ? words.tiles.tooFewWhy(n, figures.count(leastFor[share])) : undefined;
          return (
            <span key={share} className="flex min-w-0 flex-col" data-share={share}>
              <span className="text-2xs leading-4 text-ink-3">{share}</span>
              <span
                title={why}
                className={
                  value === null
                    ? "text-xs leading-6 text-ink-3"
                    : "text-[0.8125rem] leading-6 font-semibold tracking-tight sm:text-sm"
                }
              >
                {value === null
                  ? isFew
                    ? words.tiles.tooFew
                    : words.tiles.none
                  : figures.duration(value)}
              </span>
            </span>
          );
        })}
      </span>
      <Footnotes>
        <span>{words.tiles.n(n)}</span>
      </Footnotes>
    </>
  );
}

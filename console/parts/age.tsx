import type { ReactElement } from "react";
import { useAgeS } from "../live/use-live.ts";
import { useWording } from "../words/language.ts";

/** How old a figure is (CON-1). Readers with a screen reader ask for it; it is not read aloud. */
export function Age({ atMs }: { readonly atMs: number }): ReactElement {
  const ageS = useAgeS(atMs);
  const { words, figures } = useWording();
  const seconds = figures.count(ageS);
  return (
    <time
      className="shrink-0 text-2xs font-normal text-ink-3"
      title={words.age(seconds)}
      aria-label={words.age(seconds)}
      dateTime={`PT${ageS}S`}
    >
      {seconds} {words.units.s}
    </time>
  );
}

import type { ReactElement } from "react";
import { useWording } from "../words/language.ts";
import type { TargetRow } from "./target-rows.ts";

/** How many attempts failed at a target, and mostly why. */
export function FailedAttempts({ row }: { readonly row: TargetRow }): ReactElement {
  const { words, figures } = useWording();
  const [first, ...others] = row.failures;
  if (first === undefined) return <span className="text-ink-3">{words.tiles.none}</span>;
  const all = row.failures.map(({ code, count }) => `${code} ${figures.count(count)}`).join(", ");
  return (
    <span className="flex flex-col" title={all}>
      <span className="text-bad">{figures.count(row.figures.failedAttempts)}</span>
      <span className="font-mono text-2xs text-ink-2 wrap-anywhere md:truncate">
        {first.code}
        {others.length > 0 && ` +${others.length}`}
      </span>
    </span>
  );
}

import type { ReactElement } from "react";
import { useWording } from "../words/language.ts";
import type { TargetRow } from "./target-rows.ts";

/** How many attempts failed at a target. */
export function FailedAttempts({ row }: { readonly row: TargetRow }): ReactElement {
  const { words, figures } = useWording();
  if (row.failures.length === 0) return <span className="text-ink-3">{words.tiles.none}</span>;
  return <span className="text-bad">{figures.count(row.figures.failedAttempts)}</span>;
}

/** Mostly why they failed; nothing where none did. */
export function FailureCodes({ row }: { readonly row: TargetRow }): ReactElement | null {
  const { figures } = useWording();
  const [first, ...others] = row.failures;
  if (first === undefined) return null;
  const all = row.failures.map(({ code, count }) => `${code} ${figures.count(count)}`).join(", ");
  return (
    <span className="block truncate font-mono text-2xs text-ink-2" title={all}>
      {first.code}
      {others.length > 0 && ` +${others.length}`}
    </span>
  );
}

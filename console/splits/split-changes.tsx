import type { ReactElement } from "react";
import type { SplitChangeView } from "@sekisho/wire/admin/splits.ts";
import { useAgeS, useLive } from "../live/use-live.ts";
import { useWording } from "../words/language.ts";

const shownAtMost = 4;

/** What became of a split of late and why, the latest first, in the words of the gateway. */
export function SplitChanges({
  changes,
}: {
  readonly changes: readonly SplitChangeView[];
}): ReactElement | null {
  const { state: live } = useLive();
  const { words, figures } = useWording();
  const wallMs = live.wallMs + useAgeS(live.receivedMs) * 1_000;
  const agoMs = (atMs: number): number => Math.max(1, Math.floor((wallMs - atMs) / 1_000)) * 1_000;
  if (changes.length === 0) return null;
  return (
    <ol aria-label={words.splits.changes} className="flex flex-col gap-1 px-4 pt-2 pb-3 text-xs">
      {changes.slice(0, shownAtMost).map(({ atMs, phase, event, by, words: told }) => (
        <li key={phase} data-event={event} className="flex gap-x-3">
          <span className="figure shrink-0 text-ink-3">{figures.timeOfDay(atMs)}</span>
          <span className="min-w-0 wrap-anywhere text-ink-2">
            {told} · {by === "automatic" ? words.splits.automatic : by} ·{" "}
            {words.changes.ago(figures.durationTick(agoMs(atMs)))}
          </span>
        </li>
      ))}
    </ol>
  );
}

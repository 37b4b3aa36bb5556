import type { ReactElement } from "react";
import { liveStaleMs } from "@sekisho/wire/admin/live.ts";
import { useAgeS, useLive } from "../live/use-live.ts";
import { WarningIcon } from "../parts/icons.tsx";
import { useWording } from "../words/language.ts";

/** Has nothing come for so long that what is shown must not be believed? */
export function useIsStale(): boolean {
  const { state, version } = useLive();
  const ageS = useAgeS(state.receivedMs);
  return version > 0 && ageS >= liveStaleMs / 1_000;
}

/** Says so (CON-1). */
export function StaleBanner(): ReactElement | null {
  const { state } = useLive();
  const { words, figures } = useWording();
  const ageS = useAgeS(state.receivedMs);
  if (!useIsStale()) return null;
  return (
    <div
      role="alert"
      className="card mb-3 flex gap-2.5 border-bad-mark/40 bg-bad-soft px-4 py-2.5 text-bad"
    >
      <span className="mt-0.5">
        <WarningIcon />
      </span>
      <p>
        <strong className="figure font-semibold">{words.stale.title(figures.count(ageS))}</strong>
        <span className="ml-2 text-ink-2">{words.stale.detail}</span>
      </p>
    </div>
  );
}

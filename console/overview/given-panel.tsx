import type { ReactElement } from "react";
import type { LiveToday } from "@sekisho/wire/admin/live.ts";
import { useMay } from "../browser/session-context.ts";
import { useLive } from "../live/use-live.ts";
import { Bar } from "../parts/bar.tsx";
import { Panel } from "../parts/panel.tsx";
import type { Figures } from "../words/figures.ts";
import { useWording } from "../words/language.ts";
import { PurgeButton } from "./purge-button.tsx";

const bytesPerMb = 1_048_576;

/** Answers of the day that were given again: how many, for whom, and what they had cost. */
export function GivenPanel(): ReactElement {
  const { state } = useLive();
  const { words, figures } = useWording();
  const mayPurge = useMay("cache.write");
  const { given = null, requests = 0 } = state.today ?? {};
  return (
    <Panel
      id="given"
      title={words.given.title}
      receivedMs={state.todayReceivedMs}
      aside={mayPurge && (given?.held.answers ?? 0) > 0 ? <PurgeButton /> : null}
    >
      {given === null || given.answers === 0 ? (
        <p className="px-4 pb-3 text-ink-2">
          {words.given.none} {words.given.how}
        </p>
      ) : (
        <>
          <p className="figure flex flex-wrap items-baseline gap-x-3 px-4 pb-2">
            <span className="text-lg font-semibold">{figures.count(given.answers)}</span>
            <span>
              {words.given.share(
                figures.percent(Math.min(1, given.answers / Math.max(1, requests))),
              )}
            </span>
            <span className="ml-auto">{words.given.saved(figures.usd(given.savedNanoUsd))}</span>
          </p>
          <Aliases aliases={given.aliases} />
        </>
      )}
      {given !== null && given.held.answers > 0 && (
        <p className="px-4 pb-3 text-xs text-ink-2">
          {words.given.held(figures.count(given.held.answers), sizeOf(given.held.bytes, figures))}
        </p>
      )}
    </Panel>
  );
}

const sizeOf = (bytes: number, { rate }: Pick<Figures, "rate">): string =>
  bytes < bytesPerMb ? `${rate(bytes / 1_024)} KB` : `${rate(bytes / bytesPerMb)} MB`;

function Aliases({ aliases }: Pick<LiveToday["given"], "aliases">): ReactElement {
  const { figures } = useWording();
  const most = Number(aliases[0]?.savedNanoUsd ?? 0);
  return (
    <ul className="flex flex-col gap-1.5 px-4 pb-3">
      {aliases.map(({ tenant, alias, answers, savedNanoUsd }) => (
        <li key={`${tenant} ${alias}`}>
          <span className="figure flex items-baseline gap-3">
            <span className="min-w-0 truncate">
              {alias} <span className="text-xs text-ink-2">{tenant}</span>
            </span>
            <span className="ml-auto shrink-0 text-xs text-ink-2">{figures.count(answers)}</span>
            <span className="min-w-16 shrink-0 text-right">{figures.usd(savedNanoUsd)}</span>
          </span>
          <Bar share={most === 0 ? 0 : Number(savedNanoUsd) / most} />
        </li>
      ))}
    </ul>
  );
}

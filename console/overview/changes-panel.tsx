import type { ReactElement } from "react";
import type { CircuitChange, CircuitState } from "@sekisho/wire/admin/circuits.ts";
import { useAgeS, useLive } from "../live/use-live.ts";
import { Panel } from "../parts/panel.tsx";
import { useWording } from "../words/language.ts";

const shownAtMost = 12;

/** What circuits did of late, the latest first. */
export function ChangesPanel(): ReactElement {
  const { state } = useLive();
  const { words } = useWording();
  const latest = state.changes.slice(-shownAtMost).reverse();
  return (
    <Panel id="changes" title={words.changes.title} receivedMs={state.receivedMs}>
      {latest.length === 0 && <p className="px-4 pb-3 text-ink-2">{words.changes.none}</p>}
      <ol className="flex flex-col gap-2 px-4 pb-3">
        {latest.map((change) => (
          <Change
            key={`${change.atMs} ${change.process} ${change.level} ${change.id} ${change.to}`}
            change={change}
          />
        ))}
      </ol>
    </Panel>
  );
}

const marks: Readonly<Record<CircuitState, string>> = {
  closed: "bg-good-mark",
  half_open: "border-[3px] border-warn-mark",
  open: "bg-bad-mark",
};

function Change({ change }: { readonly change: CircuitChange }): ReactElement {
  const { state } = useLive();
  const { words, figures } = useWording();
  const { changes } = words;
  const agoMs = Math.max(0, state.wallMs - change.atMs) + useAgeS(state.receivedMs) * 1_000;
  const name = change.model ?? change.credential ?? change.region;
  const credential = change.model === null ? null : change.credential;
  const place = [change.provider, credential].filter((part) => part !== null).join(" · ");
  const verbs = { open: changes.opened, half_open: changes.halfOpened, closed: changes.closed };
  return (
    <li className="flex items-start gap-2.5" data-change={change.to}>
      <span
        className={`mt-1.5 size-2 shrink-0 rounded-full ${marks[change.to]}`}
        aria-hidden="true"
      />
      <span className="min-w-0 flex-1">
        <span className="block truncate" title={change.id}>
          <span className="font-medium">{name}</span> {verbs[change.to]}
        </span>
        <span className="figure block text-xs wrap-anywhere text-ink-2">
          {place} · {figures.timeOfDay(change.atMs)} ·{" "}
          {changes.ago(figures.durationTick(Math.floor(agoMs / 1_000) * 1_000))}
          {change.process !== undefined && ` · ${changes.process(figures.count(change.process))}`}
          {change.isForced && ` · ${changes.byHand}`}
          {change.cause !== null && ` · ${change.cause}`}
        </span>
      </span>
    </li>
  );
}

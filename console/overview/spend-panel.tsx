import type { ReactElement } from "react";
import { useLive } from "../live/use-live.ts";
import { Bar } from "../parts/bar.tsx";
import { Panel } from "../parts/panel.tsx";
import { useWording } from "../words/language.ts";

/** The money of the day by upstream model, from the ledger. */
export function SpendPanel(): ReactElement {
  const { state } = useLive();
  const { words, figures } = useWording();
  const models = state.today?.models ?? [];
  const most = Number(models[0]?.costNanoUsd ?? 0);
  return (
    <Panel id="spend" title={words.spend.title} receivedMs={state.todayReceivedMs}>
      {models.length === 0 && <p className="px-4 pb-3 text-ink-2">{words.spend.none}</p>}
      <ul className="flex flex-col gap-1.5 px-4 pb-3">
        {models.map(({ name, requests, costNanoUsd }) => (
          <li key={name}>
            <span className="figure flex items-baseline gap-3">
              <span className="min-w-0 truncate">{name || words.spend.noModel}</span>
              <span className="ml-auto shrink-0 text-xs text-ink-2">
                {words.tiles.requestsToday(figures.count(requests))}
              </span>
              <span className="min-w-16 shrink-0 text-right">{figures.usd(costNanoUsd)}</span>
            </span>
            <Bar share={most === 0 ? 0 : Number(costNanoUsd) / most} />
          </li>
        ))}
      </ul>
    </Panel>
  );
}

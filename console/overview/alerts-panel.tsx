import type { ReactElement } from "react";
import { readablePercent } from "@sekisho/lib/text/percent-encoded.ts";
import type { LiveAlert } from "@sekisho/wire/admin/live.ts";
import { useAgeS, useLive } from "../live/use-live.ts";
import { Bar } from "../parts/bar.tsx";
import { Panel } from "../parts/panel.tsx";
import type { Figures } from "../words/figures.ts";
import { useWording } from "../words/language.ts";
import type { Words } from "../words/words.ts";
import { saidOf, toneOf } from "./alert-words.ts";

const shownAtMost = 8;

/** What was told of budgets, the latest first; nothing where nothing was. */
export function AlertsPanel(): ReactElement | null {
  const { state } = useLive();
  const { words } = useWording();
  if (state.alerts.length === 0) return null;
  const latest = state.alerts.slice(-shownAtMost).reverse();
  return (
    <Panel id="alerts" title={words.alerts.title} receivedMs={state.receivedMs}>
      <ol className="grid gap-x-6 px-4 pb-2 lg:grid-cols-2">
        {latest.map((alert) => (
          <Alert key={alert.id} alert={alert} />
        ))}
      </ol>
    </Panel>
  );
}

const marks = { bad: "bg-bad-mark", warn: "bg-warn-mark" };

function Alert({ alert }: { readonly alert: LiveAlert }): ReactElement {
  const { state } = useLive();
  const { words, figures } = useWording();
  const { account, share, atMs } = alert;
  const agoMs = Math.max(0, state.wallMs - atMs) + useAgeS(state.receivedMs) * 1_000;
  const tone = toneOf(alert);
  return (
    <li className="flex items-start gap-2.5 py-1" data-alert={alert.id}>
      <span className={`mt-1.5 size-2 shrink-0 rounded-full ${marks[tone]}`} aria-hidden="true" />
      <span className="min-w-0 flex-1">
        <span className="flex flex-wrap items-baseline justify-between gap-x-3">
          <span className="min-w-0 font-medium wrap-anywhere">{readablePercent(account)}</span>
          <span>{saidOf(alert, words.alerts, figures)}</span>
        </span>
        <Bar share={share} tone={tone} />
        <span className="figure block pt-0.5 text-xs wrap-anywhere text-ink-2">
          {spentOf(alert, words.alerts, figures)} · {figures.timeOfDay(atMs)} ·{" "}
          {words.changes.ago(figures.durationTick(Math.floor(agoMs / 1_000) * 1_000))}
          {alert.scope === "key" && ` · ${alert.tenant}`}
        </span>
      </span>
    </li>
  );
}

function spentOf(
  { measure, used, limit }: LiveAlert,
  words: Words["alerts"],
  { usd, count }: Figures,
): string {
  const shown = measure === "cost" ? usd : (figure: typeof used) => count(Number(figure));
  return `${words.measures[measure]} ${words.of(shown(used), shown(limit))}`;
}

import type { ReactElement } from "react";
import type { RoutedAlias, RoutedSignalCount } from "@sekisho/wire/admin/router.ts";
import { Bar } from "../parts/bar.tsx";
import { Panel } from "../parts/panel.tsx";
import { useWording } from "../words/language.ts";
import { RoutedCalls } from "./routed-calls.tsx";
import { useRouter } from "./use-router.ts";

/** What calls were led to by what they ask for, and why; nothing where no call was. */
export function RouterPanel(): ReactElement | null {
  const read = useRouter();
  const { words, figures } = useWording();
  if (read === null || read.view.aliases.length === 0) return null;
  const { looked, aliases, signals, latest } = read.view;
  return (
    <Panel
      id="router"
      title={words.router.title(figures.count(looked))}
      receivedMs={read.receivedMs}
    >
      <RoutedAliases aliases={aliases} />
      <RoutedSignals signals={signals} />
      <RoutedCalls calls={latest} />
    </Panel>
  );
}

function RoutedAliases({ aliases }: { readonly aliases: readonly RoutedAlias[] }): ReactElement {
  const { words, figures } = useWording();
  const { router } = words;
  const callsOf = (name: string): number =>
    aliases.reduce((sum, { alias, calls }) => (alias === name ? sum + calls : sum), 0);
  return (
    <ul className="grid gap-x-6 border-t border-line px-4 py-2 sm:grid-cols-2">
      {aliases.map(({ alias, to, complexity, calls, costNanoUsd }) => (
        <li key={`${alias} ${complexity} ${to}`} className="figure py-1" data-routed={complexity}>
          <p className="flex flex-wrap items-baseline justify-between gap-x-3">
            <span className="min-w-0 wrap-anywhere">
              {alias} → <span className="font-medium">{to}</span>
              <span className="text-xs text-ink-2"> · {router[complexity]}</span>
            </span>
            <span className="text-xs whitespace-nowrap text-ink-2">
              {`${figures.count(calls)} · ${figures.percent(calls / callsOf(alias))} · `}
              {figures.usd(costNanoUsd)}
            </span>
          </p>
          <Bar share={calls / callsOf(alias)} />
        </li>
      ))}
    </ul>
  );
}

function RoutedSignals({
  signals,
}: {
  readonly signals: readonly RoutedSignalCount[];
}): ReactElement {
  const { words, figures } = useWording();
  return (
    <dl
      aria-label={words.router.signals}
      className="figure flex flex-wrap gap-x-4 gap-y-1 border-t border-line px-4 py-2 text-xs"
    >
      {signals.map(({ name, simple, strong }) => (
        <div key={name} className="flex gap-x-1.5" data-signal={name}>
          <dt className="font-medium">{name}</dt>
          <dd className="text-ink-2">
            {words.router.found(figures.count(simple), figures.count(strong))}
          </dd>
        </div>
      ))}
    </dl>
  );
}

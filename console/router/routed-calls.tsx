import type { ReactElement } from "react";
import type { RoutedCall, RoutedSignal } from "@sekisho/wire/admin/router.ts";
import { callPath } from "../browser/page-address.ts";
import { Link } from "../parts/link.tsx";
import { useWording } from "../words/language.ts";

const shownAtMost = 8;

const inPoints = (points: number): string =>
  points > 0 ? `+${points}` : String(points).replace("-", "−");

const inWords = ({ name, points, word }: RoutedSignal): string =>
  `${name} ${inPoints(points)}${word === null ? "" : ` “${word}”`}`;

/** Of single calls what they were led to, with how many points, and by which signals. */
export function RoutedCalls({ calls }: { readonly calls: readonly RoutedCall[] }): ReactElement {
  const { words, figures } = useWording();
  const { router } = words;
  return (
    <ol
      aria-label={router.latest}
      className="flex flex-col gap-1.5 border-t border-line px-4 pt-2 pb-3 text-xs"
    >
      {calls.slice(0, shownAtMost).map((call) => (
        <li key={call.id} className="flex gap-x-3" data-call={call.id}>
          <span className="figure shrink-0 text-ink-3">{figures.timeOfDay(call.atMs)}</span>
          <span className="min-w-0 wrap-anywhere text-ink-2" title={call.id}>
            <Link to={callPath(call.id)} className="text-ink underline">
              {call.alias} → {call.to}
            </Link>
            {` · ${router[call.complexity]}, ${router.points(inPoints(call.points))}: `}
            {call.signals.map(inWords).join(", ")}
            {` · ${call.outcome === "ok" ? (call.model ?? "") : call.outcome}`}
            {` · ${figures.usd(call.costNanoUsd)}`}
          </span>
        </li>
      ))}
    </ol>
  );
}

import type { ReactElement } from "react";
import type { CircuitView } from "@sekisho/wire/admin/circuits.ts";
import { useAgeS } from "../live/use-live.ts";
import { useWording } from "../words/language.ts";
import type { Wording } from "../words/language.ts";
import { shownState, type ShownState } from "./shown-state.ts";

const marks: Readonly<Record<ShownState, string>> = {
  closed: "bg-good-mark",
  half_open: "border-[3px] border-warn-mark",
  open: "bg-bad-mark",
  drained: "bg-warn-mark",
};

const tones: Readonly<Record<ShownState, string>> = {
  drained: "text-warn font-semibold",
  closed: "text-ink-2",
  half_open: "text-warn font-medium",
  open: "text-bad font-semibold",
};

export interface CircuitBadgeProps {
  readonly circuit: CircuitView | null;
  readonly receivedMs: number;
}

/** The state of a circuit in a word, and what becomes of it next. */
export function CircuitBadge({ circuit, receivedMs }: CircuitBadgeProps): ReactElement {
  const wording = useWording();
  const ageS = useAgeS(receivedMs);
  const { targets } = wording.words;
  if (circuit === null) return <span className="text-ink-3">{targets.noCircuit}</span>;
  const state = shownState(circuit);
  const states = {
    closed: targets.closed,
    open: targets.open,
    half_open: targets.halfOpen,
    drained: targets.drained,
  };
  const next = nextOf(circuit, ageS, wording);
  return (
    <span className="flex min-w-0 flex-col" data-circuit={state}>
      <span className={`flex items-center gap-2 ${tones[state]}`}>
        <span className={`size-2 shrink-0 rounded-full ${marks[state]}`} aria-hidden="true" />
        {states[state]}
        {whereOf(circuit, wording)}
      </span>
      {next !== null && (
        <span
          className="figure pl-4 text-xs text-ink-2"
          title={targets.threshold(wording.figures.count(circuit.failureThreshold))}
        >
          {next}
        </span>
      )}
    </span>
  );
}

/** Of several processes, how many are in this state where they are not all. */
function whereOf({ state, processes }: CircuitView, { words, figures }: Wording): string | null {
  const alike = processes?.filter((each) => each.state === state).length ?? 0;
  if (processes === undefined || alike === processes.length) return null;
  return ` ${words.targets.inProcesses(figures.count(alike), figures.count(processes.length))}`;
}

function nextOf(
  circuit: CircuitView,
  ageS: number,
  { words: { targets }, figures }: Wording,
): string | null {
  const { state, forced, retryInMs, recentFailures, share } = circuit;
  // No call goes there, whatever its circuit would say.
  if (circuit.isDrained) return null;
  if (forced !== null) return forced === "open" ? targets.forcedOpen : targets.forcedClosed;
  if (state === "half_open") return targets.probing;
  if (state === "open") {
    const seconds = Math.max(0, Math.ceil((retryInMs ?? 0) / 1_000) - ageS);
    return seconds === 0 ? targets.retryNow : targets.retryIn(figures.count(seconds));
  }
  if (share < 1) return targets.slowStart(figures.percent(Math.round(share * 100) / 100));
  if (recentFailures === 0) return null;
  return targets.recent(figures.count(recentFailures));
}

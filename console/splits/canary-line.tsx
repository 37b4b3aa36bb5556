import type { ReactElement } from "react";
import type { CanaryView, SplitCommand } from "@sekisho/wire/admin/splits.ts";
import { useAgeS, useLive } from "../live/use-live.ts";
import { useWording } from "../words/language.ts";
import { OrderButton } from "./order-button.tsx";

export interface CanaryLineProps {
  readonly canary: CanaryView;
  /** Null for who may only look. */
  readonly ask: ((order: SplitCommand) => void) | null;
}

/** Where a canary is, since when it is well there, and what moves it. */
export function CanaryLine({ canary, ask }: CanaryLineProps): ReactElement {
  const { state: live } = useLive();
  const { words, figures } = useWording();
  const { splits } = words;
  const { arm, at, steps, state, sinceMs, requests, minRequests, minMs } = canary;
  const lastsMs = Math.max(0, live.wallMs + useAgeS(live.receivedMs) * 1_000 - sinceMs);
  const isPaused = state === "paused";
  const place = splits.canary(arm, {
    step: figures.count(at + 1),
    of: figures.count(steps.length),
    share: figures.percent((steps[at] ?? 0) / 100),
  });
  const lasts = figures.durationTick(Math.max(1, Math.floor(lastsMs / 1_000)) * 1_000);
  const had = splits.had(figures.count(requests), figures.count(minRequests));
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-1 px-4 pb-2" data-canary={state}>
      <p className="figure text-xs wrap-anywhere text-ink-2">
        <span className={`font-semibold ${isPaused ? "text-warn" : "text-ink"}`}>
          {place}
          {isPaused && ` · ${splits.paused}`}
        </span>
        {" · "}
        {isPaused ? splits.pausedFor(lasts) : splits.healthy(lasts, figures.durationTick(minMs))}
        {` · ${had}`}
      </p>
      {ask !== null && (
        <span className="flex flex-wrap gap-x-4">
          <OrderButton ask={() => ask({ command: "step" })}>{splits.step}</OrderButton>
          <OrderButton ask={() => ask({ command: isPaused ? "resume" : "pause" })}>
            {isPaused ? splits.resume : splits.pause}
          </OrderButton>
          <OrderButton ask={() => ask({ command: "abort" })}>{splits.abort}</OrderButton>
        </span>
      )}
    </div>
  );
}

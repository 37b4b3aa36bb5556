import { memo } from "react";
import { useLive } from "../live/use-live.ts";
import { RouterPanel } from "../router/router-panel.tsx";
import { SplitsPanel } from "../splits/splits-panel.tsx";
import { AlertsPanel } from "./alerts-panel.tsx";
import { ChangesPanel } from "./changes-panel.tsx";
import { CodesPanel } from "./codes-panel.tsx";
import { FirstCalls } from "./first-calls.tsx";
import { GivenPanel } from "./given-panel.tsx";
import { OverviewCharts } from "./overview-charts.tsx";
import { overviewFigures } from "./overview-figures.ts";
import { OverviewTiles } from "./overview-tiles.tsx";
import { spanSeconds, type Span } from "./spans.ts";
import { SpendPanel } from "./spend-panel.tsx";
import { targetRows } from "./target-rows.ts";
import { TargetsPanel } from "./targets-panel.tsx";

export interface OverviewPageProps {
  readonly span: Span;
}

/** What the gateway does now: figures, charts, targets, and why what failed has failed. */
export const OverviewPage = memo(function OverviewPage({ span }: OverviewPageProps) {
  const { state } = useLive();
  const spanS = spanSeconds[span];
  const figures = overviewFigures(state, spanS);
  const rows = targetRows(state, spanS);
  const isEmpty = figures.requests + figures.refused === 0 && (state.today?.requests ?? 0) === 0;
  if (isEmpty) return <FirstCalls />;
  return (
    <div className="flex flex-col gap-3">
      <OverviewTiles figures={figures} />
      <OverviewCharts spanS={spanS} />
      <AlertsPanel />
      <TargetsPanel rows={rows} />
      <SplitsPanel />
      <RouterPanel />
      <div className="grid gap-3 lg:grid-cols-2">
        <CodesPanel figures={figures} rows={rows} />
        <SpendPanel />
        <ChangesPanel />
        <GivenPanel />
      </div>
    </div>
  );
});

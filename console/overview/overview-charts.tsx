import { useMemo, useState, type ReactElement } from "react";
import { useLive } from "../live/use-live.ts";
import { secondColumn } from "../live/live-state.ts";
import type { ChartLine } from "../parts/chart-options.ts";
import { Chart } from "../parts/chart.tsx";
import { Panel } from "../parts/panel.tsx";
import { Segmented } from "../parts/segmented.tsx";
import { useWording } from "../words/language.ts";
import type { Words } from "../words/words.ts";
import { latencyColumns, rateColumns, type Timing } from "./chart-series.ts";

/** Traffic, latency and tokens over the span. */
export function OverviewCharts({ spanS }: { readonly spanS: number }): ReactElement {
  return (
    <div className="grid gap-3 lg:grid-cols-2 xl:grid-cols-3">
      <TrafficChart spanS={spanS} />
      <LatencyChart spanS={spanS} />
      <TokensChart spanS={spanS} />
    </div>
  );
}

const trafficColumns = [secondColumn.requests, secondColumn.errors, secondColumn.refused] as const;

const trafficLines = ({ charts }: Words): ChartLine[] => [
  { label: charts.requests, colour: "--series-1", isFilled: true },
  { label: charts.errors, colour: "--bad-mark", isFilled: true, hidesZeros: true },
  { label: charts.refused, colour: "--warn-mark", isDashed: true, hidesZeros: true },
];

function TrafficChart({ spanS }: { readonly spanS: number }): ReactElement {
  const { state } = useLive();
  const { words, figures } = useWording();
  const lines = useMemo(() => trafficLines(words), [words]);
  const columns = rateColumns(state, spanS, trafficColumns);
  const title = words.charts.traffic;
  return (
    <Panel id="traffic" title={title} receivedMs={state.receivedMs}>
      <Chart {...{ title, lines, columns }} describe={figures.rate} />
    </Panel>
  );
}

const latencyLines: readonly ChartLine[] = [
  { label: "p50", colour: "--series-1" },
  { label: "p95", colour: "--series-2" },
  { label: "p99", colour: "--series-3", isDashed: true },
];

function LatencyChart({ spanS }: { readonly spanS: number }): ReactElement {
  const { state } = useLive();
  const { words, figures } = useWording();
  const [timing, setTiming] = useState<Timing>("firstToken");
  const columns = latencyColumns(state, spanS, timing);
  const { charts } = words;
  const options = [
    { value: "firstToken" as const, text: charts.firstToken },
    { value: "total" as const, text: charts.total },
  ];
  const choice = (
    <Segmented label={charts.latency} options={options} value={timing} choose={setTiming} />
  );
  const title = `${charts.latency}: ${charts[timing]}`;
  return (
    <Panel id="latency" title={charts.latency} receivedMs={state.receivedMs} aside={choice}>
      <Chart
        {...{ title, columns }}
        lines={latencyLines}
        describe={figures.duration}
        describeTick={figures.durationTick}
      />
    </Panel>
  );
}

const tokenColumns = [secondColumn.outputTokens, secondColumn.inputTokens] as const;

const tokenLines = ({ charts }: Words): ChartLine[] => [
  { label: charts.tokensOut, colour: "--series-1", isFilled: true },
  { label: charts.tokensIn, colour: "--series-2" },
];

function TokensChart({ spanS }: { readonly spanS: number }): ReactElement {
  const { state } = useLive();
  const { words, figures } = useWording();
  const lines = useMemo(() => tokenLines(words), [words]);
  const columns = rateColumns(state, spanS, tokenColumns);
  const title = words.charts.tokens;
  return (
    <Panel id="tokens" title={title} receivedMs={state.receivedMs}>
      <Chart {...{ title, lines, columns }} describe={figures.rate} />
    </Panel>
  );
}

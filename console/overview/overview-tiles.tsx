import type { ReactElement } from "react";
import { useLive } from "../live/use-live.ts";
import { BigFigure, Footnotes, Tile } from "../parts/tile.tsx";
import { useWording } from "../words/language.ts";
import type { OverviewFigures } from "./overview-figures.ts";
import { PercentileFigures } from "./percentile-figures.tsx";

/** The six figures of the page. */
export function OverviewTiles({
  figures: of,
}: {
  readonly figures: OverviewFigures;
}): ReactElement {
  const { state } = useLive();
  const { words, figures } = useWording();
  const { tiles } = words;
  const { receivedMs } = state;
  const pace = of.pace.p50;
  return (
    <div className="grid grid-cols-2 gap-3 md:grid-cols-3 xl:grid-cols-6">
      <Tile label={tiles.requests} receivedMs={receivedMs} href="#targets">
        <BigFigure value={figures.rate(of.now.requests)} unit={tiles.perSecond} />
        <Footnotes>
          <span>{tiles.calls(figures.count(of.requests))}</span>
        </Footnotes>
      </Tile>
      <ErrorsTile figures={of} receivedMs={receivedMs} />
      <Tile label={tiles.firstToken} receivedMs={receivedMs} href="#targets">
        <PercentileFigures percentiles={of.firstToken} />
      </Tile>
      <Tile label={tiles.total} receivedMs={receivedMs} href="#targets">
        <PercentileFigures percentiles={of.total} />
      </Tile>
      <Tile label={tiles.tokens} receivedMs={receivedMs} href="#targets">
        <BigFigure value={figures.rate(of.now.outputTokens)} unit={tiles.perSecond} />
        <Footnotes>
          <span>{tiles.tokensIn(figures.rate(of.now.inputTokens))}</span>
          {pace !== null && <span title={tiles.paceWhy}>{tiles.pace(figures.rate(pace))}</span>}
        </Footnotes>
      </Tile>
      <Tile label={tiles.cost} receivedMs={state.todayReceivedMs} href="#spend">
        <BigFigure value={figures.usd(state.today?.costNanoUsd ?? 0)} />
        <Footnotes>
          <span>{tiles.requestsToday(figures.count(state.today?.requests ?? 0))}</span>
          <span>{tiles.costBasis}</span>
        </Footnotes>
      </Tile>
    </div>
  );
}

interface ErrorsTileProps {
  readonly figures: OverviewFigures;
  readonly receivedMs: number;
}

function ErrorsTile({ figures: of, receivedMs }: ErrorsTileProps): ReactElement {
  const { words, figures } = useWording();
  const { tiles } = words;
  const share = of.requests === 0 ? null : of.errors / of.requests;
  return (
    <Tile label={tiles.errors} receivedMs={receivedMs} href="#codes">
      <BigFigure
        value={share === null ? tiles.none : figures.percent(share)}
        tone={of.errors > 0 ? "bad" : "plain"}
      />
      <Footnotes>
        <span>{tiles.failed(figures.count(of.errors))}</span>
        <span>{tiles.refused(figures.count(of.refused))}</span>
      </Footnotes>
    </Tile>
  );
}

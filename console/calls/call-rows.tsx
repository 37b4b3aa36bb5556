import { use, type ReactElement } from "react";
import type { LedgerRowView } from "@sekisho/wire/admin/ledger.ts";
import { SessionContext } from "../browser/session-context.ts";
import { Fact } from "../parts/fact.tsx";
import { Panel } from "../parts/panel.tsx";
import { useWording, type Wording } from "../words/language.ts";
import { targetText } from "./call-words.ts";
import { Outcome } from "./outcome.tsx";
import { RowCost } from "./row-cost.tsx";

export interface CallRowsProps {
  readonly rows: readonly LedgerRowView[];
  readonly receivedMs: number;
}

/** The answer and each attempt that led to it: where, how it ended, tokens, times, cost. */
export function CallRows({ rows, receivedMs }: CallRowsProps): ReactElement {
  const { calls } = useWording().words;
  const tenant = use(SessionContext)?.tenant ?? null;
  const about = rows.length > 1 ? calls.charged : calls.noAttempt;
  return (
    <Panel id="rows" title={calls.rows} receivedMs={receivedMs}>
      <ol className="divide-y divide-line border-y border-line">
        {rows.map((row) => (
          <CallRow key={row.attempt} row={row} />
        ))}
      </ol>
      <p className="px-4 py-2 text-xs text-ink-2">{tenant === null ? about : calls.ownRow}</p>
    </Panel>
  );
}

function CallRow({ row }: { readonly row: LedgerRowView }): ReactElement {
  const wording = useWording();
  const { calls } = wording.words;
  const { figures } = wording;
  const name = row.attempt === 0 ? calls.answer : calls.attempt(figures.count(row.attempt));
  return (
    <li className="px-4 py-3" data-attempt={row.attempt}>
      <div className="flex flex-wrap items-baseline gap-x-4 gap-y-1">
        <h3 className="font-medium">{name}</h3>
        <Outcome row={row} />
        <span className="text-xs wrap-anywhere text-ink-2 sm:ml-auto">
          {targetText(row) ?? calls.nowhere}
        </span>
      </div>
      <dl className="mt-2 grid grid-cols-2 gap-x-4 gap-y-2 sm:grid-cols-4 lg:grid-cols-9">
        <Fact name={calls.cost} className="col-span-2">
          <RowCost row={row} />
        </Fact>
        {factsOf(row, wording).map(([factName, told]) => (
          <Fact key={factName} name={factName}>
            {told}
          </Fact>
        ))}
      </dl>
    </li>
  );
}

/** Kinds of tokens of which there are none are left out. */
function factsOf(
  row: LedgerRowView,
  { words, figures }: Wording,
): readonly (readonly [name: string, told: string])[] {
  const { calls, tiles } = words;
  const written = row.cacheWrite5mTokens + row.cacheWrite1hTokens;
  const some = (name: string, tokens: number | null): readonly (readonly [string, string])[] =>
    tokens === null || tokens === 0 ? [] : [[name, figures.count(tokens)]];
  const { firstTokenMs, latencyMs } = row;
  return [
    [tiles.firstToken, firstTokenMs === null ? tiles.none : figures.duration(firstTokenMs)],
    [tiles.total, figures.duration(latencyMs)],
    [calls.input, figures.count(row.inputTokens)],
    ...some(calls.cacheRead, row.cacheReadTokens),
    ...some(calls.cacheWrite, written),
    [calls.output, figures.count(row.outputTokens)],
    ...some(calls.reasoning, row.reasoningTokens),
    ...some(calls.wasted, row.wastedTokens),
  ];
}

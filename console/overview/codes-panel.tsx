import type { ReactElement } from "react";
import { useLive } from "../live/use-live.ts";
import { Bar, type BarProps } from "../parts/bar.tsx";
import { Panel } from "../parts/panel.tsx";
import { useWording } from "../words/language.ts";
import { countCodes, type CodeCount, type OverviewFigures } from "./overview-figures.ts";
import type { TargetRows } from "./target-rows.ts";

export interface CodesPanelProps {
  readonly figures: OverviewFigures;
  readonly rows: TargetRows;
}

/** Why what did not end well did not: calls, refusals and attempts apart. */
export function CodesPanel({ figures, rows }: CodesPanelProps): ReactElement {
  const { state } = useLive();
  const { codes } = useWording().words;
  const attempts = countCodes(
    rows.busy
      .filter(({ isRepeated }) => !isRepeated)
      .map(({ failures }) => Object.fromEntries(failures.map(({ code, count }) => [code, count]))),
  );
  const lists = [
    { title: codes.failed, counts: figures.codes, tone: "bad" },
    { title: codes.attempts, counts: attempts, tone: "bad" },
    { title: codes.refused, counts: figures.refusals, tone: "warn" },
  ] as const;
  const filled = lists.filter(({ counts }) => counts.length > 0);
  return (
    <Panel id="codes" title={codes.title} receivedMs={state.receivedMs}>
      {filled.length === 0 && <p className="px-4 pb-3 text-ink-2">{codes.none}</p>}
      {filled.map((list) => (
        <CodeList key={list.title} {...list} />
      ))}
    </Panel>
  );
}

interface CodeListProps {
  readonly title: string;
  readonly counts: readonly CodeCount[];
  readonly tone: NonNullable<BarProps["tone"]>;
}

function CodeList({ title, counts, tone }: CodeListProps): ReactElement {
  const { figures } = useWording();
  const most = counts[0]?.count ?? 1;
  return (
    <div className="px-4 pb-3">
      <h3 className="pb-1 text-xs text-ink-3">{title}</h3>
      <ul className="flex flex-col gap-1.5">
        {counts.map(({ code, count }) => (
          <li key={code} data-code={code}>
            <span className="figure flex items-baseline justify-between gap-3">
              <span className="truncate font-mono text-xs">{code}</span>
              <span>{figures.count(count)}</span>
            </span>
            <Bar share={count / most} tone={tone} />
          </li>
        ))}
      </ul>
    </div>
  );
}

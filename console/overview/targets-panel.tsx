import { useState, type ReactElement } from "react";
import { useLive } from "../live/use-live.ts";
import { Panel } from "../parts/panel.tsx";
import { TableHead, type ColumnHead } from "../parts/table-head.tsx";
import { useWording } from "../words/language.ts";
import { TargetCard } from "./target-card.tsx";
import { TargetTableRow } from "./target-table-row.tsx";
import type { TargetRow, TargetRows } from "./target-rows.ts";

/** Every target with its circuit: a table, or cards where there is no room for one. */
export function TargetsPanel({ rows }: { readonly rows: TargetRows }): ReactElement {
  const { state } = useLive();
  const { words } = useWording();
  const [showsIdle, setShowsIdle] = useState(false);
  const shown = showsIdle ? [...rows.busy, ...rows.idle] : rows.busy;
  return (
    <Panel id="targets" title={words.targets.title} receivedMs={state.receivedMs}>
      {shown.length === 0 ? (
        <p className="px-4 pb-3 text-ink-2">{words.targets.none}</p>
      ) : (
        <>
          <TargetTable rows={shown} receivedMs={state.receivedMs} />
          <ul className="divide-y divide-line border-t border-line md:hidden">
            {shown.map((row) => (
              <TargetCard key={row.key} row={row} receivedMs={state.receivedMs} />
            ))}
          </ul>
        </>
      )}
      {rows.idle.length > 0 && (
        <IdleLine
          count={rows.idle.length}
          isShown={showsIdle}
          toggle={() => setShowsIdle(!showsIdle)}
        />
      )}
    </Panel>
  );
}

interface TargetTableProps {
  readonly rows: readonly TargetRow[];
  readonly receivedMs: number;
}

function TargetTable({ rows, receivedMs }: TargetTableProps): ReactElement {
  const { targets } = useWording().words;
  const right = "text-right";
  const heads: readonly ColumnHead[] = [
    [targets.circuit, "w-44 text-left"],
    [targets.target, "text-left"],
    [targets.calls, right],
    [targets.failures, "text-left"],
    [`${targets.firstToken} p50`, right],
    ["p95", right],
    [`${targets.total} p95`, right],
    [targets.pace, right],
  ];
  return (
    <table className="hidden w-full border-t border-line md:table">
      <TableHead heads={heads} />
      <tbody className="divide-y divide-line border-t border-line">
        {rows.map((row) => (
          <TargetTableRow key={row.key} row={row} receivedMs={receivedMs} />
        ))}
      </tbody>
    </table>
  );
}

interface IdleLineProps {
  readonly count: number;
  readonly isShown: boolean;
  readonly toggle: () => void;
}

function IdleLine({ count, isShown, toggle }: IdleLineProps): ReactElement {
  const { words, figures } = useWording();
  return (
    <p className="flex items-center gap-3 border-t border-line px-4 py-2 text-xs text-ink-2">
      {words.targets.idle(figures.count(count))}
      <button
        type="button"
        aria-expanded={isShown}
        onClick={toggle}
        className="font-medium text-accent hover:underline"
      >
        {isShown ? words.targets.hideIdle : words.targets.showIdle}
      </button>
    </p>
  );
}

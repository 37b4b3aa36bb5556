import type { ReactElement } from "react";
import { useWording } from "../words/language.ts";
import { CircuitBadge } from "./circuit-badge.tsx";
import { FailedAttempts, FailureCodes } from "./failed-attempts.tsx";
import { Fact } from "../parts/fact.tsx";
import { Percentile } from "../parts/percentile.tsx";
import { shownState } from "./shown-state.ts";
import { TargetName } from "./target-name.tsx";
import type { TargetRowProps } from "./target-table-row.tsx";

/** A row of the table for a narrow page. */
export function TargetCard({ row, receivedMs }: TargetRowProps): ReactElement {
  const isOpen = row.circuit !== null && shownState(row.circuit) === "open";
  const tint = isOpen ? "bg-bad-soft" : "";
  return (
    <li className={`px-4 py-3 ${tint}`}>
      <div className="flex items-start justify-between gap-3">
        <TargetName row={row} />
        <span className="shrink-0">
          <CircuitBadge circuit={row.circuit} receivedMs={receivedMs} />
        </span>
      </div>
      {row.level === "target" && <TargetFacts row={row} />}
      {row.level === "target" && <FailureCodes row={row} />}
    </li>
  );
}

function TargetFacts({ row }: Pick<TargetRowProps, "row">): ReactElement {
  const { words, figures } = useWording();
  const { targets } = words;
  const { requests, firstToken, total } = row.figures;
  return (
    <dl className="mt-2 grid grid-cols-4 gap-2">
      <Fact name={targets.calls}>{figures.count(requests)}</Fact>
      <Fact name={targets.failures}>
        <FailedAttempts row={row} />
      </Fact>
      <Fact name={`${targets.firstToken} p50`}>
        <Percentile of={firstToken} share="p50" />
      </Fact>
      <Fact name={`${targets.total} p95`}>
        <Percentile of={total} share="p95" />
      </Fact>
    </dl>
  );
}

import type { ReactElement } from "react";
import { Bar } from "../parts/bar.tsx";
import { useWording } from "../words/language.ts";
import { CircuitBadge } from "./circuit-badge.tsx";
import { FailedAttempts, FailureCodes } from "./failed-attempts.tsx";
import { Percentile } from "../parts/percentile.tsx";
import { shownState } from "./shown-state.ts";
import { TargetName } from "./target-name.tsx";
import type { TargetRow } from "./target-rows.ts";

const cell = "px-4 py-2 align-top";

export interface TargetRowProps {
  readonly row: TargetRow;
  readonly receivedMs: number;
}

export function TargetTableRow({ row, receivedMs }: TargetRowProps): ReactElement {
  const isOpen = row.circuit !== null && shownState(row.circuit) === "open";
  const tint = isOpen ? "bg-bad-soft" : "";
  // A region and a credential are not called themselves.
  const isTarget = row.level === "target";
  return (
    <tr className={tint}>
      <td className={cell}>
        <CircuitBadge circuit={row.circuit} receivedMs={receivedMs} />
      </td>
      <th scope="row" className={`${cell} max-w-80 text-left font-normal`}>
        <TargetName row={row} />
      </th>
      {isTarget ? <TargetCells row={row} /> : <td colSpan={6} />}
    </tr>
  );
}

function TargetCells({ row }: Pick<TargetRowProps, "row">): ReactElement {
  const { figures } = useWording();
  const { firstToken, total, pace, requests } = row.figures;
  return (
    <>
      <td className={`${cell} w-28 text-right`}>
        {figures.count(requests)}
        <Bar share={row.callShare} />
      </td>
      <td className={cell}>
        <FailedAttempts row={row} />
        <FailureCodes row={row} />
      </td>
      <td className={`${cell} text-right`}>
        <Percentile of={firstToken} share="p50" />
      </td>
      <td className={`${cell} text-right`}>
        <Percentile of={firstToken} share="p95" />
      </td>
      <td className={`${cell} text-right`}>
        <Percentile of={total} share="p95" />
      </td>
      <td className={`${cell} text-right`}>
        <Percentile of={pace} share="p50" describe={figures.rate} />
      </td>
    </>
  );
}

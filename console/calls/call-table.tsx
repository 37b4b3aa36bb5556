import type { ReactElement } from "react";
import type { LedgerRowView } from "@sekisho/wire/admin/ledger.ts";
import { callPath } from "../browser/page-address.ts";
import { Link } from "../parts/link.tsx";
import { TableHead, type ColumnHead } from "../parts/table-head.tsx";
import { useWording } from "../words/language.ts";
import { CallKey, CallModel } from "./call-names.tsx";
import { Moment } from "./moment.tsx";
import { Outcome } from "./outcome.tsx";
import { RowCost } from "./row-cost.tsx";
import { TagList } from "./tag-list.tsx";

export interface CallListProps {
  /** The response's row of each call. */
  readonly rows: readonly LedgerRowView[];
}

const cell = "px-4 py-2 align-top";

/** Calls where there is room for a table. */
export function CallTable({ rows }: CallListProps): ReactElement {
  const { words, figures } = useWording();
  const { calls } = words;
  const heads: readonly ColumnHead[] = [
    [calls.ended, ""],
    [calls.call, ""],
    [calls.asked, ""],
    [calls.key, ""],
    [calls.tags, ""],
    [calls.input, "text-right"],
    [calls.output, "text-right"],
    [calls.cost, ""],
    [calls.outcome, ""],
  ];
  return (
    <table className="hidden w-full border-t border-line text-left lg:table">
      <TableHead heads={heads} />
      <tbody className="divide-y divide-line border-t border-line">
        {rows.map((row) => (
          <tr key={row.id} data-call={row.id}>
            <td className={`${cell} text-xs text-ink-2`}>
              <Moment time={row.time} />
            </td>
            <th scope="row" className={`${cell} font-normal`}>
              <Link to={callPath(row.id)} className="font-mono text-xs text-accent underline">
                {row.id}
              </Link>
            </th>
            <td className={cell}>
              <CallModel row={row} />
            </td>
            <td className={cell}>
              <CallKey row={row} />
            </td>
            <td className={cell}>
              <TagList tags={row.tags} />
            </td>
            <td className={`${cell} text-right`}>{figures.count(row.inputTokens)}</td>
            <td className={`${cell} text-right`}>{figures.count(row.outputTokens)}</td>
            <td className={cell}>
              <RowCost row={row} />
            </td>
            <td className={cell}>
              <Outcome row={row} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

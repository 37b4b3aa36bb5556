import type { ReactElement } from "react";
import { callPath } from "../browser/page-address.ts";
import { Link } from "../parts/link.tsx";
import { useWording } from "../words/language.ts";
import { CallKey, CallModel } from "./call-names.tsx";
import type { CallListProps } from "./call-table.tsx";
import { Moment } from "./moment.tsx";
import { Outcome } from "./outcome.tsx";
import { RowCost } from "./row-cost.tsx";
import { TagList } from "./tag-list.tsx";

/** Calls on a narrow page. */
export function CallCards({ rows }: CallListProps): ReactElement {
  const { words, figures } = useWording();
  return (
    <ul className="figure divide-y divide-line border-t border-line lg:hidden">
      {rows.map((row) => (
        <li key={row.id} className="flex flex-col gap-1 px-4 py-3" data-call={row.id}>
          <div className="flex flex-wrap items-baseline justify-between gap-x-3">
            <Link
              to={callPath(row.id)}
              className="py-1 font-mono text-xs wrap-anywhere text-accent underline"
            >
              {row.id}
            </Link>
            <span className="text-xs text-ink-2">
              <Moment time={row.time} />
            </span>
          </div>
          <div className="flex flex-wrap items-baseline justify-between gap-x-3">
            <CallModel row={row} />
            <Outcome row={row} />
          </div>
          <div className="flex flex-wrap items-baseline justify-between gap-x-3">
            <span className="text-xs text-ink-2">
              {words.calls.inAndOut(
                figures.count(row.inputTokens),
                figures.count(row.outputTokens),
              )}
            </span>
            <RowCost row={row} />
          </div>
          <CallKey row={row} />
          <TagList tags={row.tags} />
        </li>
      ))}
    </ul>
  );
}

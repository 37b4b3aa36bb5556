import type { ReactElement } from "react";

/** The name of a column, and the classes of its cell. */
export type ColumnHead = readonly [text: string, className: string];

/** The names of a table's columns. */
export function TableHead({ heads }: { readonly heads: readonly ColumnHead[] }): ReactElement {
  return (
    <thead className="text-xs text-ink-3">
      <tr>
        {heads.map(([text, className]) => (
          <th key={text} scope="col" className={`px-4 py-2 font-medium ${className}`}>
            {text}
          </th>
        ))}
      </tr>
    </thead>
  );
}

import { use, type ReactElement } from "react";
import type { LedgerRowView } from "@sekisho/wire/admin/ledger.ts";
import { SessionContext } from "../browser/session-context.ts";

interface CallNameProps {
  readonly row: LedgerRowView;
}

/** The model as its client named it, and below it the one that has served it. */
export const CallModel = ({ row: { alias, model } }: CallNameProps): ReactElement => (
  <span className="flex min-w-0 flex-col">
    <span className="font-medium wrap-anywhere">{alias}</span>
    {model !== null && model !== alias && (
      <span className="text-xs wrap-anywhere text-ink-2">{model}</span>
    )}
  </span>
);

/** Whose call it is; the tenant's name only for who sees those of several. */
export function CallKey({ row: { tenant, key } }: CallNameProps): ReactElement {
  const isBound = use(SessionContext)?.tenant !== null;
  return (
    <span className="text-xs wrap-anywhere text-ink-2">
      {!isBound && <span className="text-ink">{tenant} </span>}
      <span className="font-mono">{key}</span>
    </span>
  );
}

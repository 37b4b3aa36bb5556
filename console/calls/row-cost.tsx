import type { ReactElement } from "react";
import type { LedgerRowView } from "@sekisho/wire/admin/ledger.ts";
import { useWording } from "../words/language.ts";
import { wordOf } from "./call-words.ts";

/** What a row cost, to the last digit, and how that is known. */
export function RowCost({
  row: { costNanoUsd, usageSource },
}: {
  readonly row: Pick<LedgerRowView, "costNanoUsd" | "usageSource">;
}): ReactElement {
  const { words, figures } = useWording();
  const { sources, sourcesWhy } = words.calls;
  const tone = usageSource === "unknown" ? "text-warn" : "text-ink-2";
  return (
    <span className="wrap-anywhere" data-source={usageSource}>
      {figures.exactUsd(costNanoUsd)}{" "}
      <span className={`text-xs whitespace-nowrap ${tone}`} title={wordOf(sourcesWhy, usageSource)}>
        {wordOf(sources, usageSource)}
      </span>
    </span>
  );
}

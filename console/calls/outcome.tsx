import type { ReactElement } from "react";
import type { LedgerRowView } from "@sekisho/wire/admin/ledger.ts";
import { useWording } from "../words/language.ts";
import { wordOf } from "./call-words.ts";

const marks: Readonly<Record<string, string>> = { ok: "bg-good-mark", error: "bg-bad-mark" };
const tones: Readonly<Record<string, string>> = { ok: "text-ink", error: "text-bad font-medium" };

/** How it ended, in a word, and the code that says why where it did not end well. */
export function Outcome({
  row: { outcome, cause },
}: {
  readonly row: Pick<LedgerRowView, "outcome" | "cause">;
}): ReactElement {
  const { calls } = useWording().words;
  return (
    <span className="flex min-w-0 items-baseline gap-2" data-outcome={outcome}>
      <span
        className={`size-2 shrink-0 rounded-full ${marks[outcome] ?? "bg-warn-mark"}`}
        aria-hidden="true"
      />
      <span className="flex min-w-0 flex-wrap items-baseline gap-x-2">
        <span className={`whitespace-nowrap ${tones[outcome] ?? "text-warn font-medium"}`}>
          {wordOf(calls.outcomes, outcome)}
        </span>
        {cause !== null && <code className="font-mono text-xs wrap-break-word">{cause}</code>}
      </span>
    </span>
  );
}

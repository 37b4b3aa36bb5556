import type { ReactElement } from "react";
import type { LedgerPage } from "@sekisho/wire/admin/ledger.ts";
import { latestCalls, readLatestCalls } from "../browser/admin-api.ts";
import { useAsked, type Question } from "../browser/use-asked.ts";
import { Panel } from "../parts/panel.tsx";
import { Refusal } from "../parts/refusal.tsx";
import { useWording } from "../words/language.ts";
import { CallCards } from "./call-cards.tsx";
import { CallTable } from "./call-table.tsx";
import { LookUp } from "./look-up.tsx";
import { TagFilter } from "./tag-filter.tsx";

const latestOf: Question<string | null, LedgerPage> = {
  ask: readLatestCalls,
  isOpen: () => false,
};

/** Where one call is looked up, and the latest ones: all, or those of keys with a tag. */
export function CallsPage({ tag }: { readonly tag: string | null }): ReactElement {
  return (
    <div className="flex flex-col gap-3">
      <LookUp asked="" />
      <LatestCalls tag={tag} />
    </div>
  );
}

function LatestCalls({ tag }: { readonly tag: string | null }): ReactElement {
  const { asked, again } = useAsked(latestOf, tag);
  const { words, figures } = useWording();
  const { calls } = words;
  const isShown = asked.kind === "ok";
  const rows = isShown ? asked.body.rows : [];
  const isCut = isShown && asked.body.next !== null;
  return (
    <Panel
      id="calls"
      title={calls.latest}
      receivedMs={isShown ? asked.receivedMs : null}
      aside={
        <>
          {isCut && (
            <span className="text-xs text-ink-2">
              {calls.onlyLatest(figures.count(latestCalls))}
            </span>
          )}
          <TagFilter key={tag} tag={tag} />
          <button type="button" className="py-1 text-xs text-accent underline" onClick={again}>
            {calls.again}
          </button>
        </>
      }
    >
      <p role="status" className={rows.length > 0 ? "sr-only" : "px-4 pb-3 text-ink-2"}>
        {asked.kind === "asking" && calls.looking}
        {isShown && rows.length > 0 && words.tiles.calls(figures.count(rows.length))}
        {isShown && rows.length === 0 && (tag === null ? calls.none : calls.noneTagged(tag))}
      </p>
      {(asked.kind === "refused" || asked.kind === "unreachable") && (
        <div role="alert" className="px-4 pb-3">
          <Refusal answer={asked} missing={calls.unread} />
        </div>
      )}
      {rows.length > 0 && <CallTable rows={rows} />}
      {rows.length > 0 && <CallCards rows={rows} />}
    </Panel>
  );
}

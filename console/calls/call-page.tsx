import type { ReactElement } from "react";
import { idBodyIn } from "@sekisho/lib/ids/id-body.ts";
import type { LedgerCallView } from "@sekisho/wire/admin/ledger-call.ts";
import { readCall } from "../browser/admin-api.ts";
import { useAsked, type Question } from "../browser/use-asked.ts";
import { Panel } from "../parts/panel.tsx";
import { Refusal } from "../parts/refusal.tsx";
import { useWording } from "../words/language.ts";
import { CallFacts } from "./call-facts.tsx";
import { CallRows } from "./call-rows.tsx";
import { LookUp } from "./look-up.tsx";

const callOf: Question<string, LedgerCallView> = {
  ask: readCall,
  isOpen: ({ state }) => state === "running",
};

/** One call, by any id that its client was shown. What is no id is never asked for. */
export function CallPage({ asked }: { readonly asked: string }): ReactElement {
  const body = idBodyIn(asked);
  return (
    <div className="flex flex-col gap-3">
      <LookUp key={asked} asked={asked} />
      {body !== null && <Call id={`req_${body}`} />}
    </div>
  );
}

function Call({ id }: { readonly id: string }): ReactElement {
  const { asked } = useAsked(callOf, id);
  const { calls } = useWording().words;
  return (
    <>
      <p role="status" className={asked.kind === "asking" ? "px-4 text-ink-2" : "sr-only"}>
        {asked.kind === "asking" && calls.looking}
        {asked.kind === "ok" && calls.found(id)}
        {(asked.kind === "refused" || asked.kind === "unreachable") && calls.notShown}
      </p>
      {asked.kind === "ok" && <Shown call={asked.body} receivedMs={asked.receivedMs} />}
      {(asked.kind === "refused" || asked.kind === "unreachable") && (
        <div className="card px-4 py-3">
          <Refusal answer={asked} missing={calls.noSuch} />
        </div>
      )}
    </>
  );
}

interface ShownProps {
  readonly call: LedgerCallView;
  readonly receivedMs: number;
}

function Shown({ call, receivedMs }: ShownProps): ReactElement {
  const { calls } = useWording().words;
  return (
    <>
      <Panel id="call" title={`${calls.call} ${call.id}`} receivedMs={receivedMs}>
        <CallFacts call={call} />
      </Panel>
      {call.state === "ended" && <CallRows rows={call.rows} receivedMs={receivedMs} />}
    </>
  );
}

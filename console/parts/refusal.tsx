import type { ReactElement } from "react";
import type { Answered } from "../browser/admin-api.ts";
import { useWording } from "../words/language.ts";

export interface RefusalProps {
  readonly answer: Exclude<Answered<unknown>, { kind: "ok" }>;
  /** What is said of what is not there. */
  readonly missing: string;
}

/** Why something is not shown: in a few words, and in those of the gateway, which are English. */
export function Refusal({ answer, missing }: RefusalProps): ReactElement {
  const { words } = useWording();
  if (answer.kind === "unreachable") {
    return <p className="text-warn">{words.signIn.unreachable}</p>;
  }
  const { status, code, detail } = answer.problem;
  const titles: Readonly<Record<number, string>> = { 403: words.role.unavailable, 404: missing };
  return (
    <div data-refused={code}>
      <h2 className="font-semibold">{titles[status] ?? words.calls.unread}</h2>
      <p lang="en" className="mt-1 wrap-anywhere text-ink-2">
        {detail}
      </p>
      <p className="mt-1 font-mono text-xs text-ink-3">
        {status} {code}
      </p>
    </div>
  );
}

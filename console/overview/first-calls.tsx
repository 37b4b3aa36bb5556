import { useEffect, useState, type ReactElement } from "react";
import type { FirstCallView } from "@sekisho/wire/admin/session.ts";
import { readFirstCall } from "../browser/admin-api.ts";
import { useMay } from "../browser/session-context.ts";
import { CodeBlock } from "../parts/code-block.tsx";
import { useWording } from "../words/language.ts";
import { firstCallCode } from "./first-call-code.ts";

/** What an empty gateway shows instead of empty charts (CON-6). */
export function FirstCalls(): ReactElement | null {
  const { first } = useWording().words;
  const mayMakeKeys = useMay("keys.write");
  const [view, setView] = useState<FirstCallView | null>(null);
  useEffect(() => {
    let isGone = false;
    void readFirstCall().then((answered) => {
      if (answered.kind === "ok" && !isGone) setView(answered.body);
    });
    return () => {
      isGone = true;
    };
  }, []);
  if (view === null) return null;
  const code = firstCallCode(view);
  return (
    <section aria-labelledby="first-title" className="mx-auto max-w-5xl py-6 md:py-10">
      <h2 id="first-title" className="text-xl font-semibold tracking-tight">
        {first.title}
      </h2>
      <p className="mt-1 text-sm text-ink-2">{first.lead}</p>
      {view.key === null && (
        <p className="mt-2 text-sm text-warn">{mayMakeKeys ? first.noKey : first.notYours}</p>
      )}
      <p role="status" className="mt-4 flex items-center gap-2.5 text-ink-2">
        <span className="relative flex size-2" aria-hidden="true">
          <span className="absolute size-full rounded-full bg-accent motion-safe:animate-ping" />
          <span className="relative size-2 rounded-full bg-accent" />
        </span>
        {first.waiting}
      </p>
      <div className="mt-4 grid gap-3 lg:grid-cols-2">
        <div className="min-w-0 lg:col-span-2">
          <CodeBlock title={first.curl} code={code.curl} secret={view.key} />
        </div>
        <CodeBlock title={first.openai} code={code.openai} secret={view.key} />
        <CodeBlock title={first.aws} code={code.aws} secret={view.key} />
      </div>
    </section>
  );
}

import { useEffect, useState, type ReactElement } from "react";
import { useMay } from "../browser/session-context.ts";
import { useLive } from "../live/use-live.ts";
import { OverviewPage } from "../overview/overview-page.tsx";
import type { Span } from "../overview/spans.ts";
import { useWording } from "../words/language.ts";
import { NotForRole } from "./not-for-role.tsx";
import { StaleBanner, useIsStale } from "./stale-banner.tsx";
import { TopBar, type Choices } from "./top-bar.tsx";

export interface ShellProps {
  readonly choices: Choices;
  readonly signOut: () => void;
}

/** What is around every screen. */
export function Shell({ choices, signOut }: ShellProps): ReactElement {
  const { bar } = useWording().words;
  const [span, chooseSpan] = useState<Span>("five");
  const maySee = useMay("live.read");
  useEffect(() => {
    document.title = `${bar.overview} · Sekisho`;
  }, [bar]);
  return (
    <>
      <a
        href="#content"
        className="card sr-only focus:not-sr-only focus:fixed focus:z-20 focus:m-2 focus:p-2"
      >
        {bar.skip}
      </a>
      <TopBar {...{ choices, span, chooseSpan, signOut }} />
      <main id="content" className="mx-auto max-w-[100rem] px-3 py-3 sm:px-4">
        <h1 className="sr-only">{bar.overview}</h1>
        {maySee ? <LiveOverview span={span} /> : <NotForRole />}
      </main>
    </>
  );
}

function LiveOverview({ span }: { readonly span: Span }): ReactElement {
  const { version } = useLive();
  const isStale = useIsStale();
  return (
    <>
      <StaleBanner />
      <div className={isStale ? "opacity-50 grayscale transition-opacity" : ""}>
        {version > 0 && <OverviewPage span={span} />}
      </div>
    </>
  );
}

import { useEffect, useRef, useState, type ReactElement, type RefObject } from "react";
import { useAddress } from "../browser/address.ts";
import { pageAt, type PageAddress } from "../browser/page-address.ts";
import { useMay } from "../browser/session-context.ts";
import { CallPage } from "../calls/call-page.tsx";
import { CallsPage } from "../calls/calls-page.tsx";
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
  const address = useAddress();
  const at = pageAt(address);
  const title = at.page === "call" ? `${bar.calls} ${at.asked}` : bar[at.page];
  const heading = useArrival(address);
  useEffect(() => {
    document.title = `${title} · Sekisho`;
  }, [title]);
  return (
    <>
      <a
        href="#content"
        className="card sr-only focus:not-sr-only focus:fixed focus:z-20 focus:m-2 focus:p-2"
      >
        {bar.skip}
      </a>
      <TopBar {...{ choices, page: at.page, span, chooseSpan, signOut }} />
      <main id="content" className="mx-auto max-w-[100rem] px-3 py-3 sm:px-4">
        <h1 ref={heading} tabIndex={-1} className="sr-only">
          {title}
        </h1>
        <Page at={at} span={span} />
      </main>
    </>
  );
}

/**
 * The heading of the page, which takes the focus wherever somebody arrives: what had it may be
 * gone, and a screen reader says where one is.
 */
function useArrival(address: string): RefObject<HTMLHeadingElement | null> {
  const heading = useRef<HTMLHeadingElement>(null);
  const before = useRef(address);
  useEffect(() => {
    if (before.current === address) return;
    before.current = address;
    heading.current?.focus({ preventScroll: true });
  }, [address]);
  return heading;
}

function Page({ at, span }: { readonly at: PageAddress; readonly span: Span }): ReactElement {
  const maySeeLive = useMay("live.read");
  const maySeeCalls = useMay("ledger.read");
  if (at.page === "overview") return maySeeLive ? <LiveOverview span={span} /> : <NotForRole />;
  if (!maySeeCalls) return <NotForRole />;
  return at.page === "call" ? <CallPage asked={at.asked} /> : <CallsPage tag={at.tag} />;
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

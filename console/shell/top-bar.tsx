import { use, type ReactElement } from "react";
import { callsPath, overviewPath, type PageAddress } from "../browser/page-address.ts";
import type { Theme } from "../browser/preferences.ts";
import { SessionContext, useMay } from "../browser/session-context.ts";
import { useLive } from "../live/use-live.ts";
import { spans, type Span } from "../overview/spans.ts";
import { DarkIcon, LightIcon, Mark, SignOutIcon, SystemIcon } from "../parts/icons.tsx";
import { Link } from "../parts/link.tsx";
import { Segmented } from "../parts/segmented.tsx";
import { useWording } from "../words/language.ts";
import { languages, words, type Language } from "../words/languages.ts";
import { useIsStale } from "./stale-banner.tsx";

export interface Choices {
  readonly language: Language;
  readonly chooseLanguage: (language: Language) => void;
  readonly theme: Theme;
  readonly chooseTheme: (theme: Theme) => void;
}

export interface TopBarProps {
  readonly choices: Choices;
  readonly page: PageAddress["page"];
  readonly span: Span;
  readonly chooseSpan: (span: Span) => void;
  readonly signOut: () => void;
}

const row =
  "mx-auto flex max-w-[100rem] flex-wrap items-center gap-x-3 gap-y-2 px-4 py-2 sm:gap-x-4";

/** Where one is, how fresh it is, and what can be chosen for all of the page. */
export function TopBar(props: TopBarProps): ReactElement {
  const { choices, page, span, chooseSpan, signOut } = props;
  const { bar } = useWording().words;
  const mayLive = useMay("live.read");
  const hasSpan = page === "overview" && mayLive;
  return (
    <header className="sticky top-0 z-10 border-b border-line bg-surface/90 backdrop-blur-md">
      <div className={row}>
        <div className="flex items-center gap-2">
          <Mark />
          <span className="text-sm font-semibold tracking-tight">Sekisho</span>
        </div>
        {/* On a narrow page a row of its own. */}
        <div className="order-last flex w-full items-center gap-4 sm:contents">
          <Pages page={page} />
          {hasSpan && (
            <div className="grow sm:order-1 sm:ml-auto sm:grow-0">
              <Segmented
                label={bar.span}
                options={spans.map((value) => ({ value, text: bar.spans[value] }))}
                value={span}
                choose={chooseSpan}
              />
            </div>
          )}
        </div>
        {mayLive && <Freshness />}
        <Who />
        <div className={`ml-auto flex items-center gap-1 sm:order-2 ${hasSpan ? "sm:ml-0" : ""}`}>
          <LanguageChoice {...choices} />
          <ThemeButton {...choices} />
          <button
            type="button"
            onClick={signOut}
            title={bar.signOut}
            aria-label={bar.signOut}
            className="quiet p-1.5"
          >
            <SignOutIcon />
          </button>
        </div>
      </div>
    </header>
  );
}

function Pages({ page }: Pick<TopBarProps, "page">): ReactElement {
  const { bar } = useWording().words;
  const mayCalls = useMay("ledger.read");
  const isOverview = page === "overview";
  return (
    <nav aria-label="Sekisho" className="-ml-2 flex sm:ml-0">
      <Link
        to={overviewPath}
        current={isOverview ? "page" : undefined}
        className={isOverview ? here : elsewhere}
      >
        {bar.overview}
      </Link>
      {mayCalls && (
        <Link
          to={callsPath()}
          current={isOverview ? undefined : page === "calls" ? "page" : "true"}
          className={isOverview ? elsewhere : here}
        >
          {bar.calls}
        </Link>
      )}
    </nav>
  );
}

const here = "rounded-md px-2 py-1 font-medium whitespace-nowrap text-accent";
const elsewhere = "quiet px-2 py-1 font-medium whitespace-nowrap";

/** As whom one is here: what is missing is missing for a reason. */
function Who(): ReactElement | null {
  const { role: said } = useWording().words;
  const session = use(SessionContext);
  if (session === null || session.role === null) return null;
  const { role, tenant } = session;
  return (
    <p className="text-xs text-ink-2" data-role={role} title={session.by ?? ""}>
      {said.names[role]}
      {tenant !== null && ` · ${tenant}`}
    </p>
  );
}

function Freshness(): ReactElement {
  const { state, version } = useLive();
  const { words, figures } = useWording();
  const isStale = useIsStale();
  const { bar } = words;
  const text = isStale ? bar.stale : version === 0 ? bar.connecting : bar.live;
  const mark = isStale ? "bg-bad-mark" : version === 0 ? "bg-warn-mark" : "bg-good-mark";
  return (
    <p className="figure flex items-center gap-2 text-xs text-ink-2" data-live={text}>
      <span className={`size-2 rounded-full ${mark}`} aria-hidden="true" />
      <span className="font-medium">{text}</span>
      {version > 0 && !isStale && (
        <span className="hidden text-ink-3 md:inline">
          {bar.running(figures.count(state.running))}
        </span>
      )}
    </p>
  );
}

function LanguageChoice({ language, chooseLanguage }: Choices): ReactElement {
  const { bar } = useWording().words;
  return (
    <select
      aria-label={bar.language}
      value={language}
      onChange={({ target }) =>
        chooseLanguage(languages.find((each) => each === target.value) ?? language)
      }
      className="quiet cursor-pointer bg-transparent p-1 text-xs font-medium"
    >
      {languages.map((each) => (
        <option key={each} value={each} lang={each}>
          {words[each].language}
        </option>
      ))}
    </select>
  );
}

const nextTheme: Readonly<Record<Theme, Theme>> = {
  system: "light",
  light: "dark",
  dark: "system",
};

function ThemeButton({ theme, chooseTheme }: Choices): ReactElement {
  const { bar } = useWording().words;
  const label = `${bar.theme}: ${bar.themes[theme]}`;
  const icons = { system: <SystemIcon />, light: <LightIcon />, dark: <DarkIcon /> };
  return (
    <button
      type="button"
      onClick={() => chooseTheme(nextTheme[theme])}
      title={label}
      aria-label={label}
      className="quiet p-1.5"
    >
      {icons[theme]}
    </button>
  );
}

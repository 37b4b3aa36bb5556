import { use, type ReactElement } from "react";
import type { Theme } from "../browser/preferences.ts";
import { SessionContext, useMay } from "../browser/session-context.ts";
import { useLive } from "../live/use-live.ts";
import { spans, type Span } from "../overview/spans.ts";
import { DarkIcon, LightIcon, Mark, SignOutIcon, SystemIcon } from "../parts/icons.tsx";
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
  readonly span: Span;
  readonly chooseSpan: (span: Span) => void;
  readonly signOut: () => void;
}

/** Where one is, how fresh it is, and what can be chosen for all of the page. */
export function TopBar({ choices, span, chooseSpan, signOut }: TopBarProps): ReactElement {
  const { bar } = useWording().words;
  return (
    <header className="sticky top-0 z-10 border-b border-line bg-surface/90 backdrop-blur-md">
      <div className="mx-auto flex max-w-[100rem] flex-wrap items-center gap-x-4 gap-y-2 px-4 py-2">
        <div className="flex items-center gap-2">
          <Mark />
          <span className="text-sm font-semibold tracking-tight">Sekisho</span>
        </div>
        <nav aria-label="Sekisho" className="hidden sm:block">
          <a
            href="/console/"
            aria-current="page"
            className="rounded-md px-2 py-1 font-medium text-accent"
          >
            {bar.overview}
          </a>
        </nav>
        {useMay("live.read") && <Freshness />}
        <Who />
        <div className="order-last w-full sm:order-none sm:ml-auto sm:w-auto">
          <Segmented
            label={bar.span}
            options={spans.map((value) => ({ value, text: bar.spans[value] }))}
            value={span}
            choose={chooseSpan}
          />
        </div>
        <div className="ml-auto flex items-center gap-1 sm:ml-0">
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

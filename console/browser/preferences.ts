import { languageOf, languages, type Language } from "../words/languages.ts";

export const themes = ["system", "light", "dark"] as const;
export type Theme = (typeof themes)[number];

const themeKey = "sekisho.theme";
const languageKey = "sekisho.language";

/** Null where the browser keeps nothing for us. */
function kept(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function keep(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // The choice then lasts as long as the page.
  }
}

/** What was chosen here before, else what the browser is set to. */
export const keptLanguage = (): Language =>
  languages.find((each) => each === kept(languageKey)) ?? languageOf(navigator.languages);

export function chooseLanguage(language: Language): void {
  keep(languageKey, language);
  showLanguage(language);
}

/** Tells the browser how to break lines and which glyphs to take. */
export function showLanguage(language: Language): void {
  document.documentElement.lang = language;
}

export const keptTheme = (): Theme => themes.find((each) => each === kept(themeKey)) ?? "system";

export function chooseTheme(theme: Theme): void {
  keep(themeKey, theme);
  showTheme(theme);
}

/** `system` leaves it to the style sheet. */
export function showTheme(theme: Theme): void {
  if (theme === "system") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = theme;
}

/** Calls `run` whenever what is drawn should be drawn in other colours. */
export function onColoursChanged(run: () => void): () => void {
  const query = matchMedia("(prefers-color-scheme: dark)");
  query.addEventListener("change", run);
  const observer = new MutationObserver(run);
  observer.observe(document.documentElement, { attributeFilter: ["data-theme"] });
  return () => {
    query.removeEventListener("change", run);
    observer.disconnect();
  };
}

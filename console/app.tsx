import { useCallback, useEffect, useMemo, useState, type ReactElement } from "react";
import type { SessionView } from "@sekisho/wire/admin/session.ts";
import { beginAt } from "./browser/address.ts";
import { readSession, signOut } from "./browser/admin-api.ts";
import { after } from "./browser/clock.ts";
import { landingAt } from "./browser/page-address.ts";
import { SessionContext, SignedOutContext } from "./browser/session-context.ts";
import {
  chooseLanguage,
  chooseTheme,
  keptLanguage,
  keptTheme,
  showLanguage,
} from "./browser/preferences.ts";
import { LiveStore } from "./live/live-store.ts";
import { LiveContext } from "./live/use-live.ts";
import { Shell } from "./shell/shell.tsx";
import { SignIn } from "./shell/sign-in.tsx";
import type { Choices } from "./shell/top-bar.tsx";
import { wordingOf, WordingContext } from "./words/language.ts";

const againMs = 2_000;

/** The whole console: the door, or what is behind it. */
export function App(): ReactElement | null {
  const choices = useChoices();
  const wording = useMemo(() => wordingOf(choices.language), [choices.language]);
  const { session, setSession, issuer } = useSession();
  const signedOut = useCallback(() => setSession(null), [setSession]);
  const store = useMemo(() => new LiveStore(signedOut), [signedOut]);
  if (session === undefined) return null;
  const leave = (): void => {
    const csrf = session?.csrf ?? null;
    if (csrf !== null) void signOut(csrf);
    signedOut();
  };
  return (
    <WordingContext value={wording}>
      {session === null ? (
        <SignIn issuer={issuer} signedIn={setSession} />
      ) : (
        <SessionContext value={session}>
          <SignedOutContext value={signedOut}>
            <LiveContext value={store}>
              <Shell choices={choices} signOut={leave} />
            </LiveContext>
          </SignedOutContext>
        </SessionContext>
      )}
    </WordingContext>
  );
}

function useChoices(): Choices {
  const [language, setLanguage] = useState(keptLanguage);
  const [theme, setTheme] = useState(keptTheme);
  useEffect(() => showLanguage(language), [language]);
  return {
    language,
    chooseLanguage: (next) => {
      chooseLanguage(next);
      setLanguage(next);
    },
    theme,
    chooseTheme: (next) => {
      chooseTheme(next);
      setTheme(next);
    },
  };
}

type Session = SessionView | null | undefined;

interface KnownSession {
  /** Undefined until the gateway has said who is signed in; null: nobody. */
  readonly session: Session;
  readonly setSession: (session: Session) => void;
  /** At which people may sign in; null: none. */
  readonly issuer: string | null;
}

function useSession(): KnownSession {
  const [session, keepSession] = useState<Session>();
  const setSession = useCallback((next: Session): void => {
    if (next) beginAt((address) => landingAt(address, next.may));
    keepSession(next);
  }, []);
  const [issuer, setIssuer] = useState<string | null>(null);
  useEffect(() => {
    let cancel = (): void => {};
    const look = async (): Promise<void> => {
      const answered = await readSession();
      if (answered.kind === "ok") {
        setIssuer(answered.body.singleSignOn);
        setSession(answered.body.by === null ? null : answered.body);
      } else if (answered.kind === "refused") setSession(null);
      else cancel = after(againMs, () => void look());
    };
    void look();
    return () => cancel();
  }, [setSession]);
  return { session, setSession, issuer };
}

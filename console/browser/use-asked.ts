import { use, useEffect, useState } from "react";
import type { Answered } from "./admin-api.ts";
import { after, nowMs } from "./clock.ts";
import { SignedOutContext } from "./session-context.ts";

/** What the admin API is asked about something. */
export interface Question<About, T> {
  readonly ask: (about: About) => Promise<Answered<T>>;
  /** Will there be another answer soon? It is asked for. */
  readonly isOpen: (body: T) => boolean;
}

/** What has become of a question. */
export type Asked<T> =
  | { readonly kind: "asking" }
  | { readonly kind: "ok"; readonly body: T; readonly receivedMs: number }
  | Exclude<Answered<T>, { kind: "ok" }>;

export interface AskedAgain<T> {
  readonly asked: Asked<T>;
  readonly again: () => void;
}

const againMs = 2_000;

/**
 * Asks, and asks again while the gateway does not answer or the answer is not the last one. An
 * answer about something else is never shown; that there is no session any more ends the page.
 */
export function useAsked<About extends string | null, T>(
  { ask, isOpen }: Question<About, T>,
  about: About,
): AskedAgain<T> {
  const signedOut = use(SignedOutContext);
  const [known, setKnown] = useState<{ about: About; asked: Asked<T> } | null>(null);
  const [turn, setTurn] = useState(0);
  const again = (): void => setTurn((before) => before + 1);
  useEffect(() => {
    let isGone = false;
    let cancel = (): void => {};
    void ask(about).then((answer) => {
      if (isGone) return;
      if (answer.kind === "refused" && answer.problem.status === 401) return signedOut();
      const isOk = answer.kind === "ok";
      setKnown({ about, asked: isOk ? { ...answer, receivedMs: nowMs() } : answer });
      if (answer.kind === "unreachable" || (isOk && isOpen(answer.body))) {
        cancel = after(againMs, again);
      }
    });
    return () => {
      isGone = true;
      cancel();
    };
  }, [ask, isOpen, about, turn, signedOut]);
  return { asked: known?.about === about ? known.asked : { kind: "asking" }, again };
}

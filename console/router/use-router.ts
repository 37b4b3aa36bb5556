import { useEffect, useRef, useState } from "react";
import type { RouterView } from "@sekisho/wire/admin/router.ts";
import { readRouter } from "../browser/admin-api.ts";
import { nowMs } from "../browser/clock.ts";
import { useMay } from "../browser/session-context.ts";
import { useLive } from "../live/use-live.ts";

export interface ReadRouter {
  readonly view: RouterView;
  readonly receivedMs: number;
}

/**
 * What calls were led to, read whenever the live view brings the figures of the day. Null before
 * the first answer, and for who may not see calls; no answer takes the place of a later one.
 */
export function useRouter(): ReadRouter | null {
  const mayRead = useMay("ledger.read");
  const { todayReceivedMs } = useLive().state;
  const [known, setKnown] = useState<ReadRouter | null>(null);
  const asked = useRef(0);
  const answered = useRef(0);
  useEffect(() => {
    if (!mayRead) return;
    asked.current += 1;
    const number = asked.current;
    void readRouter().then((answer) => {
      if (number < answered.current || answer.kind !== "ok") return;
      answered.current = number;
      setKnown({ view: answer.body, receivedMs: nowMs() });
    });
  }, [mayRead, todayReceivedMs]);
  return known;
}

import { useCallback, useEffect, useRef, useState } from "react";
import type { SplitView } from "@sekisho/wire/admin/splits.ts";
import { readSplits } from "../browser/admin-api.ts";
import { nowMs } from "../browser/clock.ts";
import { useMay } from "../browser/session-context.ts";
import { useLive } from "../live/use-live.ts";

export interface Splits {
  readonly splits: readonly SplitView[];
  readonly receivedMs: number;
  /** Did the latest reading come to nothing? What was read before it stands. */
  readonly hasFailed: boolean;
  readonly read: () => void;
}

const nothing = { splits: [], receivedMs: 0, hasFailed: false };

/**
 * Splits as the admin API tells them: read whenever the live view brings the figures of the day, so
 * that a page that nobody looks at does not ask. An answer never takes the place of a later one's.
 */
export function useSplits(): Splits {
  const mayRead = useMay("routing.read");
  const { todayReceivedMs } = useLive().state;
  const [known, setKnown] = useState<Omit<Splits, "read">>(nothing);
  const asked = useRef(0);
  const answered = useRef(0);
  const read = useCallback(() => {
    asked.current += 1;
    const number = asked.current;
    void readSplits().then((answer) => {
      if (number < answered.current) return;
      answered.current = number;
      if (answer.kind === "ok") {
        setKnown({ splits: answer.body.splits, receivedMs: nowMs(), hasFailed: false });
      } else {
        setKnown((before) => ({ ...before, hasFailed: true }));
      }
    });
  }, []);
  useEffect(() => {
    if (mayRead) read();
  }, [mayRead, read, todayReceivedMs]);
  return { ...known, read };
}

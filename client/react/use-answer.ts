import { useCallback, useEffect, useRef, useState } from "react";
import type { Answer, AnswerEnd } from "../answer.ts";
import type { SekishoClient, StartOptions } from "../sekisho-client.ts";
import type { SekishoError } from "../sekisho-error.ts";

export interface AnswerView {
  readonly state: "idle" | Answer["state"];
  readonly text: string;
  readonly error: SekishoError | null;
  readonly end: AnswerEnd | null;
  /** Asks anew; an answer that is under way is cancelled. */
  readonly start: (request: object, options?: StartOptions) => Answer;
  /** Reads an answer that was begun before, also by another page; one started here is cancelled. */
  readonly resume: (response: string) => Answer;
  readonly cancel: () => void;
}

type Shown = Pick<AnswerView, "state" | "text" | "error" | "end">;

const nothing: Shown = { state: "idle", text: "", error: null, end: null };

/**
 * One answer at a time, as a component shows it. When the component leaves, an answer that it has
 * started is cancelled; one that it has resumed goes on.
 */
export function useAnswer(client: SekishoClient): AnswerView {
  const [shown, show] = useState(nothing);
  const current = useRef<Answer | null>(null);
  const isOwn = useRef(false);
  const stop = useRef<() => void>(() => {});

  const follow = useCallback((answer: Answer): Answer => {
    stop.current();
    current.current = answer;
    let end: AnswerEnd | null = null;
    const look = (): void => {
      const { state, text, error } = answer;
      show({ state, text, error, end });
    };
    stop.current = answer.onChange(look);
    answer.ended.then(
      (how) => {
        end = how;
        if (current.current === answer) look();
      },
      () => {},
    );
    look();
    return answer;
  }, []);

  const leave = useCallback(() => {
    stop.current();
    if (isOwn.current) current.current?.cancel();
  }, []);
  useEffect(() => leave, [leave]);

  const start = useCallback(
    (request: object, options?: StartOptions) => {
      current.current?.cancel();
      isOwn.current = true;
      return follow(client.start(request, options));
    },
    [client, follow],
  );
  const resume = useCallback(
    (response: string) => {
      const answer = client.resume(response);
      if (answer !== current.current) {
        leave();
        isOwn.current = false;
      }
      return follow(answer);
    },
    [client, follow, leave],
  );
  const cancel = useCallback(() => current.current?.cancel(), []);
  return { ...shown, start, resume, cancel };
}

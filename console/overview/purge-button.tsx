import { use, useState, type ReactElement } from "react";
import { purgeAnswers } from "../browser/admin-api.ts";
import { SessionContext } from "../browser/session-context.ts";
import { useWording } from "../words/language.ts";

type Step =
  | { readonly kind: "idle" | "asking" | "busy" | "failed" }
  | { readonly kind: "done"; readonly purged: number };

/** Throws every kept answer away, once it was asked whether that is meant. */
export function PurgeButton(): ReactElement {
  const { words, figures } = useWording();
  const csrf = use(SessionContext)?.csrf ?? "";
  const [step, setStep] = useState<Step>({ kind: "idle" });
  const purge = async (): Promise<void> => {
    setStep({ kind: "busy" });
    const answered = await purgeAnswers(csrf);
    const isDone = answered.kind === "ok";
    setStep(isDone ? { kind: "done", purged: answered.body.purged } : { kind: "failed" });
  };
  if (step.kind === "asking" || step.kind === "busy") {
    return (
      <span role="group" aria-label={words.given.sure} className="flex items-center gap-2">
        <span className="text-xs">{words.given.sure}</span>
        <button
          type="button"
          className="text-xs font-semibold text-bad underline"
          disabled={step.kind === "busy"}
          onClick={() => void purge()}
        >
          {words.given.yes}
        </button>
        <button
          type="button"
          className="text-xs underline"
          disabled={step.kind === "busy"}
          onClick={() => setStep({ kind: "idle" })}
        >
          {words.given.no}
        </button>
      </span>
    );
  }
  return (
    <span className="flex items-center gap-2 text-xs">
      <span role="status">
        {step.kind === "done" && words.given.purged(figures.count(step.purged))}
        {step.kind === "failed" && words.given.failed}
      </span>
      <button type="button" className="underline" onClick={() => setStep({ kind: "asking" })}>
        {words.given.purge}
      </button>
    </span>
  );
}

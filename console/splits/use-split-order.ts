import { use, useState } from "react";
import type { SplitCommand, SplitView } from "@sekisho/wire/admin/splits.ts";
import { commandSplit, type Answered, type SplitWish } from "../browser/admin-api.ts";
import { SessionContext } from "../browser/session-context.ts";

/** Where a command is: asked about, on its way, or refused. */
export type OrderStep =
  | { readonly kind: "idle" }
  | { readonly kind: "asking"; readonly wish: SplitWish }
  | { readonly kind: "busy"; readonly wish: SplitWish }
  | { readonly kind: "done" }
  | { readonly kind: "refused"; readonly answer: Exclude<Answered<unknown>, { kind: "ok" }> };

export interface SplitOrders {
  readonly step: OrderStep;
  readonly ask: (order: SplitCommand) => void;
  readonly confirm: () => void;
  readonly leave: () => void;
}

/** Commands of one split, each asked about first; `changed` runs behind each answer. */
export function useSplitOrder(
  { split, phase }: Pick<SplitView, "split" | "phase">,
  changed: () => void,
): SplitOrders {
  const csrf = use(SessionContext)?.csrf ?? "";
  const [step, setStep] = useState<OrderStep>({ kind: "idle" });
  const send = async (wish: SplitWish): Promise<void> => {
    setStep({ kind: "busy", wish });
    const answer = await commandSplit(wish, csrf);
    setStep(answer.kind === "ok" ? { kind: "done" } : { kind: "refused", answer });
    changed();
  };
  return {
    step,
    // The phase of the question: what changes while it stands is not what was meant.
    ask: (order) => setStep({ kind: "asking", wish: { split, phase, order } }),
    confirm: () => {
      if (step.kind === "asking") void send(step.wish);
    },
    leave: () => setStep({ kind: "idle" }),
  };
}

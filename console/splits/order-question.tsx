import type { ReactElement } from "react";
import type { SplitCommand } from "@sekisho/wire/admin/splits.ts";
import type { Figures } from "../words/figures.ts";
import type { Words } from "../words/words.ts";
import { useWording } from "../words/language.ts";
import type { OrderStep, SplitOrders } from "./use-split-order.ts";

const box = "mx-4 mb-2 rounded bg-warn-soft px-3 py-1.5";

export interface OrderQuestionProps {
  readonly orders: SplitOrders;
  /** Of a canary, in percent. */
  readonly steps: readonly number[];
}

/** Is a command meant? And if it was refused, why. */
export function OrderQuestion({ orders, steps }: OrderQuestionProps): ReactElement | null {
  const { words, figures } = useWording();
  const { splits } = words;
  const { step, confirm, leave } = orders;
  if (step.kind === "idle") return null;
  if (step.kind === "done" || step.kind === "refused") {
    const tone = step.kind === "done" ? "text-ink-2" : "text-bad";
    return (
      <p role="status" className={`px-4 pb-2 text-xs wrap-anywhere ${tone}`}>
        {step.kind === "done" ? splits.done : whyNot(step.answer, splits)}
      </p>
    );
  }
  const question = questionOf(step.wish.order, { splits, figures, steps });
  const isBusy = step.kind === "busy";
  return (
    <div
      role="group"
      aria-label={question}
      className={`${box} flex flex-wrap items-center gap-x-4 gap-y-1`}
    >
      <span className="text-xs wrap-anywhere">{question}</span>
      <button
        type="button"
        className="py-1 text-xs font-semibold text-bad underline"
        disabled={isBusy}
        onClick={confirm}
      >
        {splits.yes}
      </button>
      {/* The button that was pressed may be far off: keys go on from here. */}
      <button
        type="button"
        autoFocus
        className="py-1 text-xs underline"
        disabled={isBusy}
        onClick={leave}
      >
        {splits.no}
      </button>
    </div>
  );
}

interface Asking extends Pick<OrderQuestionProps, "steps"> {
  readonly splits: Words["splits"];
  readonly figures: Figures;
}

function questionOf(order: SplitCommand, { splits: { sure }, figures, steps }: Asking): string {
  switch (order.command) {
    case "rollback":
      return order.arm === null ? sure.undo : sure.rollback(order.arm);
    case "step":
    case "pause":
    case "resume":
    case "abort":
      return sure[order.command];
    case "set": {
      const weights = Object.entries(order.weights);
      return sure.set(weights.map(([arm, weight]) => `${arm} ${figures.rate(weight)}`).join(", "));
    }
    case "canary":
      return sure.canary(order.arm, steps.map((step) => figures.percent(step / 100)).join(", "));
    case "reset":
      return sure.reset;
  }
}

type Refused = Extract<OrderStep, { kind: "refused" }>["answer"];

function whyNot(answer: Refused, { conflict, forbidden, failed }: Words["splits"]): string {
  if (answer.kind === "unreachable") return failed("");
  const { status, detail } = answer.problem;
  if (status === 409) return conflict(detail);
  return status === 403 ? forbidden : failed(detail);
}

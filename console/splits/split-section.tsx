import { useState, type ReactElement } from "react";
import type { SplitView } from "@sekisho/wire/admin/splits.ts";
import { useMay } from "../browser/session-context.ts";
import { useWording } from "../words/language.ts";
import { ArmCards } from "./arm-cards.tsx";
import { ArmTable } from "./arm-table.tsx";
import { CanaryLine } from "./canary-line.tsx";
import { OrderButton } from "./order-button.tsx";
import { OrderQuestion } from "./order-question.tsx";
import { SplitChanges } from "./split-changes.tsx";
import { useSplitOrder } from "./use-split-order.ts";
import { WeightsForm } from "./weights-form.tsx";

export interface SplitSectionProps {
  readonly split: SplitView;
  readonly changed: () => void;
}

/** One split: its arms, its canary, what became of it, and buttons for who may press them. */
export function SplitSection({ split, changed }: SplitSectionProps): ReactElement {
  const { splits } = useWording().words;
  const mayWrite = useMay("routing.write");
  const orders = useSplitOrder(split, changed);
  const [isWeighing, setsWeights] = useState(false);
  const ask = mayWrite ? orders.ask : null;
  const { sticky, phase, canary } = split;
  return (
    <section aria-labelledby={`split-${split.split}`} className="border-t border-line">
      <header className="flex flex-wrap items-center gap-x-4 gap-y-1 px-4 pt-2.5 pb-2">
        <h3 id={`split-${split.split}`} className="min-w-0 truncate font-semibold">
          {split.split}
        </h3>
        <span className="text-xs text-ink-2">
          {splits.sticky[sticky]}
          {split.isSetAtRunTime && ` · ${splits.atRunTime}`}
        </span>
        {ask !== null && (
          <span className="flex flex-wrap gap-x-4 md:ml-auto">
            <OrderButton ask={() => setsWeights((is) => !is)}>{splits.weights}</OrderButton>
            {phase > 0 && canary === null && (
              <OrderButton ask={() => ask({ command: "rollback", arm: null })}>
                {splits.undo}
              </OrderButton>
            )}
            {split.isSetAtRunTime && canary === null && (
              <OrderButton ask={() => ask({ command: "reset" })}>{splits.reset}</OrderButton>
            )}
          </span>
        )}
      </header>
      {canary !== null && <CanaryLine canary={canary} ask={ask} />}
      {ask !== null && isWeighing && (
        <WeightsForm
          arms={split.arms}
          ask={(order) => {
            setsWeights(false);
            ask(order);
          }}
        />
      )}
      <OrderQuestion orders={orders} steps={split.canarySteps} />
      <ArmTable split={split} ask={ask} />
      <ArmCards split={split} ask={ask} />
      <SplitChanges changes={split.changes} />
    </section>
  );
}

import type { ReactElement } from "react";
import { Fact } from "../parts/fact.tsx";
import { Percentile } from "../parts/percentile.tsx";
import { useWording } from "../words/language.ts";
import {
  ArmErrors,
  ArmFeedback,
  ArmName,
  ArmOrders,
  ArmShare,
  firstTokenOf,
  type ArmsProps,
} from "./arm-facts.tsx";

/** The arms of a split on a narrow page. */
export function ArmCards({ split, ask }: ArmsProps): ReactElement {
  const { words, figures } = useWording();
  const { splits, targets } = words;
  return (
    <ul className="divide-y divide-line border-y border-line md:hidden">
      {split.arms.map((arm) => (
        <li key={arm.arm} className="figure px-4 py-3" data-arm={arm.arm}>
          <div className="flex items-baseline justify-between gap-3">
            <ArmName arm={arm} />
            <ArmOrders arm={arm} split={split} ask={ask} />
          </div>
          <dl className="mt-1 grid grid-cols-4 gap-x-2 gap-y-2">
            <Fact name={splits.weight}>
              <ArmShare arm={arm} />
            </Fact>
            <Fact name={targets.calls}>{figures.count(arm.figures.requests)}</Fact>
            <Fact name={splits.errors}>
              <ArmErrors arm={arm} />
            </Fact>
            <Fact name={splits.cost}>{figures.usd(arm.figures.costNanoUsd)}</Fact>
            <Fact name={`${targets.firstToken} p50`}>
              <Percentile of={firstTokenOf(arm.figures.firstToken)} share="p50" />
            </Fact>
            <Fact name={`${targets.firstToken} p95`}>
              <Percentile of={firstTokenOf(arm.figures.firstToken)} share="p95" />
            </Fact>
            <Fact name={splits.feedback}>
              <ArmFeedback arm={arm} />
            </Fact>
          </dl>
        </li>
      ))}
    </ul>
  );
}

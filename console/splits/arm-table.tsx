import type { ReactElement } from "react";
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

const cell = "px-4 py-2 align-top";
const right = `${cell} text-right`;

/** The arms of a split, where there is room for a table. */
export function ArmTable({ split, ask }: ArmsProps): ReactElement {
  const { words, figures } = useWording();
  const { splits, targets } = words;
  const heads = [
    [splits.weight, "w-28"],
    [targets.calls, ""],
    [splits.errors, ""],
    [`${targets.firstToken} p50`, ""],
    ["p95", ""],
    [splits.cost, ""],
    [splits.feedback, ""],
  ] as const;
  return (
    <table className="hidden w-full border-y border-line md:table">
      <thead className="text-xs text-ink-3">
        <tr>
          <th scope="col" className="px-4 py-2 text-left font-medium">
            {splits.arm}
          </th>
          {heads.map(([text, width]) => (
            <th key={text} scope="col" className={`px-4 py-2 text-right font-medium ${width}`}>
              {text}
            </th>
          ))}
          {ask !== null && <td className="w-44" />}
        </tr>
      </thead>
      <tbody className="figure divide-y divide-line border-t border-line">
        {split.arms.map((arm) => (
          <tr key={arm.arm} data-arm={arm.arm}>
            <th scope="row" className={`${cell} max-w-60 text-left font-normal`}>
              <ArmName arm={arm} />
            </th>
            <td className={right}>
              <ArmShare arm={arm} />
            </td>
            <td className={right}>{figures.count(arm.figures.requests)}</td>
            <td className={right}>
              <ArmErrors arm={arm} />
            </td>
            <td className={right}>
              <Percentile of={firstTokenOf(arm.figures.firstToken)} share="p50" />
            </td>
            <td className={right}>
              <Percentile of={firstTokenOf(arm.figures.firstToken)} share="p95" />
            </td>
            <td className={right}>{figures.usd(arm.figures.costNanoUsd)}</td>
            <td className={right}>
              <ArmFeedback arm={arm} />
            </td>
            {ask !== null && (
              <td className="px-4 py-1 text-right align-top">
                <ArmOrders arm={arm} split={split} ask={ask} />
              </td>
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

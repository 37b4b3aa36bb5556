import { useState, type ReactElement } from "react";
import type { ArmView, SplitCommand } from "@sekisho/wire/admin/splits.ts";
import { useWording } from "../words/language.ts";

export interface WeightsFormProps {
  readonly arms: readonly ArmView[];
  readonly ask: (order: SplitCommand) => void;
}

const most = 10_000;

/** The weights as somebody has written them; null where they are none. */
function weightsIn(texts: Readonly<Record<string, string>>): Record<string, number> | null {
  const entries = Object.entries(texts).map(([arm, text]) => [arm, Number(text), text] as const);
  const isGood = entries.every(
    ([, weight, text]) => text.trim() !== "" && weight >= 0 && weight <= most,
  );
  if (!isGood || !entries.some(([, weight]) => weight > 0)) return null;
  return Object.fromEntries(entries.map(([arm, weight]) => [arm, weight]));
}

/** Weights of all arms at once; what is written is asked about before it is sent. */
export function WeightsForm({ arms, ask }: WeightsFormProps): ReactElement {
  const { splits } = useWording().words;
  const [texts, setTexts] = useState<Readonly<Record<string, string>>>(() =>
    Object.fromEntries(arms.map(({ arm, weight }) => [arm, String(weight)])),
  );
  const weights = weightsIn(texts);
  return (
    <form
      className="flex flex-wrap items-end gap-x-4 gap-y-2 px-4 pb-2"
      data-weights
      onSubmit={(event) => {
        event.preventDefault();
        if (weights !== null) ask({ command: "set", weights });
      }}
    >
      {arms.map(({ arm }) => (
        <label key={arm} className="flex min-w-0 flex-col gap-0.5 text-xs text-ink-2">
          <span className="max-w-40 truncate">{splits.weightFor(arm)}</span>
          <input
            inputMode="decimal"
            className="figure w-24 rounded border border-line bg-transparent px-2 py-1 text-ink"
            value={texts[arm] ?? ""}
            onChange={(event) => setTexts({ ...texts, [arm]: event.target.value })}
          />
        </label>
      ))}
      <button
        type="submit"
        className="py-1 text-xs font-semibold text-accent underline disabled:text-ink-3"
        disabled={weights === null}
      >
        {splits.toWeights}
      </button>
      {weights === null && (
        <p role="status" className="w-full text-xs text-bad">
          {splits.noWeight}
        </p>
      )}
    </form>
  );
}

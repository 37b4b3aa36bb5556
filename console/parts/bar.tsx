import type { ReactElement } from "react";

export interface BarProps {
  /** From 0 to 1. */
  readonly share: number;
  readonly tone?: "accent" | "warn" | "bad";
}

const fills = { accent: "bg-accent", warn: "bg-warn-mark", bad: "bg-bad-mark" };

/** A share as a length; the figure beside it says the same. */
export function Bar({ share, tone = "accent" }: BarProps): ReactElement {
  return (
    <span className="block h-1 overflow-hidden rounded-full bg-raised" aria-hidden="true">
      <span
        className={`block h-full rounded-full transition-[width] duration-500 ${fills[tone]}`}
        style={{ width: `${Math.min(1, Math.max(0, share)) * 100}%` }}
      />
    </span>
  );
}

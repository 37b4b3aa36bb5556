import type { ReactElement, ReactNode } from "react";
import { Age } from "./age.tsx";

export interface TileProps {
  readonly label: string;
  readonly receivedMs: number;
  /** The panel with the rows behind the figure (CON-4). */
  readonly href: string;
  readonly children: ReactNode;
}

/** One figure with its age; all of it leads to what the figure is made of. */
export function Tile({ label, receivedMs, href, children }: TileProps): ReactElement {
  return (
    <a
      href={href}
      className="card group flex min-w-0 flex-col px-3.5 pt-2.5 pb-3 hover:border-line-strong"
    >
      <span className="flex items-baseline justify-between gap-2">
        <span className="truncate text-xs font-medium text-ink-2 group-hover:text-ink">
          {label}
        </span>
        <Age atMs={receivedMs} />
      </span>
      {children}
    </a>
  );
}

export interface BigFigureProps {
  readonly value: string;
  readonly unit?: string;
  readonly tone?: "plain" | "bad";
}

/** The figure that a tile is about. */
export function BigFigure({ value, unit, tone = "plain" }: BigFigureProps): ReactElement {
  return (
    <span className={`figure mt-1 truncate ${tone === "bad" ? "text-bad" : "text-ink"}`}>
      <span className="text-[1.625rem] leading-8 font-semibold tracking-tight">{value}</span>
      {unit !== undefined && <span className="ml-0.5 text-xs text-ink-2">{unit}</span>}
    </span>
  );
}

/** What stands below it, small. */
export function Footnotes({ children }: { readonly children: ReactNode }): ReactElement {
  return (
    <span className="figure mt-auto flex flex-wrap gap-x-3 pt-1 text-xs text-ink-2">
      {children}
    </span>
  );
}

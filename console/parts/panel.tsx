import type { ReactElement, ReactNode } from "react";
import { Age } from "./age.tsx";

export interface PanelProps {
  /** What links of tiles point to. */
  readonly id: string;
  readonly title: string;
  /** Null while there is nothing yet that has an age. */
  readonly receivedMs: number | null;
  readonly aside?: ReactNode;
  readonly children: ReactNode;
}

/** One titled area of the page. */
export function Panel({ id, title, receivedMs, aside, children }: PanelProps): ReactElement {
  return (
    <section
      id={id}
      aria-labelledby={`${id}-title`}
      className="card min-w-0 scroll-mt-20 target:border-accent"
    >
      <header className="flex min-h-10 flex-wrap items-center gap-x-4 gap-y-1 px-4 pt-2.5 pb-1.5">
        <h2 id={`${id}-title`} className="text-xs font-semibold">
          {title}
        </h2>
        <div className="ml-auto flex flex-wrap items-center gap-x-4 gap-y-1">
          {aside}
          {receivedMs !== null && <Age atMs={receivedMs} />}
        </div>
      </header>
      {children}
    </section>
  );
}

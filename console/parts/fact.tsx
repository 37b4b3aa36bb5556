import type { ReactElement, ReactNode } from "react";

export interface FactProps {
  readonly name: string;
  /** Which place of its grid it takes. */
  readonly className?: string;
  readonly children: ReactNode;
}

/** A figure with its name above it, of a `dl`. */
export function Fact({ name, className = "", children }: FactProps): ReactElement {
  return (
    <div className={`flex min-w-0 flex-col justify-between ${className}`}>
      <dt className="text-2xs leading-tight text-ink-3">{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

import type { ReactElement } from "react";

export interface OrderButtonProps {
  readonly ask: () => void;
  readonly children: string;
}

/** Asks for a command of a split. */
export function OrderButton({ ask, children }: OrderButtonProps): ReactElement {
  return (
    <button
      type="button"
      className="py-1 text-xs whitespace-nowrap text-accent underline"
      onClick={ask}
    >
      {children}
    </button>
  );
}

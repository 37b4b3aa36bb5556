import type { MouseEvent, ReactElement, ReactNode } from "react";
import { goTo } from "../browser/address.ts";

export interface LinkProps {
  /** A path of the console. */
  readonly to: string;
  readonly className?: string;
  readonly title?: string;
  /** Does it lead to where one is, or to what that belongs to? */
  readonly current?: "page" | "true" | undefined;
  readonly children: ReactNode;
}

/** A way to another page of the console; a click that asks for another tab gets one. */
export function Link({ to, className, title, current, children }: LinkProps): ReactElement {
  const follow = (event: MouseEvent): void => {
    const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey;
    if (!isPlain || event.altKey) return;
    event.preventDefault();
    goTo(to);
    scrollTo(0, 0);
  };
  return (
    <a href={to} onClick={follow} className={className} title={title} aria-current={current}>
      {children}
    </a>
  );
}

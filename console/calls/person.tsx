import type { ReactElement } from "react";
import { useWording } from "../words/language.ts";

const pseudonym = /^erased_[0-9a-z]{26}/;

/** A user or a session as its client named it, or what stands in its place since an erasure. */
export function Person({ name }: { readonly name: string }): ReactElement {
  const { calls } = useWording().words;
  if (!pseudonym.test(name)) return <>{name}</>;
  return (
    <span data-erased title={calls.erasedWhy}>
      <span className="mr-1 rounded bg-raised px-1.5 text-xs text-ink-2">{calls.erased}</span>{" "}
      <span className="font-mono text-xs text-ink-2">{name}</span>
    </span>
  );
}

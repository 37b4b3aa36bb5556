import { useRef, type ReactElement } from "react";
import { goTo } from "../browser/address.ts";
import { callsPath } from "../browser/page-address.ts";
import { Link } from "../parts/link.tsx";
import { useWording } from "../words/language.ts";

/** Leaves only the calls of keys with a tag, or all of them again. */
export function TagFilter({ tag }: { readonly tag: string | null }): ReactElement {
  const { calls } = useWording().words;
  const field = useRef<HTMLInputElement>(null);
  return (
    <form
      className="flex items-center gap-2 text-xs text-ink-2"
      onSubmit={(event) => {
        event.preventDefault();
        goTo(callsPath(field.current?.value.trim() || null));
      }}
    >
      <label htmlFor="tag">{calls.tag}</label>
      <input
        ref={field}
        id="tag"
        type="search"
        defaultValue={tag ?? ""}
        maxLength={32}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        className="w-32 rounded border border-line-strong bg-transparent px-2 py-0.5 text-ink"
      />
      {tag !== null && (
        <Link to={callsPath()} className="py-1 text-accent underline">
          {calls.allTags}
        </Link>
      )}
    </form>
  );
}

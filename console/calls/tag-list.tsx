import type { ReactElement } from "react";
import { callsPath } from "../browser/page-address.ts";
import { Link } from "../parts/link.tsx";
import { useWording } from "../words/language.ts";

/** The tags that a call's key had, each a way to the calls that have it; nothing without any. */
export function TagList({ tags }: { readonly tags: readonly string[] }): ReactElement | null {
  const { calls } = useWording().words;
  if (tags.length === 0) return null;
  return (
    <ul aria-label={calls.tags} className="flex flex-wrap gap-1">
      {tags.map((tag) => (
        <li key={tag} data-tag={tag}>
          <Link
            to={callsPath(tag)}
            title={calls.withTag(tag)}
            className="block rounded bg-raised px-1.5 text-xs wrap-anywhere hover:underline"
          >
            {tag}
          </Link>
        </li>
      ))}
    </ul>
  );
}

import type { Permission } from "@sekisho/wire/admin/permissions.data.ts";

/** The pages of the console, as their addresses name them. */
export type PageAddress =
  | { readonly page: "overview" }
  /** The latest calls; null: of keys with any tags. */
  | { readonly page: "calls"; readonly tag: string | null }
  /** One call, by an id as somebody has written it. */
  | { readonly page: "call"; readonly asked: string };

export const overviewPath = "/console/";

const calls = "/console/calls";

/** The latest calls; with a tag those of keys that have it. */
export const callsPath = (tag: string | null = null): string =>
  tag === null ? calls : `${calls}?tag=${encodeURIComponent(tag)}`;

export const callPath = (id: string): string => `${calls}/${encodeURIComponent(id)}`;

/** What an address means, path and query; what means nothing else is the overview. */
export function pageAt(address: string): PageAddress {
  const [path = "", query] = address.split(/\?(?<query>.*)/s, 2);
  if (path === calls || path === `${calls}/`) {
    return { page: "calls", tag: new URLSearchParams(query).get("tag") || null };
  }
  if (path.startsWith(`${calls}/`)) {
    return { page: "call", asked: decoded(path.slice(calls.length + 1)) };
  }
  return { page: "overview" };
}

/** Where to begin at an address: who may not see the overview has the calls in its place. */
export function landingAt(address: string, may: readonly Permission[]): string {
  const isForThem = pageAt(address).page !== "overview" || may.includes("live.read");
  return isForThem || !may.includes("ledger.read") ? address : callsPath();
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // Cut in the midst of a character: it is no id either way.
    return text;
  }
}

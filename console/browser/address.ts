import { useSyncExternalStore } from "react";

const addressNow = (): string => `${location.pathname}${location.search}`;

function subscribe(moved: () => void): () => void {
  window.addEventListener("popstate", moved);
  return () => window.removeEventListener("popstate", moved);
}

/** Path and query of where one is; the component renders when one goes elsewhere. */
export const useAddress = (): string => useSyncExternalStore(subscribe, addressNow);

/** Takes another address of the console before a page is shown; the one of now is not kept. */
export function beginAt(pathFor: (address: string) => string): void {
  const path = pathFor(addressNow());
  if (path !== addressNow()) history.replaceState(null, "", path);
}

/** Goes to another address of the console without loading the page anew. */
export function goTo(path: string): void {
  if (path !== addressNow()) history.pushState(null, "", path);
  // Browsers tell of steps through the history alone.
  window.dispatchEvent(new PopStateEvent("popstate"));
}

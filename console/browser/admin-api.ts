import type { CachePurgeView } from "@sekisho/wire/admin/cache.ts";
import type { LedgerCallView } from "@sekisho/wire/admin/ledger-call.ts";
import type { LedgerPage } from "@sekisho/wire/admin/ledger.ts";
import type { Problem } from "@sekisho/wire/admin/problem.ts";
import type { RouterView } from "@sekisho/wire/admin/router.ts";
import type { SplitCommand, SplitList, SplitView } from "@sekisho/wire/admin/splits.ts";
import { csrfHeader, type FirstCallView, type SessionView } from "@sekisho/wire/admin/session.ts";

/** What a request came to; `unreachable` when there was no answer at all. */
export type Answered<T> =
  | { readonly kind: "ok"; readonly body: T }
  | {
      readonly kind: "refused";
      readonly problem: Pick<Problem, "code" | "status" | "detail">;
      readonly retryAfterS: number;
    }
  | { readonly kind: "unreachable" };

async function ask<T>(path: string, init: RequestInit = {}): Promise<Answered<T>> {
  let response: Response;
  try {
    response = await fetch(path, { credentials: "same-origin", ...init });
    const body: unknown = await response.json();
    // The server of this page wrote it, in the shape of `wire/admin`.
    if (response.ok) return { kind: "ok", body: body as T };
    // Likewise: every refusal is a problem.
    const problem = body as Problem;
    const retryAfterS = Number(response.headers.get("retry-after") ?? 0);
    return { kind: "refused", problem, retryAfterS };
  } catch {
    return { kind: "unreachable" };
  }
}

/** Who is signed in. */
export const readSession = (): Promise<Answered<SessionView>> => ask("/admin/session");

export const signIn = (key: string): Promise<Answered<SessionView>> =>
  ask("/admin/session", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ key }),
  });

export const signOut = (csrf: string): Promise<Answered<unknown>> =>
  ask("/admin/session", { method: "DELETE", headers: { [csrfHeader]: csrf } });

/** Throws every kept answer away. */
export const purgeAnswers = (csrf: string): Promise<Answered<CachePurgeView>> =>
  ask("/admin/cache/purge", {
    method: "POST",
    headers: { [csrfHeader]: csrf, "content-type": "application/json" },
    body: JSON.stringify({ all: "yes" }),
  });

/** Every split, with what its arms came to in the last hour. */
export const readSplits = (): Promise<Answered<SplitList>> => ask("/admin/splits?range=1h");

/** What the latest calls were led to by what they ask for. */
export const readRouter = (): Promise<Answered<RouterView>> => ask("/admin/router");

/** One call, by its id. */
export const readCall = (id: string): Promise<Answered<LedgerCallView>> =>
  ask(`/admin/ledger/${encodeURIComponent(id)}`);

/** So many calls of a day are shown, the latest ones. */
export const latestCalls = 50;

/** The latest calls of the last 24 hours, a row for each; with a tag those of keys that had it. */
export const readLatestCalls = (tag: string | null): Promise<Answered<LedgerPage>> => {
  const tagged = tag === null ? "" : `&tag=${encodeURIComponent(tag)}`;
  return ask(`/admin/ledger?range=24h&view=tenant&limit=${latestCalls}${tagged}`);
};

/** What is wanted of which split, and of which phase whoever wants it has seen it. */
export interface SplitWish {
  readonly split: string;
  readonly phase: number;
  readonly order: SplitCommand;
}

/** Commands a split; refused with 409 where somebody has changed it since that phase. */
export const commandSplit = (
  { split, phase, order }: SplitWish,
  csrf: string,
): Promise<Answered<SplitView>> =>
  ask(`/admin/splits/${encodeURIComponent(split)}`, {
    method: "POST",
    headers: { [csrfHeader]: csrf, "content-type": "application/json" },
    body: JSON.stringify({ ...order, phase }),
  });

export const readFirstCall = (): Promise<Answered<FirstCallView>> => ask("/admin/first-call");

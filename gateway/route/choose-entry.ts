import type { Choice, Judgement } from "../complexity.ts";
import type { ComplexityChoice, ModelEntry } from "../model-entry.ts";
import type { ClientRequest } from "../request.ts";
import { decisivePoints } from "./complexity-rule.ts";
import { judgeComplexity, judgedRequest } from "./judge-complexity.ts";

/** What a name stands for in a call, and why; null where there was nothing to choose. */
export interface Chosen {
  readonly entry: ModelEntry;
  readonly choice: Choice | null;
}

/**
 * Picks what serves a request where its model's name leaves a choice (RTE-5). Pure: the same
 * request and name give the same. A name that leaves none is never changed.
 */
export function chooseEntry(named: ModelEntry, request: Pick<ClientRequest, "canonical">): Chosen {
  const { choice } = named;
  if (choice === undefined) return { entry: named, choice: null };
  const judgement = judge(choice, request);
  const entry = choice[judgement.complexity];
  return { entry, choice: { ...judgement, alias: entry.branch ?? entry.name } };
}

function judge({ rule }: ComplexityChoice, request: Pick<ClientRequest, "canonical">): Judgement {
  const canonical = request.canonical();
  if (canonical.ok) return judgeComplexity(judgedRequest(canonical.value), rule);
  // Nobody here knows its words, so nothing says that it is simple.
  const signals = [{ name: "unread", points: decisivePoints, word: null }];
  return { complexity: "strong", points: decisivePoints, signals };
}

import type { Choice } from "../choice.ts";
import type { Judgement } from "../complexity.ts";
import type { ComplexityChoice, ModelEntry } from "../model-entry.ts";
import type { ClientRequest } from "../request.ts";
import { chooseArm, type DividedCall } from "./choose-arm.ts";
import { decisivePoints } from "./complexity-rule.ts";
import { judgeComplexity, judgedRequest } from "./judge-complexity.ts";

/** What a name stands for in a call, and why; null where there was nothing to choose. */
export interface Chosen {
  readonly entry: ModelEntry;
  readonly choice: Choice | null;
}

/** What of a call is looked at where its model's name leaves a choice. */
export interface ChosenCall extends DividedCall {
  readonly request: Pick<ClientRequest, "canonical">;
}

/**
 * Picks what serves a request where its model's name leaves a choice (RTE-4, RTE-5). Pure: the same
 * call and name give the same. A name that leaves none is never changed.
 */
export function chooseEntry(named: ModelEntry, call: ChosenCall): Chosen {
  const { choice } = named;
  if (choice === undefined) return { entry: named, choice: null };
  if (choice.kind === "split") return chooseArm(choice, call);
  const judgement = judge(choice, call.request);
  const entry = choice[judgement.complexity];
  const alias = entry.branch ?? entry.name;
  return { entry, choice: { kind: "complexity", ...judgement, alias } };
}

function judge({ rule }: ComplexityChoice, request: Pick<ClientRequest, "canonical">): Judgement {
  const canonical = request.canonical();
  if (canonical.ok) return judgeComplexity(judgedRequest(canonical.value), rule);
  // Nobody here knows its words, so nothing says that it is simple.
  const signals = [{ name: "unread", points: decisivePoints, word: null }];
  return { complexity: "strong", points: decisivePoints, signals };
}

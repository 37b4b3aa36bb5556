import { codes } from "@sekisho/wire/canonical/codes.data.ts";
import type { ChatAnswer } from "./drill-server.ts";

const openSentence = "Circuit breaker is open. Service is unavailable.";

/** How many calls failed of what: `overloaded 12, no answer 1`; empty where none did. */
export function failureCauses(answers: readonly Pick<ChatAnswer, "status" | "detail">[]): string {
  const counts = new Map<string, number>();
  for (const answer of answers) {
    if (answer.status === 200) continue;
    const cause = causeOf(answer);
    counts.set(cause, (counts.get(cause) ?? 0) + 1);
  }
  return [...counts]
    .toSorted(([, one], [, other]) => other - one)
    .map(([cause, count]) => `${cause} ${count}`)
    .join(", ");
}

/** The chat service says the meaning of a code, and not the code. */
function causeOf({ status, detail }: Pick<ChatAnswer, "status" | "detail">): string {
  if (status === 0) return "no answer";
  if (detail === openSentence) return "circuit_open";
  const said = Object.entries(codes).find(([, { meaning }]) => detail?.endsWith(meaning) === true);
  return said?.[0] ?? `status ${status}`;
}

import type { CircuitState, CircuitView } from "@sekisho/wire/admin/circuits.ts";

export type ShownState = CircuitState | "drained";

/** What keeps calls away, first of all: a drain does whatever the circuit's state. */
export const shownState = ({
  state,
  isDrained,
}: Pick<CircuitView, "state" | "isDrained">): ShownState => (isDrained ? "drained" : state);

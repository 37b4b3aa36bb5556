import { attemptMutants } from "./attempt-mutants.ts";
import { bookMutants } from "./book-mutants.ts";
import { nameMutants } from "./name-mutants.ts";
import { routingMutants } from "./routing-mutants.ts";
import { budgetMutants } from "./budget-mutants.ts";
import { rateMutants } from "./rate-mutants.ts";
import { exchangeMutants } from "./exchange-mutants.ts";
import { groupMutants } from "./group-mutants.ts";
import { splitMutants } from "./split-mutants.ts";
import type { Mutant } from "./mutant.ts";

/** Every mistake that the simulation must find. */
export const mutants: readonly Mutant[] = [
  ...budgetMutants,
  ...groupMutants,
  ...rateMutants,
  ...bookMutants,
  ...attemptMutants,
  ...exchangeMutants,
  ...routingMutants,
  ...splitMutants,
  ...nameMutants,
];

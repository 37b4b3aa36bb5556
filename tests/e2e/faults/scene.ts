import type { FaultlessTexts } from "./ask.ts";
import type { FaultBooks } from "./fault-books.ts";
import type { FaultStage } from "./fault-stage.ts";

/** What cells share: where they are played, what faultless answers say, the sums of the books. */
export interface Scene {
  readonly stage: FaultStage;
  readonly texts: FaultlessTexts;
  readonly books: FaultBooks;
}

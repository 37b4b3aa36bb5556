import type { LiveAlert } from "@sekisho/wire/admin/live.ts";
import type { Figures } from "../words/figures.ts";
import type { Words } from "../words/words.ts";

type Told = Pick<LiveAlert, "share" | "code">;

/** A call that is refused while less is spent was too large for the rest: smaller ones may pass. */
export const toneOf = ({ share }: Told): "bad" | "warn" => (share >= 1 ? "bad" : "warn");

/** What was told of an account, as it was then. */
export function saidOf(
  { share, code }: Told,
  words: Words["alerts"],
  { percent }: Pick<Figures, "percent">,
): string {
  if (code === null) return words.spent(percent(share));
  if (code === "request_exceeds_budget") return words.tooLarge;
  return share >= 1 ? words.whole : words.refused(percent(share));
}

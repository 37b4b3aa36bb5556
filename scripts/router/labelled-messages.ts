import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Complexity } from "@sekisho/gateway/complexity.ts";

/** What its answer needs says somebody who knew no rule: docs/operating/complexity.md. */
export interface LabelledMessage {
  readonly id: string;
  readonly lang: Language;
  readonly text: string;
  readonly label: Complexity;
  /** Why the label is what it is. */
  readonly why: string;
  readonly split: Split;
}

export const languages = ["ja", "en", "zh"] as const;
export type Language = (typeof languages)[number];

/** What a rule may be made by, and what it is measured by alone. */
export const splits = ["dev", "held-out"] as const;
export type Split = (typeof splits)[number];

export const labels = ["simple", "strong"] as const satisfies readonly Complexity[];

/** One file for each, so that nobody opens the one to look at the other. */
export function readMessages(split: Split): LabelledMessage[] {
  const path = join(import.meta.dirname, "fixtures", `labelled-messages.${split}.json`);
  // The shape is what labelled-messages.test.ts holds the files to.
  return JSON.parse(readFileSync(path, "utf8")) as LabelledMessage[];
}

/** The split of a message, by its id alone. */
export const splitOf = (id: string): Split => {
  const [first = 0] = createHash("sha256").update(id, "utf8").digest();
  return first % 3 === 0 ? "held-out" : "dev";
};

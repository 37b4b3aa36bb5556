import type { Judgement, Signal } from "./complexity.ts";

/** What was picked for a call whose model's name left a choice, and why. */
export type Choice = JudgedChoice | DividedChoice;

/** By what the request asks for (RTE-5). */
export interface JudgedChoice extends Judgement {
  readonly kind: "complexity";
  /** The alias that serves the call. */
  readonly alias: string;
}

/** By the weights of a split (RTE-4). */
export interface DividedChoice {
  readonly kind: "split";
  /** The arm: the alias that serves the call. */
  readonly alias: string;
  /** The name of the split, as configured. */
  readonly split: string;
  /** By what the call was divided: it falls to the same arm whenever that is the same. */
  readonly by: DividedBy;
  /** The arm's weight, and that of all arms together. */
  readonly weight: number;
  readonly ofWeight: number;
  /** Which of the split's weights these were: see `ArmRef`. */
  readonly phase: number;
}

/** `chance`: nobody said whom the call is for. */
export type DividedBy = "session" | "user" | "chance";

const inPoints = (points: number): string => (points > 0 ? `+${points}` : String(points));

const signalInWords = ({ name, points, word }: Signal): string =>
  word === null ? `${name} ${inPoints(points)}` : `${name} ${inPoints(points)} ("${word}")`;

/** A choice on one line, for ledger, log and people: what was picked, and by what. */
export function choiceInWords(choice: Choice): string {
  if (choice.kind === "split") {
    const { alias, split, by, weight, ofWeight } = choice;
    return `${alias}: ${weight} of ${ofWeight} of ${split}, by ${by}`;
  }
  const { alias, complexity, points, signals } = choice;
  const found = signals.map(signalInWords).join(", ");
  return `${alias}: ${complexity} by ${inPoints(points)} = ${found}`;
}

const divided = /^(?<arm>\S+): \S+ of \S+ of (?<split>\S+), by (?:session|user|chance)$/;

/** What `choiceInWords` has said of a split, as the ledger keeps it; null where it was of none. */
export function dividedIn(words: string): { readonly split: string; readonly arm: string } | null {
  const { arm, split } = divided.exec(words)?.groups ?? {};
  return arm === undefined || split === undefined ? null : { split, arm };
}

/** What a call was taken for, as the ledger keeps it. */
export type JudgedWords = Omit<JudgedChoice, "kind">;

const judged =
  /^(?<alias>\S+): (?<complexity>simple|strong) by (?<points>[+-]?\d+) = (?<signals>.*)$/;
const signal = /(?<name>[^,()]+?) (?<points>[+-]?\d+)(?: \("(?<word>[^"]*)"\))?(?:, |$)/g;

/** What `choiceInWords` has said of a request that was judged; null where it was of none. */
export function judgedIn(words: string): JudgedWords | null {
  const { alias, complexity, points, signals } = judged.exec(words)?.groups ?? {};
  if (alias === undefined || signals === undefined) return null;
  return {
    alias,
    complexity: complexity === "simple" ? "simple" : "strong",
    points: Number(points),
    signals: [...signals.matchAll(signal)].map(({ groups: found }) => ({
      name: found?.["name"] ?? "",
      points: Number(found?.["points"]),
      word: found?.["word"] ?? null,
    })),
  };
}

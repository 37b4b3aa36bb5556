import type { Edit } from "./edited-source.ts";

/** A seed that failed once, what it had found, and by which rule. */
export interface KeptSeed {
  readonly seed: number;
  readonly world: "gateway" | "group";
  readonly found: string;
  readonly rule: string;
  /** What has the mistake back; `npm run sim:kept` shows that the seed still finds it. */
  readonly mistake: readonly Edit[];
}

const refusalInTime = '    if (this.#state === "refused") return this.#endRefusal();\n';
const tornLine = "this.#isEnding && !sameBytes(bytes, start, dataField)";

/** Played at every run beside the others, so that what was found once is not found again. */
export const keptSeeds: readonly KeptSeed[] = [
  {
    seed: 462,
    world: "gateway",
    found: "RTE-7 a 400 whose body stalled counted as a time-out and was retried",
    rule: "RTE-7",
    mistake: [{ file: "gateway/providers/http-attempt.ts", from: refusalInTime, to: "" }],
  },
  {
    seed: 963,
    world: "gateway",
    found: "RTE-8 the same with a 429: its hint was not read",
    rule: "RTE-8",
    mistake: [{ file: "gateway/providers/http-attempt.ts", from: refusalInTime, to: "" }],
  },
  {
    seed: 1126,
    world: "gateway",
    found: "STR-9 publications without an entry put the heartbeat off",
    rule: "STR-9",
    mistake: [
      {
        file: "gateway/responses/pump.ts",
        from: "if (!this.#log.ended && this.#cursor.peek() === undefined) return;",
        to: "",
      },
      {
        file: "gateway/responses/pump.ts",
        from: 'let isSilent = this.#state === "running";',
        to: "let isSilent = false;",
      },
    ],
  },
  {
    seed: 4630,
    world: "gateway",
    found: "STR-9 usage that the client is not shown put the heartbeat off",
    rule: "STR-9",
    mistake: [
      {
        file: "gateway/responses/pump.ts",
        from: 'let isSilent = this.#state === "running";',
        to: "let isSilent = false;",
      },
    ],
  },
  {
    seed: 1258,
    world: "gateway",
    found: "STR-4 half a comment that a clean end cut off was passed on as an event",
    rule: "STR-4",
    mistake: [
      {
        file: "gateway/providers/relayed-stream.ts",
        from: tornLine,
        to: `bytes[start] !== 0x3a && ${tornLine}`,
      },
    ],
  },
  {
    seed: 1575,
    world: "gateway",
    found: "STR-4 half a field name that a clean end cut off was an event too",
    rule: "STR-4",
    mistake: [
      {
        file: "gateway/providers/relayed-stream.ts",
        from: tornLine,
        to: "this.#isEnding && bytes[start] === 0x3a",
      },
    ],
  },
  {
    seed: 10318,
    world: "gateway",
    found: "STR-4 half a final CRLF joined the last event with the error behind it",
    rule: "STR-4",
    mistake: [
      {
        file: "wire/framing/sse-scanner.ts",
        from: "const endsLine = this.#atLineStart && this.#carry[this.#kept - 1] === lineFeed;",
        to: "const endsLine = this.#atLineStart;",
      },
    ],
  },
  {
    seed: 391,
    world: "gateway",
    found: "STR-13 a power cut took a row whose record had freed the name",
    rule: "STR-13 one call",
    mistake: [
      {
        file: "tests/simulation/checks/name-book.ts",
        from: 'if (outcome === "unknown" && call.end !== null) return;',
        to: "",
      },
    ],
  },
  {
    seed: 929,
    world: "group",
    found: "MON-8 what was asked for ahead was spent before it was granted",
    rule: "MON-9",
    mistake: [
      {
        file: "gateway/budget/slices.ts",
        from: "    add(slice.granted, lack);\n",
        to: "    add(slice.granted, lack);\n    add(slice.granted, ahead);\n",
      },
      {
        file: "gateway/budget/slices.ts",
        from: "      add(account.slice.granted, ahead);\n",
        to: "",
      },
      {
        file: "gateway/budget/slices.ts",
        from: "subtract(account.slice.granted, lack);",
        to: "[lack, ahead].forEach((each) => subtract(account.slice.granted, each));",
      },
    ],
  },
  {
    seed: 43,
    world: "group",
    found: "MON-8 a slice was forgotten while a call held some of it",
    rule: "MON-8",
    mistake: [
      {
        file: "gateway/budget/slices.ts",
        from: "const holdsNothing = isNothing(reserved) && isNothing(idleOf(slice, reserved));",
        to: "const holdsNothing = isNothing(idleOf(slice, reserved));",
      },
    ],
  },
  {
    seed: 22,
    world: "group",
    found: "MON-8 a process that was taken for dead refused by what it held before",
    rule: "MON-8 refusal",
    mistake: [
      {
        file: "gateway/budget/slices.ts",
        from: "if (!this.#parts.isMember()) {",
        to: "if (false) {",
      },
    ],
  },
  {
    seed: 749,
    world: "group",
    found: "MON-12 an alert that a full disk refused was never told",
    rule: "MON-12",
    mistake: [
      {
        file: "gateway/budget/alert-book.ts",
        from: "if (!isConflict(error)) return false;",
        to: "if (!isConflict(error)) return true;",
      },
    ],
  },
];

const closers: Readonly<Record<string, string>> = { "(": ")", "[": "]", "{": "}" };

/** Where each bracket of masked code ends, and which one encloses it. */
export interface Brackets {
  /** Offset of an opening bracket -> offset of its closing one. */
  readonly end: ReadonlyMap<number, number>;
  /** Offset of an opening bracket -> offset of the opening bracket around it, -1 at the top. */
  readonly parent: ReadonlyMap<number, number>;
}

/** Matches (), [] and {} in masked code. Throws when they do not balance: the mask was wrong. */
export const matchBrackets = (code: string): Brackets => {
  const end = new Map<number, number>();
  const parent = new Map<number, number>();
  const open: number[] = [];
  for (let at = 0; at < code.length; at += 1) {
    const char = code[at] ?? "";
    if (char in closers) {
      parent.set(at, open.at(-1) ?? -1);
      open.push(at);
    } else if (char === ")" || char === "]" || char === "}") {
      const start = open.pop();
      if (start === undefined || closers[code[start] ?? ""] !== char) {
        throw new Error(`Cannot match "${char}" at offset ${at}: no bracket of its kind is open`);
      }
      end.set(start, at);
    }
  }
  if (open.length > 0) throw new Error(`Cannot match the bracket at offset ${open.at(-1)}: no end`);
  return { end, parent };
};

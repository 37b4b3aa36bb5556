import { readFileSync } from "node:fs";

/** One line of a Containerfile, its continuations joined, its flags apart. */
export interface Instruction {
  readonly name: string;
  /** `--from=pack` as `from` → `pack`. */
  readonly flags: ReadonlyMap<string, string>;
  readonly rest: string;
}

/** From one FROM to the next. */
export interface Stage {
  readonly image: string;
  readonly instructions: readonly Instruction[];
}

/** Reads the few forms that ours uses: ARG with a default, FROM, and what stands in stages. */
export function readContainerfile(path: string): readonly Stage[] {
  const text = readFileSync(path, "utf8")
    .replaceAll(/^\s*#.*\n/gm, "")
    .replaceAll("\\\n", " ");
  const stages: { image: string; instructions: Instruction[] }[] = [];
  const defaults = new Map<string, string>();
  for (const line of text.split("\n").filter((each) => each.trim() !== "")) {
    const { name, flags, rest } = instructionOf(line);
    if (name === "ARG") {
      const [key = "", value = ""] = rest.split("=", 2);
      defaults.set(key, value);
    } else if (name === "FROM") {
      const [image = ""] = rest.split(/\s+/, 1);
      const named = image.replaceAll(/\$\{(\w+)\}/g, (_, key: string) => defaults.get(key) ?? "");
      stages.push({ image: named, instructions: [] });
    } else {
      stages.at(-1)?.instructions.push({ name, flags, rest });
    }
  }
  return stages;
}

function instructionOf(line: string): Instruction {
  const [name = "", ...words] = line.trim().split(/\s+/);
  const flags = new Map<string, string>();
  while (words[0]?.startsWith("--") === true) {
    const [key = "", value = ""] = (words.shift() ?? "").slice(2).split("=", 2);
    flags.set(key, value);
  }
  return { name, flags, rest: words.join(" ") };
}

/** The words of a command in the form that needs no shell. Throws for the form that does. */
export const commandWords = (rest: string): string[] => JSON.parse(rest.replace(/^CMD\s+/, ""));

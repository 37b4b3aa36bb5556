interface Family {
  /** The lines that say what it is. */
  head: string;
  readonly series: Map<string, number>;
}

/** `name{labels}` and its value. */
const sampleShape = /^(.+) (\S+)$/;

/**
 * What several processes have counted, as one: texts of `Metrics.expose`, of which series of one
 * name and one label set are added. Of gauges that say how bad something is, `highest`, the highest
 * is shown.
 */
export function sumExpositions(texts: readonly string[], highest: ReadonlySet<string>): string {
  const families = new Map<string, Family>();
  for (const text of texts) addText(text, families, highest);
  let sum = "";
  for (const { head, series } of families.values()) {
    sum += head;
    for (const [name, value] of series) sum += `${name} ${textOf(value)}\n`;
  }
  return sum;
}

function addText(text: string, families: Map<string, Family>, highest: ReadonlySet<string>): void {
  let family: Family = { head: "", series: new Map() };
  let isHighest = false;
  for (const line of text.split("\n")) {
    if (line.startsWith("# HELP ")) {
      const name = line.split(" ", 3)[2] ?? "";
      isHighest = highest.has(name);
      const known = families.get(name);
      family = known ?? { head: `${line}\n`, series: new Map() };
      families.set(name, family);
    } else if (line.startsWith("# TYPE ")) {
      if (!family.head.includes("# TYPE ")) family.head += `${line}\n`;
    } else {
      const [, name = "", value = ""] = sampleShape.exec(line) ?? [];
      if (name === "") continue;
      const before = family.series.get(name);
      const now = numberOf(value);
      const both = isHighest ? Math.max(before ?? now, now) : (before ?? 0) + now;
      family.series.set(name, both);
    }
  }
}

const infinities: Readonly<Record<string, number>> = { "+Inf": Infinity, "-Inf": -Infinity };

const numberOf = (text: string): number => infinities[text] ?? Number(text);

const textOf = (value: number): string => {
  if (value === Infinity) return "+Inf";
  return value === -Infinity ? "-Inf" : String(value);
};

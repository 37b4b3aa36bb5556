import { isPlain } from "./safe-text.ts";

/** A field's name as it stands in a line, and what was last said under it. */
interface Slot {
  readonly start: string;
  value: unknown;
  text: string;
}

/** Longer fields are written one by one, cut where they have to be. */
const maxLength = 4_096;

/**
 * Writes the fields of lines in which nothing has to be left out, cut or replaced: nearly all. Most
 * lines say under most names what the line before them said, and take the text of that.
 */
export class PlainFields {
  readonly #slots: Map<string, Slot>;

  /** `names`: the fields that may be written. */
  constructor(names: Iterable<string>) {
    const slots = [...names].map((name): [string, Slot] => {
      const start = `,${JSON.stringify(name)}:`;
      return [name, { start, value: undefined, text: "" }];
    });
    this.#slots = new Map(slots);
    // What was thrown has parts.
    this.#slots.delete("error");
  }

  /** `,"name":value` for each field, printable ASCII; null where that cannot be. */
  write(fields: Readonly<Record<string, unknown>>): string | null {
    // Another prototype may bring fields of its own.
    if (Object.getPrototypeOf(fields) !== Object.prototype) return null;
    let line = "";
    for (const name of Object.keys(fields)) {
      const value = fields[name];
      const slot = this.#slots.get(name);
      if (slot === undefined) return null;
      if (value === undefined) continue;
      if (value !== slot.value && !say(slot, value)) return null;
      line += slot.text;
    }
    return line.length <= maxLength ? line : null;
  }
}

/** False, and nothing changed, for a value that is not written as it is. */
function say(slot: Slot, value: unknown): boolean {
  const text = plainText(value);
  if (text === null) return false;
  slot.text = slot.start + text;
  slot.value = value;
  return true;
}

function plainText(value: unknown): string | null {
  if (typeof value === "string") {
    return value.length <= maxLength && isPlain(value) ? `"${value}"` : null;
  }
  const isSimple = value === null || typeof value === "boolean" || Number.isFinite(value);
  return isSimple ? String(value) : null;
}

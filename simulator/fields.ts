import { Failure } from "@sekisho/lib/failure/failure.ts";

export type JsonObject = Readonly<Record<string, unknown>>;

export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export interface NumberLimits {
  readonly min: number;
  readonly max: number;
  readonly isInteger: boolean;
}

const kindOf = (value: unknown): string => {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
};

/**
 * Reads one JSON object. A field that is absent or null gives null; one of the wrong kind throws
 * `Failure("invalid_value")` with the field's path.
 */
export class Fields {
  readonly #object: JsonObject;
  readonly #path: string;

  constructor(value: unknown, path: string) {
    if (!isJsonObject(value)) {
      throw new Failure(
        "invalid_value",
        `Invalid type for '${path || "body"}': expected an object, but got ${kindOf(value)}.`,
        { param: path || "body" },
      );
    }
    this.#object = value;
    this.#path = path;
  }

  pathOf(name: string): string {
    return this.#path === "" ? name : `${this.#path}.${name}`;
  }

  names(): string[] {
    return Object.keys(this.#object);
  }

  has(name: string): boolean {
    return this.any(name) !== null;
  }

  any(name: string): unknown {
    return Object.hasOwn(this.#object, name) ? (this.#object[name] ?? null) : null;
  }

  string(name: string): string | null {
    const value = this.any(name);
    if (value !== null && typeof value !== "string") throw this.#wrongKind(name, "a string");
    return value;
  }

  boolean(name: string): boolean | null {
    const value = this.any(name);
    if (value !== null && typeof value !== "boolean") throw this.#wrongKind(name, "a boolean");
    return value;
  }

  number(name: string, limits: NumberLimits): number | null {
    const value = this.any(name);
    if (value === null) return null;
    if (typeof value !== "number") throw this.#wrongKind(name, "a number");
    const fits = value >= limits.min && value <= limits.max;
    if (!fits || (limits.isInteger && !Number.isInteger(value))) {
      const kind = limits.isInteger ? "an integer" : "a number";
      const text = `expected ${kind} from ${limits.min} to ${limits.max}, but got ${value}`;
      throw this.invalid(name, `Invalid value for '${this.pathOf(name)}': ${text}.`);
    }
    return value;
  }

  list(name: string): readonly unknown[] | null {
    const value = this.any(name);
    if (value === null) return null;
    if (!Array.isArray(value)) throw this.#wrongKind(name, "an array");
    // `isArray` narrows unknown to any[]; unknown[] is what it proves.
    return value as readonly unknown[];
  }

  object(name: string): Fields | null {
    const value = this.any(name);
    return value === null ? null : new Fields(value, this.pathOf(name));
  }

  /** Throws unless every field of the object is one of `names`. */
  allowOnly(names: readonly string[]): void {
    for (const name of Object.keys(this.#object)) {
      if (names.includes(name)) continue;
      throw this.invalid(
        name,
        `Unknown field '${this.pathOf(name)}': known are ${names.join(", ")}.`,
      );
    }
  }

  invalid(name: string, message: string): Failure {
    return new Failure("invalid_value", message, { param: this.pathOf(name) });
  }

  missing(name: string): Failure {
    const path = this.pathOf(name);
    return new Failure("missing_field", `Missing required parameter: '${path}'.`, { param: path });
  }

  #wrongKind(name: string, expected: string): Failure {
    const kind = kindOf(this.any(name));
    const path = this.pathOf(name);
    return this.invalid(name, `Invalid type for '${path}': expected ${expected}, but got ${kind}.`);
  }
}

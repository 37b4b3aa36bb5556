import { refuse, type Parsed } from "../result.ts";

export type FieldCode = "invalid_value" | "missing_field";

const maxListLength = 1024;
const maxTextLength = 128;

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** What a string must look like, and how that is said. */
export interface TextRule {
  readonly pattern: RegExp;
  readonly says: string;
}

/** Of each of the texts of a list, and how many there may be. */
export interface ListRule extends TextRule {
  readonly most?: number;
}

/**
 * Reads the fields of one JSON object. The first fault is kept and decides what `done` returns;
 * until then a faulty field reads as something harmless.
 */
export class Fields {
  readonly #fields: Readonly<Record<string, unknown>>;
  #fault: Parsed<never, FieldCode> | null = null;

  constructor(value: unknown, known: readonly string[]) {
    this.#fields = isObject(value) ? value : {};
    if (!isObject(value)) this.#refuse(null, "the body must be a JSON object");
    for (const name of Object.keys(this.#fields)) {
      if (!known.includes(name)) this.#refuse(name, `is no field; known: ${known.join(", ")}`);
    }
  }

  /** A string that must be there. */
  required(name: string, rule: TextRule): string {
    if (this.#isAbsent(name)) {
      this.#fault ??= refuse("missing_field", name, `Cannot read the body: ${name} is missing`);
      return "";
    }
    return this.optional(name, rule) ?? "";
  }

  /** A string, or null when it is absent or null. */
  optional(name: string, rule: TextRule): string | null {
    if (this.#isAbsent(name)) return null;
    const value = this.#fields[name];
    if (typeof value === "string" && rule.pattern.test(value)) return value;
    this.#refuse(name, `must be ${rule.says}`);
    return null;
  }

  /** Free text, without control characters that would break a log line or a table. */
  freeText(name: string): string {
    const value = this.#isAbsent(name) ? "" : this.#fields[name];
    const isGood = typeof value === "string" && !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(value);
    if (isGood && value.length <= maxTextLength) return value;
    this.#refuse(name, `must be a line of at most ${maxTextLength} characters`);
    return "";
  }

  /** One of these words, or null when it is absent or null. */
  choiceOrNull<const T extends string>(name: string, values: readonly [T, ...T[]]): T | null {
    return this.#isAbsent(name) ? null : this.choice(name, values, values[0]);
  }

  /** One of these words; it must be there. */
  requiredChoice<const T extends string>(name: string, values: readonly [T, ...T[]]): T {
    if (this.#isAbsent(name)) {
      this.#fault ??= refuse("missing_field", name, `Cannot read the body: ${name} is missing`);
    }
    return this.choiceOrNull(name, values) ?? values[0];
  }

  choice<const T extends string | number>(name: string, values: readonly T[], fallback: T): T {
    if (this.#isAbsent(name)) return fallback;
    const found = values.find((value) => value === this.#fields[name]);
    if (found === undefined) this.#refuse(name, `must be one of ${values.join(", ")}`);
    return found ?? fallback;
  }

  /** True or false; false when it is absent. */
  flag(name: string): boolean {
    const value = this.#isAbsent(name) ? false : this.#fields[name];
    if (typeof value !== "boolean") this.#refuse(name, "must be true or false");
    return value === true;
  }

  /** A safe integer of 0 or more. */
  count(name: string, fallback: number): number {
    if (this.#isAbsent(name)) return fallback;
    const value = this.#fields[name];
    if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return value;
    this.#refuse(name, "must be an integer, 0 or more");
    return fallback;
  }

  /** An integer within limits; the usual one when it is absent. */
  within(
    name: string,
    { usual, least, most }: Readonly<Record<"usual" | "least" | "most", number>>,
  ): number {
    const value = this.#isAbsent(name) ? usual : this.#fields[name];
    if (Number.isSafeInteger(value) && Number(value) >= least && Number(value) <= most) {
      return Number(value);
    }
    this.#refuse(name, `must be an integer from ${least} to ${most}`);
    return usual;
  }

  /** Strings without doubles; at least one. */
  list(name: string, rule: ListRule, fallback: readonly string[]): readonly string[] {
    if (this.#isAbsent(name)) return fallback;
    const value = this.#fields[name];
    const { most = maxListLength } = rule;
    const isList =
      Array.isArray(value) &&
      value.length > 0 &&
      value.length <= most &&
      value.every((item) => typeof item === "string" && rule.pattern.test(item));
    if (isList) return [...new Set<string>(value)];
    this.#refuse(name, `must be a list of 1 to ${most}, each ${rule.says}`);
    return fallback;
  }

  /** Strings without doubles, or none of them; undefined when it is absent. */
  anyList(name: string, rule: ListRule): readonly string[] | undefined {
    const value = Object.hasOwn(this.#fields, name) ? this.#fields[name] : undefined;
    if (value === undefined) return undefined;
    if (value === null) this.#refuse(name, "must be a list");
    return Array.isArray(value) && value.length === 0 ? [] : this.list(name, rule, []);
  }

  /** A safe integer from `least` to `most`, or null; undefined when it is absent. */
  countOrNull(name: string, most: number, least: number = 1): number | null | undefined {
    const value = Object.hasOwn(this.#fields, name) ? this.#fields[name] : undefined;
    if (value === undefined || value === null) return value;
    if (Number.isSafeInteger(value) && Number(value) >= least && Number(value) <= most) {
      return Number(value);
    }
    this.#refuse(name, `must be an integer from ${least} to ${most}, or null`);
    return null;
  }

  /** A JSON object of any members, or null when it is absent or null. */
  object(name: string): Readonly<Record<string, unknown>> | null {
    if (this.#isAbsent(name)) return null;
    const value = this.#fields[name];
    if (isObject(value)) return value;
    this.#refuse(name, "must be a JSON object");
    return null;
  }

  /** What was read, or the first fault. */
  done<T>(value: T): Parsed<T, FieldCode> {
    return this.#fault ?? { ok: true, value };
  }

  #isAbsent(name: string): boolean {
    const value = Object.hasOwn(this.#fields, name) ? this.#fields[name] : undefined;
    return value === undefined || value === null;
  }

  #refuse(name: string | null, why: string): void {
    const shown = name === null ? "" : `${name.slice(0, 64)} `;
    this.#fault ??= refuse("invalid_value", name, `Cannot read the body: ${shown}${why}`);
  }
}

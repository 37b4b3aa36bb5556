import {
  expected,
  fault,
  isObject,
  member,
  optional,
  under,
  type Fault,
  type JsonObject,
  type Rule,
} from "../field-rules.ts";
import { limitKeys } from "./families.data.ts";

/** The parameters of a native body, all in one member. */
export interface NativeConfig {
  readonly rules: Readonly<Record<string, Rule>>;
  /** Where the limit of the answer stands. */
  readonly limitPlace: string;
}

const given = (value: unknown): boolean => value !== undefined && value !== null;

/** The limit is said, reserved and paid for in one place: of two, the provider takes either. */
export function limitBeside(
  object: JsonObject,
  limitPlace: string,
  rules: NativeConfig["rules"] = {},
): Fault | null {
  const name = limitKeys.find((key) => given(object[key]) && !Object.hasOwn(rules, key));
  if (name === undefined) return null;
  const reason = `sets a limit of its own, ${limitPlace} is the one to set`;
  return under(name, fault("invalid_value", reason));
}

export const isNativeConfig =
  ({ rules, limitPlace }: NativeConfig): Rule =>
  (value) => {
    if (!isObject(value)) return expected(value, "an object");
    for (const [key, rule] of Object.entries(rules)) {
      const found = member(value, key, optional(rule));
      if (found !== null) return found;
    }
    return limitBeside(value, limitPlace, rules);
  };

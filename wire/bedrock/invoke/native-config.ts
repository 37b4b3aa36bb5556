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
} from "../../field-rules.ts";
import { limitKeys } from "../families.data.ts";
import type { Holder } from "./native-body.ts";

/** The parameters of a native body, all in one member. */
export interface NativeConfig {
  readonly holder: Holder;
  readonly rules: Readonly<Record<string, Rule>>;
  /** Where the limit of the answer stands. */
  readonly limitPlace: string;
}

export const isGiven = (value: unknown): boolean => value !== undefined && value !== null;

/** The limit is said, reserved and paid for in one place: of two, the provider takes either. */
export function limitBeside(
  object: JsonObject,
  limitPlace: string,
  rules: NativeConfig["rules"] = {},
): Fault | null {
  const name = limitKeys.find((key) => isGiven(object[key]) && !Object.hasOwn(rules, key));
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

/** The first member that only the maker's own models may understand. */
export function ownFieldOf(
  json: JsonObject,
  members: readonly string[],
  { holder, rules }: NativeConfig,
): string | null {
  const held = json[holder];
  const own = unknownOf(json, [...members, holder]);
  if (own !== null || !isObject(held)) return own;
  const inner = unknownOf(held, Object.keys(rules));
  return inner === null ? null : `${holder}.${inner}`;
}

const unknownOf = (object: JsonObject, known: readonly string[]): string | null =>
  Object.keys(object).find((key) => !known.includes(key) && asksForSomething(object[key])) ?? null;

/** `reasoningConfig` of a model that is not to think is as good as none. */
const asksForSomething = (value: unknown): boolean =>
  isGiven(value) &&
  !(isObject(value) && (Object.keys(value).length === 0 || value["type"] === "disabled"));

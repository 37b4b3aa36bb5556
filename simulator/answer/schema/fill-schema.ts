import type { Random } from "@sekisho/lib/random/random.ts";
import { isJsonObject, type JsonObject } from "../../fields.ts";
import { isSafe, moderationScore } from "../judge.ts";
import type { Hints } from "./hints.ts";
import { numberOf, numberValue } from "./number-value.ts";
import { isIn, otherItem } from "./other-item.ts";
import { mergeSchemas, resolveSchema } from "./resolve-schema.ts";
import { stringValue } from "./string-value.ts";

/** Optional properties are filled down to here; below, a value is as small as it may be. */
const optionalDepth = 4;
/** A schema that demands more levels than this cannot be satisfied by anybody. */
const deepest = 40;
const mostItems = 100;

interface Filling {
  readonly root: unknown;
  readonly random: Random;
  readonly depth: number;
  readonly hints: Hints;
}

const deeper = (filling: Filling, property: string = filling.hints.property): Filling => ({
  ...filling,
  depth: filling.depth + 1,
  hints: { ...filling.hints, property },
});

const chooseEnum = (options: readonly unknown[], filling: Filling): unknown => {
  const text = filling.hints.text.toLowerCase();
  const guess = stringValue({}, filling.hints);
  const mentioned = options.find(
    (option) =>
      typeof option === "string" && option.length > 1 && text.includes(option.toLowerCase()),
  );
  if (options.includes(guess)) return guess;
  return mentioned ?? options[Math.floor(filling.random.float() * options.length)];
};

const wishedNumber = (filling: Filling): number =>
  moderationScore(filling.hints.property, filling.hints.text) ??
  filling.hints.numbers[0] ??
  1 + Math.floor(filling.random.float() * 9);

const booleanValue = (filling: Filling): boolean => {
  const { property, text } = filling.hints;
  if (/safe|allowed|appropriate/i.test(property) && !/unsafe/i.test(property)) return isSafe(text);
  if (/unsafe|flag|toxic|blocked/i.test(property)) return !isSafe(text);
  return /simulated/i.test(property) || filling.random.float() < 0.5;
};

/** Each item sees the lists of hints from its own place on, so that items differ. */
const hintsForItem = (hints: Hints, n: number): Hints => ({
  ...hints,
  titles: hints.titles.slice(n),
  quoted: hints.quoted.slice(n),
  names: hints.names.slice(n),
  numbers: hints.numbers.slice(n),
  snippet: n === 0 ? hints.snippet : `${hints.snippet} ${n + 1}`,
});

const arrayValue = (schema: JsonObject, filling: Filling): unknown[] => {
  const prefix = Array.isArray(schema["prefixItems"]) ? schema["prefixItems"] : [];
  const wished = filling.depth < optionalDepth ? 2 : 0;
  const min = Math.min(numberOf(schema, "minItems") ?? 0, mostItems);
  const count = Math.min(
    Math.max(min, wished, prefix.length),
    numberOf(schema, "maxItems") ?? mostItems,
  );
  const items: unknown[] = [];
  for (let n = 0; n < count; n++) {
    const inner = prefix[n] ?? schema["items"];
    if (inner === false || (inner === undefined && n >= min)) break;
    const value = fill(inner, deeper({ ...filling, hints: hintsForItem(filling.hints, n) }));
    if (schema["uniqueItems"] === true && isIn(items, value)) {
      const other = otherItem(resolveSchema(inner, filling.root), items);
      if (other === undefined) break;
      items.push(other);
    } else items.push(value);
  }
  return items;
};

const objectValue = (schema: JsonObject, filling: Filling): JsonObject => {
  const properties = isJsonObject(schema["properties"]) ? schema["properties"] : {};
  const required: unknown[] = Array.isArray(schema["required"]) ? schema["required"] : [];
  const entries: [string, unknown][] = [];
  for (const [name, inner] of Object.entries(properties)) {
    if (inner === false) continue;
    if (!required.includes(name) && filling.depth >= optionalDepth) continue;
    entries.push([name, fill(inner, deeper(filling, name))]);
  }
  for (const name of required) {
    if (typeof name !== "string" || Object.hasOwn(properties, name)) continue;
    const more = schema["additionalProperties"];
    entries.push([name, fill(isJsonObject(more) ? more : {}, deeper(filling, name))]);
  }
  return Object.fromEntries(entries);
};

/** The types a schema allows; guessed from its keywords when it does not say. */
const typesOf = (schema: JsonObject): readonly unknown[] => {
  const { type } = schema;
  if (Array.isArray(type)) return type;
  if (typeof type === "string") return [type];
  if ("properties" in schema && schema["properties"] !== undefined) return ["object"];
  if ("required" in schema && schema["required"] !== undefined) return ["object"];
  if ("items" in schema || "prefixItems" in schema) return ["array"];
  const isNumeric = ["minimum", "maximum", "multipleOf"].some((name) => name in schema);
  return [isNumeric ? "number" : "string"];
};

const chooseType = (schema: JsonObject, filling: Filling): unknown => {
  const types = typesOf(schema);
  if (filling.depth >= optionalDepth && types.includes("null")) return "null";
  return types.find((type) => type !== "null") ?? "null";
};

/** The branch to take: the first, or where levels run out one that ends the descent. */
const chooseBranch = (branches: readonly unknown[], filling: Filling): unknown => {
  const resolved = branches.map((branch) => resolveSchema(branch, filling.root));
  if (filling.depth < optionalDepth) {
    return resolved.find((branch) => branch["type"] !== "null") ?? resolved[0];
  }
  const isLeaf = (branch: JsonObject): boolean => {
    const [type] = typesOf(branch);
    return type !== "object" && type !== "array" && !("anyOf" in branch) && !("oneOf" in branch);
  };
  return (
    resolved.find((branch) => branch["type"] === "null") ?? resolved.find(isLeaf) ?? resolved[0]
  );
};

const fill = (schema: unknown, filling: Filling): unknown => {
  if (filling.depth > deepest) return null;
  const found = resolveSchema(schema, filling.root);
  if ("const" in found) return found["const"];
  if (Array.isArray(found["enum"]) && found["enum"].length > 0) {
    return chooseEnum(found["enum"], filling);
  }
  const branches = found["anyOf"] ?? found["oneOf"];
  if (Array.isArray(branches) && branches.length > 0) {
    const { anyOf: _, oneOf: __, ...rest } = found;
    const branch = chooseBranch(branches, filling);
    return fill(mergeSchemas(rest, resolveSchema(branch, filling.root)), deeper(filling));
  }
  switch (chooseType(found, filling)) {
    case "object":
      return objectValue(found, filling);
    case "array":
      return arrayValue(found, filling);
    case "integer":
      return numberValue(found, true, wishedNumber(filling));
    case "number":
      return numberValue(found, false, wishedNumber(filling));
    case "boolean":
      return booleanValue(filling);
    case "null":
      return null;
    default:
      return stringValue(found, filling.hints);
  }
};

/**
 * A value that the schema allows, made of what the conversation offers. A schema that nothing can
 * satisfy gives a value all the same, as a model would.
 */
export const fillSchema = (schema: unknown, hints: Hints, random: Random): unknown =>
  fill(schema, { root: schema, random, depth: 0, hints });

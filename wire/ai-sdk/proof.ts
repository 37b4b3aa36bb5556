import { Buffer } from "node:buffer";

import { isObject, type JsonObject } from "../field-rules.ts";
import type { PackageWords } from "./call-options.ts";

/** What a package's words were said of: a block of reasoning, or the call behind it. */
export type ProvenPart = "reasoning" | "call";

interface Proven {
  readonly of: ProvenPart;
  readonly words: PackageWords;
}

const mark = "ai-sdk:";

/**
 * What a package said of a part and wants back with it, as a signature: clients keep that as it is
 * and give it back. Null where the package said nothing.
 */
export function writeProof(of: ProvenPart, words: PackageWords): string | null {
  if (Object.keys(words).length === 0) return null;
  return Buffer.from(mark + JSON.stringify({ of, words })).toString("base64url");
}

/** Null for a signature of anybody else's. */
export function readProof(signature: string): Proven | null {
  const text = Buffer.from(signature, "base64url").toString("utf8");
  if (!text.startsWith(mark)) return null;
  const said = parse(text.slice(mark.length));
  if (!isObject(said) || !isObject(said["words"])) return null;
  const { of } = said;
  if (of !== "reasoning" && of !== "call") return null;
  return { of, words: packageWords(said["words"]) };
}

/** The objects among its members, by the names of packages. */
export const packageWords = (value: unknown): PackageWords =>
  isObject(value)
    ? Object.fromEntries(
        Object.entries(value).filter((entry): entry is [string, JsonObject] => isGiven(entry[1])),
      )
    : {};

const isGiven = (value: unknown): value is JsonObject =>
  isObject(value) && Object.keys(value).length > 0;

/** Later words win over earlier ones of the same package. */
export function joinedWords(first: PackageWords, then: PackageWords): PackageWords {
  const joined: Record<string, JsonObject> = { ...first };
  for (const [name, words] of Object.entries(then)) joined[name] = { ...joined[name], ...words };
  return joined;
}

/** Of a call its signature alone goes back: ids of a provider's store are no part of it. */
export function signatureWords(words: PackageWords): PackageWords {
  const kept = Object.entries(words).map(([name, said]) => [
    name,
    Object.fromEntries(Object.entries(said).filter(([key]) => /signature$/i.test(key))),
  ]);
  return packageWords(Object.fromEntries(kept));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

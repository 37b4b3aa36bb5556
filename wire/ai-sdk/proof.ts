import { Buffer } from "node:buffer";

import { isObject, type JsonObject } from "../field-rules.ts";
import { jsonOf } from "../framing/json-of.ts";
import type { PackageWords } from "./call-options.ts";

/** What a package's words were said of: a block of reasoning, or the call behind it. */
export type ProvenPart = "reasoning" | "call";

interface Proven {
  readonly of: ProvenPart;
  readonly words: PackageWords;
}

/**
 * Tells words that a package has said from those that a client has made up: they go to the package
 * as its own. One seal is for one provider.
 */
export interface ProofSeal {
  /** `sealBytes` of them. */
  sign(text: string): Uint8Array;
  isOf(text: string, sealed: Uint8Array): boolean;
}

export const sealBytes = 32;

/** Of whoever is to read no proof. */
export const breaksAll: ProofSeal = {
  sign: () => new Uint8Array(sealBytes),
  isOf: () => false,
};

const mark = "ai-sdk:";
const headBytes = mark.length + sealBytes;

/**
 * What a package said of a part and wants back with it, as a signature: clients keep that as it is
 * and give it back. Null where the package has signed nothing.
 */
export function writeProof(of: ProvenPart, words: PackageWords, seal: ProofSeal): string | null {
  const kept = provenWords(words);
  if (Object.keys(kept).length === 0) return null;
  const text = JSON.stringify({ of, words: kept });
  return Buffer.concat([Buffer.from(mark), seal.sign(text), Buffer.from(text)]).toString(
    "base64url",
  );
}

/** Null for a signature of anybody else's. */
export function readProof(signature: string, seal: ProofSeal): Proven | null {
  const bytes = Buffer.from(signature, "base64url");
  if (bytes.length <= headBytes || bytes.toString("utf8", 0, mark.length) !== mark) return null;
  const text = bytes.subarray(headBytes);
  if (!seal.isOf(text.toString("utf8"), bytes.subarray(mark.length, headBytes))) return null;
  const said = jsonOf(text);
  if (!isObject(said)) return null;
  const { of } = said;
  if (of !== "reasoning" && of !== "call") return null;
  return { of, words: provenWords(packageWords(said["words"])) };
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

/** As packages name signatures, and reasoning that is encrypted. */
const proven = /(?:signature|encrypted_?content|redacted_?data)$/i;

/** The signatures alone go back: ids of a provider's store, or of what it caches, prove nothing. */
function provenWords(words: PackageWords): PackageWords {
  const kept = Object.entries(words).map(([name, said]) => [
    name,
    Object.fromEntries(
      Object.entries(said).filter(([key, value]) => proven.test(key) && typeof value === "string"),
    ),
  ]);
  return packageWords(Object.fromEntries(kept));
}

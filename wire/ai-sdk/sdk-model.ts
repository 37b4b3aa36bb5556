import { isObject } from "../field-rules.ts";

/** The versions of the AI SDK's specification of language models that are understood. */
export const specificationVersions = ["v3", "v4"] as const;
export type SpecificationVersion = (typeof specificationVersions)[number];

/** A language model of a package. What its methods give back is read where it is used. */
export interface SdkModel {
  readonly specificationVersion: SpecificationVersion;
  doGenerate(options: object): PromiseLike<unknown>;
  doStream(options: object): PromiseLike<unknown>;
}

export type ReadModel =
  | { readonly ok: true; readonly model: SdkModel }
  /** The end of a sentence that begins with what was made. */
  | { readonly ok: false; readonly why: string };

const isCallable = (value: unknown): value is object =>
  isObject(value) || typeof value === "function";

const isVersion = (value: unknown): value is SpecificationVersion =>
  specificationVersions.some((version) => version === value);

/** What a package has made, if it is a language model of a version that is understood. */
export function readModel(value: unknown): ReadModel {
  if (!isCallable(value)) return { ok: false, why: "is no language model" };
  const member = (key: keyof SdkModel): unknown => Reflect.get(value, key);
  if (typeof member("doStream") !== "function" || typeof member("doGenerate") !== "function") {
    return { ok: false, why: "is no language model: it has no doStream and doGenerate" };
  }
  const version = member("specificationVersion");
  if (!isVersion(version)) {
    const spoken = typeof version === "string" ? version.slice(0, 16) : "none";
    const known = specificationVersions.join(" and ");
    return { ok: false, why: `speaks specification ${spoken}; understood are ${known}` };
  }
  // Its version and its two methods were looked at.
  return { ok: true, model: value as SdkModel };
}

/** The provider's method that gives a model of this name; null when there is none. */
export function modelMaker(provider: unknown, method: string): ((id: string) => unknown) | null {
  if (!isCallable(provider)) return null;
  const named: unknown = Reflect.get(provider, method);
  if (typeof named === "function") return (id): unknown => Reflect.apply(named, provider, [id]);
  if (method !== usualMethod || typeof provider !== "function") return null;
  return (id): unknown => Reflect.apply(provider, undefined, [id]);
}

/** What providers of the specification have for their usual models. */
export const usualMethod = "languageModel";

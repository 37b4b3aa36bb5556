import { isObject, type JsonObject } from "../../field-rules.ts";
import { BodyEditor } from "../../framing/body-editor.ts";
import { JsonScanner, type JsonScan } from "../../framing/json-scan.ts";
import {
  limitKeys,
  limitPlaces,
  type Family,
  type LimitKey,
  type LimitPlace,
} from "../families.data.ts";

const holders = ["inferenceConfig", "textGenerationConfig"] as const;
export type Holder = (typeof holders)[number];

/** Top-level members that steer the price of a native body: each may stand once. */
export const nativeKeys = [
  ...limitKeys,
  ...holders,
  "messages",
  "prompt",
  "inputText",
  "system",
  "toolConfig",
] as const;
export type NativeKey = (typeof nativeKeys)[number];

/** What is set inside of a holder. */
const heldKeys = [...limitKeys, "temperature", "topP"] as const;
type HeldKey = (typeof heldKeys)[number];
export type HeldMember = readonly [key: HeldKey, value: number];

const heldScanner: JsonScanner<HeldKey> = new JsonScanner(heldKeys);

export interface NativeBody {
  readonly bytes: Buffer;
  readonly json: JsonObject;
  readonly scan: JsonScan<NativeKey>;
}

const limitIn = (object: unknown): LimitKey | null =>
  isObject(object) ? (limitKeys.find((key) => typeof object[key] === "number") ?? null) : null;

/** Where the body itself has its limit; else where its family would have it. */
export function limitPlaceOf(json: JsonObject, family: Family): LimitPlace | null {
  const key = limitIn(json);
  if (key !== null) return { holder: null, key };
  for (const holder of holders) {
    const inner = limitIn(json[holder]);
    if (inner !== null) return { holder, key: inner };
  }
  return limitPlaces[family];
}

export function limitOf(json: JsonObject, family: Family): number | null {
  const place = limitPlaceOf(json, family);
  if (place === null) return null;
  const object = place.holder === null ? json : json[place.holder];
  const limit = isObject(object) ? object[place.key] : null;
  return typeof limit === "number" ? limit : null;
}

/** The bytes with this limit, the rest as it was (WIR-10). */
export function withLimit(native: NativeBody, { holder, key }: LimitPlace, limit: number): Buffer {
  if (holder !== null) return withHeld(native, holder, [[key, limit]]);
  const editor = new BodyEditor(native.scan);
  editor.set(key, String(limit));
  return editor.applyTo(native.bytes);
}

/** The bytes with these members inside of one that holds them. */
export function withHeld(
  { bytes, scan }: NativeBody,
  holder: Holder,
  members: readonly HeldMember[],
): Buffer {
  if (members.length === 0) return bytes;
  const span = scan.span(holder);
  const held = span === null ? null : bytes.subarray(span.start, span.end);
  const editor = new BodyEditor(scan);
  editor.set(holder, heldJson(held, members));
  return editor.applyTo(bytes);
}

function heldJson(held: Buffer | null, members: readonly HeldMember[]): string {
  const scanned = held === null ? null : heldScanner.scan(held);
  if (held === null || scanned === null || !scanned.ok) {
    // It is not there, or null.
    return `{${members.map(([key, value]) => `"${key}":${value}`).join(",")}}`;
  }
  const editor = new BodyEditor(scanned.value);
  for (const [key, value] of members) editor.set(key, String(value));
  return editor.applyTo(held).toString("utf8");
}

/** A limit that stands twice would be read in two ways, and paid for in one (SEC-5). */
export function twiceInHolder({ bytes, scan }: NativeBody): string | null {
  for (const holder of holders) {
    const span = scan.span(holder);
    const scanned = span === null ? null : heldScanner.scan(bytes.subarray(span.start, span.end));
    if (scanned === null || scanned.ok || scanned.code !== "duplicate_field") continue;
    return `${holder}.${scanned.path}`;
  }
  return null;
}

/** Where a body of whatever maker names an object of S3; null where it names none. */
export function s3PlaceIn(value: unknown): string | null {
  if (Array.isArray(value)) {
    for (const [index, element] of value.entries()) {
      const place = s3PlaceIn(element);
      if (place !== null) return `[${index}].${place}`;
    }
    return null;
  }
  if (!isObject(value)) return null;
  for (const key in value) {
    const inner = value[key];
    // A tool's schema may describe a parameter of this name: it has no address.
    if (key === "s3Location" && isObject(inner) && typeof inner["uri"] === "string") return key;
    const place = s3PlaceIn(inner);
    if (place !== null) return `${key}.${place}`;
  }
  return null;
}

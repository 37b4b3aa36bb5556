import { isObject, type JsonObject } from "../field-rules.ts";
import { BodyEditor } from "../framing/body-editor.ts";
import { JsonScanner, type JsonScan } from "../framing/json-scan.ts";
import {
  limitKeys,
  limitPlaces,
  type Family,
  type LimitKey,
  type LimitPlace,
} from "./families.data.ts";

const holders = ["inferenceConfig", "textGenerationConfig"] as const;

/** Top-level members that steer the price of a native body: each may stand once. */
export const nativeKeys = [...limitKeys, ...holders, "messages", "prompt", "inputText"] as const;
export type NativeKey = (typeof nativeKeys)[number];

const limitScanner: JsonScanner<LimitKey> = new JsonScanner(limitKeys);

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
export function withLimit({ bytes, scan }: NativeBody, place: LimitPlace, limit: number): Buffer {
  const editor = new BodyEditor(scan);
  const { holder, key } = place;
  if (holder === null) editor.set(key, String(limit));
  else editor.set(holder, holderWithLimit(bytes, scan, { holder, key, limit }));
  return editor.applyTo(bytes);
}

interface HeldLimit {
  readonly holder: NonNullable<LimitPlace["holder"]>;
  readonly key: LimitKey;
  readonly limit: number;
}

function holderWithLimit(
  bytes: Buffer,
  scan: JsonScan<NativeKey>,
  { holder, key, limit }: HeldLimit,
): string {
  const span = scan.span(holder);
  const held = span === null ? null : bytes.subarray(span.start, span.end);
  const scanned = held === null ? null : limitScanner.scan(held);
  if (held === null || scanned === null || !scanned.ok) return `{"${key}":${limit}}`;
  const editor = new BodyEditor(scanned.value);
  editor.set(key, String(limit));
  return editor.applyTo(held).toString("utf8");
}

/** A limit that stands twice would be read in two ways, and paid for in one (SEC-5). */
export function twiceInHolder({ bytes, scan }: NativeBody): string | null {
  for (const holder of holders) {
    const span = scan.span(holder);
    const scanned = span === null ? null : limitScanner.scan(bytes.subarray(span.start, span.end));
    if (scanned === null || scanned.ok || scanned.code !== "duplicate_field") continue;
    return `${holder}.${scanned.path}`;
  }
  return null;
}

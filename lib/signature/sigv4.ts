import { createHmac, hash } from "node:crypto";

import { rfc3339 } from "../time/rfc3339.ts";
import type { HmacKey } from "./hmac-key.ts";

/** The only way of signing here, as it stands in `Authorization`. */
export const algorithm = "AWS4-HMAC-SHA256";
export const scopeEnd = "aws4_request";

/** What a signing key is good for: one day, region and service. */
export interface Scope {
  /** `20150830` */
  readonly date: string;
  readonly region: string;
  readonly service: string;
}

export const scopeText = ({ date, region, service }: Scope): string =>
  `${date}/${region}/${service}/${scopeEnd}`;

/** `20150830T123600Z`. Of a fixed width, so that texts sort as times do. */
export function amzDate(atMs: number): string {
  const text = rfc3339(atMs);
  const day = text.slice(0, 4) + text.slice(5, 7) + text.slice(8, 10);
  return `${day}T${text.slice(11, 13)}${text.slice(14, 16)}${text.slice(17, 19)}Z`;
}

export const sha256Hex = (data: Uint8Array | string): string => hash("sha256", data, "hex");

const hmac = (key: Uint8Array | string, text: string): Buffer =>
  createHmac("sha256", key).update(text).digest();

export function deriveSigningKey(secretAccessKey: string, scope: Scope): Buffer {
  const { date, region, service } = scope;
  return hmac(hmac(hmac(hmac(`AWS4${secretAccessKey}`, date), region), service), scopeEnd);
}

export interface StringToSign {
  /** As `amzDate` writes it. */
  readonly date: string;
  /** As `scopeText` writes it. */
  readonly scope: string;
  readonly canonicalRequest: string;
}

/** The signature in lower-case hexadecimal digits. */
export const signatureOf = (key: HmacKey, { date, scope, canonicalRequest }: StringToSign) =>
  key.hex(`${algorithm}\n${date}\n${scope}\n${sha256Hex(canonicalRequest)}`);

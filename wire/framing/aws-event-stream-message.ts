import { Buffer } from "node:buffer";

import {
  checksumBytes,
  messageChecksum,
  overheadBytes,
  preludeBytes,
  preludeChecksum,
} from "./aws-event-stream.ts";

const stringType = 7;

function encodeHeaders(headers: Readonly<Record<string, string>>): Buffer {
  const parts: Buffer[] = [];
  for (const [name, value] of Object.entries(headers)) {
    const nameBytes = Buffer.from(name);
    const valueBytes = Buffer.from(value);
    const valueHead = Buffer.of(stringType, valueBytes.length >> 8, valueBytes.length & 0xff);
    parts.push(Buffer.of(nameBytes.length), nameBytes, valueHead, valueBytes);
  }
  return Buffer.concat(parts);
}

/** Messages that differ in nothing but their payload: their headers are written once. */
export class AwsEventStreamMessage {
  readonly #headers: Buffer;

  /** Names of at most 255 bytes, values of at most 32,767. */
  constructor(headers: Readonly<Record<string, string>>) {
    this.#headers = encodeHeaders(headers);
  }

  encode(payload: string): Buffer {
    const headers = this.#headers;
    const length = overheadBytes + headers.length + Buffer.byteLength(payload);
    const bytes = Buffer.allocUnsafe(length);
    bytes.writeUInt32BE(length, 0);
    bytes.writeUInt32BE(headers.length, 4);
    const prelude = preludeChecksum(bytes, 0);
    bytes.writeUInt32BE(prelude, 8);
    headers.copy(bytes, preludeBytes);
    bytes.write(payload, preludeBytes + headers.length);
    const end = length - checksumBytes;
    bytes.writeUInt32BE(messageChecksum(bytes, { start: 0, end }, prelude), end);
    return bytes;
  }
}

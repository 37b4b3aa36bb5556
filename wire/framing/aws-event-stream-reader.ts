import { Buffer } from "node:buffer";

import {
  readAwsEventStreamHeaders,
  type AwsEventStreamHeaders,
} from "./aws-event-stream-headers.ts";
import { checksumBytes, preludeBytes } from "./aws-event-stream.ts";
import { sameBytes } from "./same-bytes.ts";

/** What a message is, as its headers tell. */
export interface AwsEventStreamHead {
  /** `error` is a failure of the service's front, `exception` one of its own kinds. */
  readonly kind: "event" | "exception" | "error";
  /** The event's, the exception's or the error's own name. */
  readonly name: string;
  /** Of an `error`: it has no payload to say it in. */
  readonly errorMessage: string;
}

/** What messages are, by their headers as they stand in them: in `latin1`. */
export type AwsEventStreamHeads = ReadonlyMap<string, AwsEventStreamHead>;

const noHeads: AwsEventStreamHeads = new Map();

/** Kinds of message in one stream: there are about six, of a hundred bytes. */
const mostHeads = 32;
const longestHead = 1024;

/**
 * Reads the heads of a stream's messages. Those of one kind have the same headers, byte for byte,
 * so a list of headers is parsed when it is first met and looked up from then on; most are those of
 * the message before.
 */
export class AwsEventStreamReader {
  readonly #usual: AwsEventStreamHeads;
  readonly #heads = new Map<string, AwsEventStreamHead | null>();
  #lastBlock = Buffer.alloc(0);
  #lastHead: AwsEventStreamHead | null = null;
  /** Where the payload of the message that was read last stands. */
  payloadStart = 0;
  payloadEnd = 0;

  /** `usual` are heads that most streams have: they need no parsing. */
  constructor(usual: AwsEventStreamHeads = noHeads) {
    this.#usual = usual;
  }

  /** Of a message as `AwsEventStreamScanner` hands it out; null when it does not say what it is. */
  read(bytes: Buffer, start: number, end: number): AwsEventStreamHead | null {
    const from = start + preludeBytes;
    this.payloadStart = from + bytes.readUInt32BE(start + 4);
    this.payloadEnd = end - checksumBytes;
    const { length } = this.#lastBlock;
    if (this.payloadStart - from === length && sameBytes(bytes, from, this.#lastBlock)) {
      return this.#lastHead;
    }
    this.#lastHead = this.#look(bytes, from, this.payloadStart);
    this.#lastBlock = Buffer.from(bytes.subarray(from, this.payloadStart));
    return this.#lastHead;
  }

  #look(bytes: Buffer, from: number, to: number): AwsEventStreamHead | null {
    const block = bytes.toString("latin1", from, to);
    const known = this.#usual.get(block) ?? this.#heads.get(block);
    if (known !== undefined) return known;
    const headers = readAwsEventStreamHeaders(bytes, from, to);
    const head = headers === null ? null : headOf(headers);
    if (this.#heads.size < mostHeads && block.length <= longestHead) this.#heads.set(block, head);
    return head;
  }
}

/** The heads of messages that have these headers and no payload. */
export function headsOf(messages: readonly Buffer[]): AwsEventStreamHeads {
  const heads = new Map<string, AwsEventStreamHead>();
  for (const message of messages) {
    const reader = new AwsEventStreamReader();
    const head = reader.read(message, 0, message.length);
    const block = message.toString("latin1", preludeBytes, reader.payloadStart);
    if (head !== null) heads.set(block, head);
  }
  return heads;
}

function headOf(headers: AwsEventStreamHeaders): AwsEventStreamHead | null {
  const text = (name: string): string => {
    const header = headers.get(name);
    return header?.type === "string" ? header.value : "";
  };
  const kind = text(":message-type");
  switch (kind) {
    case "event":
      return { kind, name: text(":event-type"), errorMessage: "" };
    case "exception":
      return { kind, name: text(":exception-type"), errorMessage: "" };
    case "error":
      return { kind, name: text(":error-code"), errorMessage: text(":error-message") };
    default:
      return null;
  }
}

import { Buffer } from "node:buffer";

import { isObject, type JsonObject } from "../field-rules.ts";
import { sameBytes } from "../framing/same-bytes.ts";
import { isPaddingUntil, textEnd } from "./delta-bytes.ts";

/** A delta that carries one text and nothing else: what stands around the text, and the delta. */
interface Form {
  readonly open: string;
  readonly close: string;
  readonly delta: (text: string) => JsonObject;
}

const said: Form = { open: '{"text":"', close: '"}', delta: (text) => ({ text }) };
const called: Form = {
  open: '{"toolUse":{"input":"',
  close: '"}}',
  delta: (input) => ({ toolUse: { input } }),
};
const thought: Form = {
  open: '{"reasoningContent":{"text":"',
  close: '"}}',
  delta: (text) => ({ reasoningContent: { text } }),
};

/**
 * Reads the deltas of one block without parsing them, at a third of the cost: the service writes
 * them all alike, but for the text and the padding. What is written otherwise is left to a parser.
 */
export class DeltaText {
  #form = said;
  #index = -1;
  #prefix = Buffer.alloc(0);
  /** From the text's end to the end, without and with a padding behind it. */
  #plainSuffix = Buffer.alloc(0);
  #paddedSuffix = Buffer.alloc(0);

  /** The block of the delta that was read last. */
  get index(): number {
    return this.#index;
  }

  /** What JSON.parse would find below `delta`; null for a payload that is to be parsed. */
  read(bytes: Buffer, start: number, end: number): JsonObject | null {
    const from = start + this.#prefix.length;
    if (from === start || from >= end || !sameBytes(bytes, start, this.#prefix)) return null;
    const to = textEnd(bytes, from, end);
    if (to === -1 || !this.#endsWell(bytes, to, end)) return null;
    const text = bytes.toString("utf8", from, to);
    if (!text.includes("\\")) return this.#form.delta(text);
    const unescaped = parse(`"${text}"`);
    return unescaped === null ? null : this.#form.delta(unescaped);
  }

  /** Expects more deltas like one of this block that was parsed. */
  learn(index: number, delta: JsonObject): void {
    const form = formOf(delta);
    if (form === null || !Number.isSafeInteger(index)) return;
    if (form === this.#form && index === this.#index) return;
    this.#form = form;
    this.#index = index;
    this.#prefix = Buffer.from(`{"contentBlockIndex":${index},"delta":${form.open}`);
    this.#plainSuffix = Buffer.from(`${form.close}}`);
    this.#paddedSuffix = Buffer.from(`${form.close},"p":"`);
  }

  #endsWell(bytes: Buffer, to: number, end: number): boolean {
    if (sameBytes(bytes, to, this.#paddedSuffix)) {
      return isPaddingUntil(bytes, to + this.#paddedSuffix.length, end);
    }
    const { length } = this.#plainSuffix;
    return to + length === end && sameBytes(bytes, to, this.#plainSuffix);
  }
}

function formOf({ text, toolUse, reasoningContent }: JsonObject): Form | null {
  if (typeof text === "string") return said;
  if (isObject(toolUse)) return called;
  return isObject(reasoningContent) ? thought : null;
}

function parse(text: string): string | null {
  try {
    // What stands in quotes is a string.
    return JSON.parse(text) as string;
  } catch {
    return null;
  }
}

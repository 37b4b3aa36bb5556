import { Buffer } from "node:buffer";

import type { PromptSize } from "../canonical/request-facts.ts";

/** Adds up what bounds a prompt's tokens while its messages are checked. */
export class PromptTally implements PromptSize {
  textBytes = 0;
  messages = 0;
  tools = 0;
  schemaBytes = 0;
  images = 0;
  files = 0;
  fileBytes = 0;
  references = 0;

  text(text: string): void {
    this.textBytes += Buffer.byteLength(text);
  }

  /** Structured content that the model reads in some form of text. */
  json(value: unknown): void {
    // What came as JSON is never undefined.
    this.text(JSON.stringify(value));
  }

  image(): void {
    this.images += 1;
  }

  file(base64: string): void {
    this.files += 1;
    this.fileBytes += Math.ceil((base64.length * 3) / 4);
  }

  /** Content that stands elsewhere. */
  reference(): void {
    this.references += 1;
  }
}

import { Buffer } from "node:buffer";

import type { PromptSize } from "../canonical/request-facts.ts";
import type { Blob } from "./generate-body.ts";

/** Adds up what bounds a prompt's tokens while its contents are checked. */
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

  /** Arguments and results, which the model reads in some form of text. */
  json(value: unknown): void {
    if (value !== undefined && value !== null) this.text(JSON.stringify(value));
  }

  blob({ mimeType, data }: Blob): void {
    if (mimeType.startsWith("image/")) this.images += 1;
    else {
      this.files += 1;
      this.fileBytes += Math.ceil((data.length * 3) / 4);
    }
  }

  /** Content that stands elsewhere. */
  reference(): void {
    this.references += 1;
  }
}

import { Buffer } from "node:buffer";

import type { PromptSize } from "../canonical/request-facts.ts";
import { parseDataUrl } from "./data-url.ts";

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

  image(url: string): void {
    this.images += 1;
    if (!url.startsWith("data:")) this.references += 1;
  }

  file(data: string | null): void {
    this.files += 1;
    if (data === null) this.references += 1;
    else this.fileBytes += Math.ceil(((parseDataUrl(data)?.base64 ?? data).length * 3) / 4);
  }
}

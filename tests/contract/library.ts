import { ScriptedUpstream } from "../harness/scripted-upstream.ts";

/** A PNG of one pixel. */
export const pixel = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5E" +
    "rkJggg==",
  "base64",
);

/** A PDF without pages. */
export const paper = Buffer.from(
  "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>" +
    "endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n",
);

/** Where a picture and a document lie that questions name by URL. */
export class Library implements AsyncDisposable {
  readonly #server: ScriptedUpstream;

  private constructor(server: ScriptedUpstream) {
    this.#server = server;
    server.answer = (response, { path }) => {
      const isImage = path === "/pixel.png";
      const type = isImage ? "image/png" : "application/pdf";
      response.writeHead(200, { "content-type": type }).end(isImage ? pixel : paper);
    };
  }

  static async start(): Promise<Library> {
    return new Library(await ScriptedUpstream.start());
  }

  get host(): string {
    return new URL(this.#server.url).host;
  }

  get imageUrl(): string {
    return `${this.#server.url}/pixel.png`;
  }

  get documentUrl(): string {
    return `${this.#server.url}/paper.pdf`;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#server[Symbol.asyncDispose]();
  }
}

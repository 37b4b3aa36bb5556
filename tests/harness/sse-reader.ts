/** One event as it stood on the wire. */
export interface SseFrame {
  readonly id: string | null;
  readonly event: string | null;
  readonly data: string;
  readonly raw: string;
}

/** Reads the events of an answer one by one, for as long as its connection lasts. */
export class SseReader {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #decoder = new TextDecoder();
  #text = "";

  constructor({ body }: Response) {
    if (body === null) throw new Error("The answer has no body");
    this.#reader = body.getReader();
  }

  /** The next event; null when the answer has ended. Throws when the connection was cut. */
  async next(): Promise<SseFrame | null> {
    for (;;) {
      const end = this.#text.indexOf("\n\n");
      if (end !== -1) {
        const raw = this.#text.slice(0, end + 2);
        this.#text = this.#text.slice(end + 2);
        const frame = frameOf(raw);
        if (frame.data !== "") return frame;
        continue;
      }
      const { done, value } = await this.#reader.read();
      if (done) return null;
      this.#text += this.#decoder.decode(value, { stream: true });
    }
  }

  /** Everything that is left. */
  async rest(): Promise<SseFrame[]> {
    const frames: SseFrame[] = [];
    for (let frame = await this.next(); frame !== null; frame = await this.next()) {
      frames.push(frame);
    }
    return frames;
  }

  leave(): Promise<void> {
    return this.#reader.cancel();
  }
}

function frameOf(raw: string): SseFrame {
  const fields = new Map<string, string[]>();
  for (const line of raw.split("\n")) {
    const [, name = "", value = ""] = /^(id|event|data): ?(.*)$/.exec(line) ?? [];
    if (name !== "") fields.set(name, [...(fields.get(name) ?? []), value]);
  }
  return {
    id: fields.get("id")?.at(-1) ?? null,
    event: fields.get("event")?.at(-1) ?? null,
    data: (fields.get("data") ?? []).join("\n"),
    raw,
  };
}

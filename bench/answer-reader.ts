const HEAD_END = Buffer.from("\r\n\r\n");
const EVENT_END = Buffer.from("\n\n");
const LF = 10;
const CR = 13;
const SEMICOLON = 59;
const NO_BYTES = Buffer.alloc(0);
const MAX_HEAD_BYTES = 16_384;
const EVENT_STREAM = "\r\ncontent-type: application/vnd.amazon.eventstream";
const LENGTH_BYTES = 4;

/** Framing the reader cannot follow; the connection is of no more use. */
export class BrokenAnswer extends Error {
  override name = "BrokenAnswer";
}

type State = "head" | "sized" | "chunk-size" | "chunk" | "chunk-end" | "trailer" | "until-close";

/**
 * Reads HTTP/1.1 answers from the bytes of one connection, by byte search and without building
 * objects: the load generator shares a core with the upstream and must cost less than both.
 * One answer at a time; no pipelining.
 */
export class AnswerReader {
  status = 0;
  /**
   * Events of this answer so far: the blank lines (LF only) that end server-sent ones, or whole
   * messages of an AWS event stream.
   */
  events = 0;
  bodyBytes = 0;
  /** The peer announced that it closes the connection after this answer. */
  closes = false;

  #state: State = "head";
  #left = 0;
  #head: Buffer = NO_BYTES;
  #endsWithLf = false;
  #lineBytes = 0;
  #hasMessages = false;
  /** Of the message under way: how many bytes of its length were read, and what they say. */
  #lengthBytes = 0;
  #messageLeft = 0;

  reset(): void {
    this.status = 0;
    this.events = 0;
    this.bodyBytes = 0;
    this.closes = false;
    this.#state = "head";
    this.#left = 0;
    this.#head = NO_BYTES;
    this.#endsWithLf = false;
    this.#lineBytes = 0;
    this.#hasMessages = false;
    this.#lengthBytes = 0;
    this.#messageLeft = 0;
  }

  /** True when `bytes` completes the answer. Throws BrokenAnswer on framing it cannot follow. */
  feed(bytes: Buffer): boolean {
    if (this.#state !== "head") return this.#readBody(bytes, 0);
    const bodyAt = this.#readHead(bytes);
    if (bodyAt < 0) return false;
    return this.#isEmpty() || this.#readBody(bytes, bodyAt);
  }

  /** True when the end of the connection is a legal end of this answer. */
  endsAtClose(): boolean {
    return this.#state === "until-close";
  }

  #isEmpty(): boolean {
    return this.#state === "sized" && this.#left === 0;
  }

  #readHead(bytes: Buffer): number {
    const earlier = this.#head.length;
    const all = earlier === 0 ? bytes : Buffer.concat([this.#head, bytes]);
    const end = all.indexOf(HEAD_END, Math.max(0, earlier - 3));
    if (end < 0) {
      if (all.length > MAX_HEAD_BYTES) throw new BrokenAnswer("Cannot read head: too long");
      // The caller reuses its read buffer, so what is kept has to be a copy.
      this.#head = Buffer.from(all);
      return -1;
    }
    this.#head = NO_BYTES;
    this.#startBody(all.toString("latin1", 0, end + 2).toLowerCase());
    return end + 4 - earlier;
  }

  #startBody(head: string): void {
    this.status = Number(head.slice(9, 12));
    this.closes = head.includes("\r\nconnection: close\r\n");
    this.#hasMessages = head.includes(EVENT_STREAM);
    if (head.includes("\r\ntransfer-encoding: chunked\r\n")) {
      this.#state = "chunk-size";
      return;
    }
    const field = head.indexOf("\r\ncontent-length:");
    if (field >= 0) {
      this.#state = "sized";
      this.#left = Number.parseInt(head.slice(field + 17), 10);
      return;
    }
    this.#state = this.status === 204 || this.status === 304 ? "sized" : "until-close";
  }

  #readBody(bytes: Buffer, start: number): boolean {
    let at = start;
    while (at < bytes.length) {
      switch (this.#state) {
        case "sized":
        case "chunk":
          at = this.#readPart(bytes, at);
          if (this.#left > 0) return false;
          if (this.#state === "sized") return true;
          this.#state = "chunk-end";
          break;
        case "chunk-size":
          at = this.#readSize(bytes, at);
          break;
        case "chunk-end":
          if (bytes[at++] === LF) this.#state = "chunk-size";
          break;
        case "trailer":
          if (this.#readTrailer(bytes[at++])) return true;
          break;
        case "until-close":
          this.#left = bytes.length - at;
          at = this.#readPart(bytes, at);
          break;
        case "head":
          throw new BrokenAnswer("Cannot read body: bytes before a head");
      }
    }
    return false;
  }

  #readPart(bytes: Buffer, at: number): number {
    const end = Math.min(bytes.length, at + this.#left);
    this.#left -= end - at;
    this.bodyBytes += end - at;
    if (this.#hasMessages) this.#countMessages(bytes, at, end);
    else this.#countEvents(bytes, at, end);
    return end;
  }

  /** A message begins with its own length; only that is read of it. */
  #countMessages(bytes: Buffer, start: number, end: number): void {
    let at = start;
    while (at < end) {
      if (this.#lengthBytes < LENGTH_BYTES) {
        this.#messageLeft = this.#messageLeft * 256 + bytes[at++]!;
        this.#lengthBytes++;
        if (this.#lengthBytes === LENGTH_BYTES) this.#messageLeft -= LENGTH_BYTES;
        continue;
      }
      const step = Math.min(end - at, this.#messageLeft);
      if (step < 0) throw new BrokenAnswer("Cannot read message: shorter than its own length");
      at += step;
      this.#messageLeft -= step;
      if (this.#messageLeft > 0) return;
      this.events++;
      this.#lengthBytes = 0;
    }
  }

  #countEvents(bytes: Buffer, start: number, end: number): void {
    let at = start;
    if (this.#endsWithLf && bytes[at] === LF) {
      this.events++;
      at++;
    }
    while (at < end) {
      const found = bytes.indexOf(EVENT_END, at);
      if (found < 0 || found + 2 > end) break;
      this.events++;
      at = found + 2;
    }
    this.#endsWithLf = at < end && bytes[end - 1] === LF;
  }

  #readSize(bytes: Buffer, start: number): number {
    let at = start;
    while (at < bytes.length) {
      const byte = bytes[at++]!;
      if (byte === LF) {
        this.#state = this.#left > 0 ? "chunk" : "trailer";
        this.#lineBytes = 0;
        return at;
      }
      if (byte === CR) continue;
      if (byte === SEMICOLON) throw new BrokenAnswer("Cannot read chunk size: has an extension");
      this.#left = this.#left * 16 + hexDigit(byte);
    }
    return at;
  }

  #readTrailer(byte: number | undefined): boolean {
    if (byte === LF) {
      if (this.#lineBytes === 0) return true;
      this.#lineBytes = 0;
    } else if (byte !== CR) {
      this.#lineBytes++;
    }
    return false;
  }
}

function hexDigit(byte: number): number {
  if (byte >= 48 && byte <= 57) return byte - 48;
  const lower = byte | 32;
  if (lower >= 97 && lower <= 102) return lower - 87;
  throw new BrokenAnswer(`Cannot read chunk size: byte ${byte} is no hex digit`);
}

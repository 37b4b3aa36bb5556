/** Reads one HTTP/1 answer the strict way, byte by byte as a doubting client would. */
export class AnswerParser {
  status = 0;
  readonly headers = new Map<string, string>();
  body: Buffer = Buffer.alloc(0);
  /** Interim answers (100 Continue) before the final one. */
  readonly interim: number[] = [];
  state: "head" | "length" | "chunks" | "until-close" | "whole" = "head";
  #rest: Buffer = Buffer.alloc(0);
  #missing = 0;

  push(bytes: Buffer): void {
    this.#rest = Buffer.concat([this.#rest, bytes]);
    while (this.#step());
  }

  /** The peer has sent FIN. True when nothing can be missing. */
  finish(): boolean {
    if (this.state === "until-close") this.state = "whole";
    return this.state === "whole";
  }

  /** What came behind the answer: the beginning of the next one, if anything. */
  get behind(): Buffer {
    return this.#rest;
  }

  #step(): boolean {
    switch (this.state) {
      case "head":
        return this.#readHead();
      case "length":
        return this.#readCounted();
      case "chunks":
        return this.#readChunk();
      case "until-close":
        this.#take(this.#rest.length);
        return false;
      case "whole":
        return false;
    }
  }

  #readHead(): boolean {
    const end = this.#rest.indexOf("\r\n\r\n");
    if (end === -1) return false;
    const [statusLine = "", ...lines] = this.#rest.toString("latin1", 0, end).split("\r\n");
    this.#rest = this.#rest.subarray(end + 4);
    this.status = Number(statusLine.split(" ")[1]);
    if (this.status < 200) {
      this.interim.push(this.status);
      return true;
    }
    for (const line of lines) {
      const colon = line.indexOf(":");
      this.headers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim());
    }
    this.#chooseBody();
    return true;
  }

  #chooseBody(): void {
    const length = this.headers.get("content-length");
    this.#missing = Number(length ?? 0);
    if (this.headers.get("transfer-encoding") === "chunked") this.state = "chunks";
    else if (this.status === 204) this.state = "whole";
    else this.state = length === undefined ? "until-close" : "length";
  }

  #readCounted(): boolean {
    const taken = Math.min(this.#missing, this.#rest.length);
    this.#take(taken);
    this.#missing -= taken;
    if (this.#missing > 0) return false;
    this.state = "whole";
    return true;
  }

  #readChunk(): boolean {
    const end = this.#rest.indexOf("\r\n");
    if (end === -1) return false;
    const length = Number.parseInt(this.#rest.toString("latin1", 0, end), 16);
    if (this.#rest.length < end + 2 + length + 2) return false;
    this.#rest = this.#rest.subarray(end + 2);
    this.#take(length);
    this.#rest = this.#rest.subarray(2);
    if (length === 0) this.state = "whole";
    return true;
  }

  #take(length: number): void {
    this.body = Buffer.concat([this.body, this.#rest.subarray(0, length)]);
    this.#rest = this.#rest.subarray(length);
  }
}

import type { ExchangeContext } from "@sekisho/lib/http/exchange/exchange-context.ts";
import { SocketExchange } from "@sekisho/lib/http/exchange/socket-exchange.ts";
import { WireHead, type ParsedHead } from "@sekisho/lib/http/exchange/wire-head.ts";
import type { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";

/** What a client was answered, once its answer was whole. */
export interface SteadyAnswer {
  readonly status: number;
  readonly headers: readonly string[];
  readonly body: string;
}

export interface SteadyRequest {
  readonly head: ParsedHead;
  readonly body: Buffer;
}

/** An exchange whose client is near and reads at once: no network, nothing that is drawn. */
export class SteadyExchange extends SocketExchange {
  readonly bufferedBytes = 0;
  readonly awaitsBody = true;
  readonly #clock: VirtualClock;
  readonly #body: Buffer;
  readonly #answered: (answer: SteadyAnswer | null) => void;
  #status = 0;
  #headers: readonly string[] = [];
  #text = "";

  /** `answered` is called once, with null where the gateway cut the connection. */
  constructor(
    { head, body }: SteadyRequest,
    context: ExchangeContext,
    clock: VirtualClock,
    answered: (answer: SteadyAnswer | null) => void,
  ) {
    super(new WireHead(head), context);
    this.#clock = clock;
    this.#body = body;
    this.#answered = answered;
  }

  protected trustPeer(): void {}

  protected readBody(): void {
    this.#clock.soon(() => {
      this.bodyChunk(this.#body);
      this.bodyEnd();
    });
  }

  protected sendWhole(status: number, headers: string[], body: Uint8Array | string): void {
    this.sendHead(status, headers);
    this.sendBytes(body);
    this.sendEnd();
  }

  protected sendHead(status: number, headers: readonly string[]): void {
    this.#status = status;
    this.#headers = headers;
  }

  protected sendFlush(): void {}

  protected sendBytes(bytes: Uint8Array | string): boolean {
    this.#text += typeof bytes === "string" ? bytes : Buffer.from(bytes).toString("utf8");
    return true;
  }

  protected sendEnd(): void {
    const answer = { status: this.#status, headers: this.#headers, body: this.#text };
    this.#clock.soon(() => {
      if (this.closed(true)) this.#answered(answer);
    });
  }

  protected cut(): void {
    this.#clock.soon(() => {
      if (this.closed(false)) this.#answered(null);
    });
  }
}

import { Failure } from "@sekisho/lib/failure/failure.ts";
import { codes, type Code } from "@sekisho/wire/canonical/codes.data.ts";

/** Tells work that can be ended in the middle that its client has left. */
export class ClientDeparture {
  #hasLeft = false;
  /** Few requests have such work. */
  #controller: AbortController | null = null;

  /** Aborted with Failure `client_closed`. */
  readonly signal = (): AbortSignal => {
    this.#controller ??= new AbortController();
    if (this.#hasLeft) this.#abort();
    return this.#controller.signal;
  };

  left(): void {
    this.#hasLeft = true;
    this.#abort();
  }

  #abort(): void {
    this.#controller?.abort(new Failure<Code>("client_closed", codes.client_closed.meaning));
  }
}

import type { Dispatcher } from "undici";
import type { Failure } from "../../failure/failure.ts";
import type {
  UpstreamCall,
  UpstreamFailureCode,
  UpstreamHandler,
  UpstreamHeaders,
  UpstreamRequest,
} from "../upstream.ts";
import { aborted, connectFailure, exchangeFailure } from "./upstream-failure.ts";

/** The queue a call waits in while all connections are busy. */
export interface WaitingRoom {
  leave(call: UndiciCall): void;
}

/**
 * One call: undici's handler on one side, `UpstreamCall` on the other. The handler's exceptions are
 * rethrown outside undici, which would take them for a failure of the upstream.
 */
export class UndiciCall implements UpstreamCall, Dispatcher.DispatchHandler {
  readonly options: Dispatcher.DispatchOptions;
  readonly #handler: UpstreamHandler;
  readonly #waitingRoom: WaitingRoom;
  #controller: Dispatcher.DispatchController | null = null;
  #isPaused = false;
  #hasEnded = false;

  constructor(request: UpstreamRequest, handler: UpstreamHandler, waitingRoom: WaitingRoom) {
    this.options = {
      method: request.method,
      path: request.path,
      // undici declares the array mutable; it only reads it.
      headers: request.headers as string[],
      body: request.body,
    };
    this.#handler = handler;
    this.#waitingRoom = waitingRoom;
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Was the call given to a connection? */
  get hasStarted(): boolean {
    return this.#controller !== null;
  }

  abort(): void {
    if (this.#hasEnded) return;
    this.fail(aborted());
    if (this.#controller === null) this.#waitingRoom.leave(this);
    else this.#controller.abort(abortReason);
  }

  pause(): void {
    this.#isPaused = true;
    this.#controller?.pause();
  }

  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    // undici parses at once, and must not while it is parsing the answer of another call.
    queueMicrotask(() => this.#resumeNow());
  }

  /** `onFailure` is never called inside `dispatch` or `abort`. */
  fail(failure: Failure<UpstreamFailureCode>): void {
    this.#hasEnded = true;
    queueMicrotask(() => this.#handler.onFailure(failure));
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#hasEnded) controller.abort(abortReason);
    else if (this.#isPaused) controller.pause();
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: UpstreamHeaders,
  ): void {
    // `headers` say the same. A Buffer for each name and value makes 2.3 KB per stream.
    controller.rawHeaders = null;
    if (this.#hasEnded || status < 200) return;
    try {
      this.#handler.onHead(status, headers);
    } catch (error) {
      this.#thrown(error);
    }
  }

  onResponseData(_controller: Dispatcher.DispatchController, bytes: Buffer): void {
    if (this.#hasEnded) return;
    try {
      this.#handler.onBytes(bytes);
    } catch (error) {
      this.#thrown(error);
    }
  }

  onResponseEnd(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    try {
      this.#handler.onEnd();
    } catch (error) {
      this.#thrown(error);
    }
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    if (this.#hasEnded) return;
    this.fail(this.hasStarted ? exchangeFailure(error) : connectFailure(error));
  }

  #resumeNow(): void {
    if (!this.#isPaused && !this.#hasEnded) this.#controller?.resume();
  }

  #thrown(error: unknown): void {
    this.abort();
    queueMicrotask(() => {
      throw error;
    });
  }
}

const abortReason = new Error("aborted");

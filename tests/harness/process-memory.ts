import type { ServerProcess } from "./server-process.ts";
import { residentBytes } from "./resident-memory.ts";
import { until } from "./until.ts";

/** What a process holds, in bytes. */
export interface HeldMemory {
  /** Objects that are alive, and the buffers beside them, once the garbage is gone. */
  readonly liveBytes: number;
  /** What the operating system counts behind that. */
  readonly residentBytes: number;
}

/** Set for a process whose memory is to be looked into. */
export const lookedInto = { NODE_OPTIONS: "--inspect=127.0.0.1:0" };

/** Looks into a process that was started with `lookedInto`. */
export class ProcessMemory implements Disposable {
  readonly #pid: number;
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, (result: unknown) => void>();
  #lastId = 0;

  private constructor(pid: number, socket: WebSocket) {
    this.#pid = pid;
    this.#socket = socket;
    socket.addEventListener("message", ({ data }) => this.#hear(String(data)));
  }

  static async of(server: ServerProcess): Promise<ProcessMemory> {
    const url = await until("it says where to look into it", () => {
      return /Debugger listening on (ws:\S+)/.exec(server.log)?.[1] ?? null;
    });
    const socket = new WebSocket(url);
    await new Promise<void>((resolve, reject) => {
      socket.addEventListener("open", () => resolve());
      socket.addEventListener("error", () => reject(new Error(`Cannot look into ${url}`)));
    });
    return new ProcessMemory(server.pid, socket);
  }

  /** Has the garbage taken away first: the process stands still for that long. */
  async held(): Promise<HeldMemory> {
    await this.#ask("HeapProfiler.collectGarbage", {});
    const expression =
      "(({ heapUsed, arrayBuffers }) => heapUsed + arrayBuffers)(process.memoryUsage())";
    const answer = await this.#ask("Runtime.evaluate", { expression });
    // As the inspector answers.
    const { result } = answer as { readonly result: { readonly value: number } };
    return { liveBytes: result.value, residentBytes: residentBytes(this.#pid) };
  }

  [Symbol.dispose](): void {
    this.#socket.close();
  }

  #ask(method: string, params: object): Promise<unknown> {
    const id = (this.#lastId += 1);
    const { promise, resolve } = Promise.withResolvers<unknown>();
    this.#waiting.set(id, resolve);
    this.#socket.send(JSON.stringify({ id, method, params }));
    return promise;
  }

  #hear(text: string): void {
    // As the inspector writes.
    const { id, result } = JSON.parse(text) as { readonly id?: number; readonly result?: unknown };
    if (id !== undefined) this.#waiting.get(id)?.(result);
  }
}

import type { RunningCall } from "@sekisho/gateway/calls/running-call.ts";
import { errorOf, leftEarly } from "./call-error.ts";
import type { LibraryCall } from "./library-call.ts";
import { LogReader } from "./log-reader.ts";

/** A call of which nobody else knows: it ends with its reader. */
export function liveCall(
  { call, response }: RunningCall,
  signal: AbortSignal | null,
  closed: () => void,
): LibraryCall {
  const reader = new LogReader(response.log);
  const cancel = (): void => response.cancel("client_closed");
  signal?.addEventListener("abort", cancel, { once: true });
  if (signal?.aborted === true) cancel();
  return {
    requestId: `req_${call.id}`,
    firstRequestId: null,
    choice: call.choice,
    async next() {
      const event = signal?.aborted === true ? null : await reader.next();
      // Also of an answer that is whole, and waits here to be read.
      if (signal?.aborted === true) throw errorOf(leftEarly(), call.id, signal);
      const { state } = response;
      if (event?.type !== "error" && (event !== null || state.kind !== "failed")) return event;
      if (state.kind === "failed") throw errorOf(state.failure, call.id, signal);
      throw new Error("Cannot read the answer: it holds an error, and did not fail");
    },
    completion() {
      const { state } = response;
      if (state.kind === "complete") return state.completion;
      throw new Error(`Cannot sum the answer up: it is ${state.kind}`);
    },
    [Symbol.dispose]: () => {
      signal?.removeEventListener("abort", cancel);
      cancel();
      reader[Symbol.dispose]();
      closed();
    },
  };
}

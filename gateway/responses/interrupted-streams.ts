import { codes } from "@sekisho/wire/canonical/codes.data.ts";
import type { StreamRecovery } from "./stream-store.ts";

/** How streams are ended whose process died, on a machine that was started at this time. */
export const interruptedStreams = (bootedWallMs: number): StreamRecovery => ({
  last: {
    type: "error",
    code: "stream_interrupted",
    message: codes.stream_interrupted.meaning,
    retryAfterMs: null,
  },
  end: {
    code: "stream_interrupted",
    costNanoUsd: null,
    usage: null,
    region: "",
    firstTokenMs: 0,
    latencyMs: 0,
  },
  bootedWallMs,
});

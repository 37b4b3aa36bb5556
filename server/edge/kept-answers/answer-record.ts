import type { RunningCall } from "@sekisho/gateway/calls/running-call.ts";
import type { LiveStream } from "@sekisho/gateway/responses/live-stream.ts";
import type { KeptFacts } from "@sekisho/gateway/responses/stream-store.ts";
import type { Streams } from "@sekisho/gateway/responses/streams.ts";
import type { Cursor } from "@sekisho/lib/event-log/event-log.ts";
import type { CanonicalEvent } from "@sekisho/wire/canonical/event.ts";
import { recordCall } from "./recorded-stream.ts";
import { holdAnswer } from "../answers/whole-answer.ts";

/** An answer that its client may come back to, and this connection's part in it. */
export class AnswerRecord {
  readonly stream: LiveStream;
  /** Called once this connection does not wait for it any more: it goes on for a while (STR-6). */
  readonly leave: () => void;
  /** What of a whole answer is for this connection; null for streams and in the background. */
  readonly whole: Cursor<CanonicalEvent> | null;

  constructor(streams: Streams, running: RunningCall, kept: KeptFacts | null) {
    const { call, response } = running;
    const isWhole = !call.request.read.facts.stream && kept?.isBackground !== true;
    // Before it is recorded: what the record has taken is held no more.
    this.whole = isWhole ? holdAnswer(response.log) : null;
    this.stream = recordCall(streams, running, kept);
    const leave = this.stream.attach();
    this.leave = () => {
      this.whole?.close();
      leave();
    };
  }
}

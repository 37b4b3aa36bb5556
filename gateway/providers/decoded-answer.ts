import type { ProviderCodec } from "@sekisho/wire/canonical/codec.ts";
import { entryKindOf } from "@sekisho/wire/canonical/entry-kind-of.ts";
import type { Usage } from "@sekisho/wire/canonical/usage.ts";
import { cutOff, failedEvent, failedWith } from "./_faults.ts";
import { measure, nothingMeasured } from "./_measure.ts";
import { saidBytes } from "./_said-bytes.ts";
import type { ReadWhole } from "./whole-answer.ts";

/** A whole answer whose client speaks another dialect: the events it consists of. */
export const decodedAnswer =
  (codec: Pick<ProviderCodec, "decodeAnswer">): ReadWhole =>
  ({ bytes }, { call, planned, log }, sink) => {
    const decoded = codec.decodeAnswer(bytes);
    if (!decoded.ok) return failedWith(decoded.fault, nothingMeasured);
    const last = decoded.value.at(-1);
    if (last?.type === "error") return failedEvent(last, nothingMeasured);
    if (last?.type !== "finish") return cutOff(nothingMeasured);
    sink.committed();
    let usage: Usage | null = null;
    let outputBytes = 0;
    for (const event of decoded.value) {
      if (event.type === "usage") usage = event.usage;
      outputBytes += saidBytes(event);
      log.appendEvent(event, entryKindOf(event));
    }
    return {
      kind: "complete",
      finish: last.reason,
      measured: measure({ call, planned }, { usage, outputBytes }),
    };
  };

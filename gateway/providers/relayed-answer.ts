import type { UpstreamHeaders } from "@sekisho/lib/http/upstream.ts";
import type { ProviderCodec } from "@sekisho/wire/canonical/codec.ts";
import { entryKind } from "@sekisho/wire/canonical/event.ts";
import { failedWith } from "./_faults.ts";
import { measure, nothingMeasured } from "./_measure.ts";
import type { ReadWhole } from "./whole-answer.ts";

/** A whole answer whose client speaks the provider's dialect: one entry, byte for byte. */
export const relayedAnswer =
  (codec: ProviderCodec): ReadWhole =>
  ({ bytes, headers }, { call, planned, log }, sink) => {
    const observed = codec.observeAnswer(bytes, headers);
    if (!observed.ok) return failedWith(observed.fault, nothingMeasured);
    const { finish } = observed.value;
    sink.committed();
    const { length } = bytes;
    log.appendBytes(bytes, { start: 0, end: length }, entryKind.content);
    log.appendBytes(bytes, { start: length, end: length }, entryKind.terminal);
    const measured = measure({ call, planned }, observed.value);
    const passed = pairsOf(headers, codec.passedHeaders ?? []);
    return { kind: "complete", finish: finish ?? "stop", measured, headers: passed };
  };

/** Flat: those of a head that have one of these names. */
export function pairsOf(headers: UpstreamHeaders, names: readonly string[]): string[] {
  const pairs: string[] = [];
  for (const name of names) {
    const value = headers[name];
    if (typeof value === "string") pairs.push(name, value);
  }
  return pairs;
}

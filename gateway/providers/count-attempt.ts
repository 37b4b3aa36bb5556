import type { UpstreamRequest } from "@sekisho/lib/http/upstream.ts";
import type { ProviderCodec } from "@sekisho/wire/canonical/codec.ts";
import type { FromProvider } from "@sekisho/wire/canonical/provider-fault.ts";
import { noUsage } from "@sekisho/wire/canonical/usage.ts";
import type { AttemptFailure } from "../attempt.ts";
import type { RunningAttempt } from "../provider.ts";
import { failedWith } from "./_faults.ts";
import { nothingMeasured } from "./_measure.ts";
import { readRefusal, type AttemptEnds } from "./dialect-attempt.ts";
import { HttpAttempt, type HttpAttemptPorts } from "./http-attempt.ts";
import { WholeAnswer, type ReadWhole } from "./whole-answer.ts";

/** A count in the words of the provider. */
export interface DialectCount {
  readonly codec: Pick<ProviderCodec, "readFault">;
  readonly request: UpstreamRequest;
  readonly decode: (bytes: Buffer) => FromProvider<number>;
  /** Does a refusal in these words mean that nothing is counted for this model? */
  readonly isUncountable: (message: string) => boolean;
}

/** A count is a number in a few bytes. */
const countBytesLimit = 64 * 1024;

/** Statuses of a server that does not have the endpoint. */
const absent: ReadonlySet<number | null> = new Set([404, 405, 501]);

/** Asks a provider for a count over HTTP, within the time-outs of a whole answer. */
export function startCount(
  ports: HttpAttemptPorts,
  { input, sink }: AttemptEnds,
  { codec, request, decode, isUncountable }: DialectCount,
): RunningAttempt {
  return new HttpAttempt(ports, input, sink, {
    request,
    reader: new WholeAnswer(counted(decode), {
      input,
      sink,
      limitBytes: countBytesLimit,
      // Nobody is billed for a count.
      brokenOff: () => nothingMeasured,
    }),
    readRefusal(status, headers, body) {
      const failure = readRefusal(codec, { status, headers, body }, ports.clock.wallMs());
      const cannot = absent.has(status) || (status === 400 && isUncountable(failure.message));
      return cannot ? uncounted(failure) : failure;
    },
    stream: false,
    dropped: [],
  }).start();
}

const counted =
  (decode: DialectCount["decode"]): ReadWhole =>
  ({ bytes }) => {
    const count = decode(bytes);
    if (!count.ok) return failedWith(count.fault, nothingMeasured);
    const usage = { ...noUsage, input: count.value };
    return { kind: "complete", finish: "stop", measured: { usage, source: "reported" } };
  };

const uncounted = (failure: AttemptFailure): AttemptFailure => ({
  ...failure,
  code: "unsupported_by_target",
  verdict: "final",
});

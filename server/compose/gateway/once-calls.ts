import { SqliteClaimStore } from "@sekisho/gateway/idempotency/store/sqlite.ts";
import { Claims, type ClaimLimits } from "@sekisho/gateway/idempotency/claims.ts";
import { isOpenCall } from "@sekisho/gateway/ledger/store/sqlite.ts";
import { CallRepeated } from "@sekisho/gateway/observe/call-repeated.ts";
import type { Embeddings } from "@sekisho/gateway/embedding/embeddings.ts";
import type { GatewayLog } from "@sekisho/gateway/observe/gateway-log.ts";
import { OnceCalls } from "@sekisho/gateway/calls/once-calls.ts";
import type { Pipeline } from "@sekisho/gateway/pipeline.ts";
import type { EmbeddingHead } from "@sekisho/gateway/request.ts";
import type { FoundStream } from "@sekisho/gateway/responses/found-stream.ts";
import type { Streams } from "@sekisho/gateway/responses/streams.ts";
import { validate, validateEmbedding } from "@sekisho/gateway/validate/validate.ts";
import type { Reader } from "@sekisho/lib/storage/reader.ts";
import type { Writer } from "@sekisho/lib/storage/writer.ts";
import type { Metrics } from "@sekisho/lib/telemetry/metrics.ts";
import type { Clock, Timer } from "@sekisho/lib/time/clock.ts";
import type { Config } from "../../config/schema.ts";

export interface OnceCallsOptions {
  readonly clock: Clock;
  readonly log: GatewayLog;
  readonly metrics: Metrics;
  readonly reader: Reader;
  readonly writer: Writer;
  readonly gateway: { readonly pipeline: Pipeline; readonly embeddings: Embeddings };
  readonly streams: Streams;
  /** As it is in force. */
  readonly config: { readonly config: Pick<Config, "idempotency"> };
}

/** Calls of which there is one for each name, and the upkeep of their names. */
export interface OpenOnceCalls extends Disposable {
  readonly onceCalls: OnceCalls;
  readonly onceVectors: OnceCalls<EmbeddingHead>;
}

type Idempotency = Config["idempotency"];

/** Made once for a configuration: every request asks. */
class LimitsInForce {
  #config: Idempotency | null = null;
  #limits: ClaimLimits | null = null;

  of(config: Idempotency): ClaimLimits {
    if (this.#limits === null || this.#config !== config) {
      const { keepHours, ...own } = config;
      this.#limits = { keepMs: keepHours * hourMs, ...own };
      this.#config = config;
    }
    return this.#limits;
  }
}

const hourMs = 3_600_000;
const dropEachMs = 60_000;
/** In one transaction: others wait for it some milliseconds. */
const dropAtOnce = 2_000;

export function openOnceCalls(options: OnceCallsOptions): OpenOnceCalls {
  const { clock, log, metrics, reader, writer, streams, config } = options;
  const { pipeline, embeddings } = options.gateway;
  const store = new SqliteClaimStore(reader);
  const limits = new LimitsInForce();
  const claims = new Claims<FoundStream>({
    store,
    clock,
    limits: () => limits.of(config.config.idempotency),
    answerOf: (callId) => streams.recall(callId),
    isOpen: (callId) => isOpenCall(reader, callId),
    enqueue: (writes) => writer.enqueue(writes),
  });
  const repeated = new CallRepeated(log, metrics);
  const shared = { claims, streams, repeated };
  const onceCalls = new OnceCalls({ ...shared, stages: pipeline, read: validate });
  const onceVectors = new OnceCalls<EmbeddingHead>({
    ...shared,
    stages: embeddings,
    read: validateEmbedding,
  });
  let timer: Timer;
  const drop = (): void => {
    writer.enqueue([store.dropExpired(clock.wallMs(), dropAtOnce)]);
    timer = clock.after(dropEachMs, drop);
  };
  timer = clock.after(dropEachMs, drop);
  return { onceCalls, onceVectors, [Symbol.dispose]: () => timer.cancel() };
}

import { Failure } from "@sekisho/lib/failure/failure.ts";
import type { UpstreamHeaders, UpstreamRequest } from "@sekisho/lib/http/upstream.ts";
import { sdkProvider } from "@sekisho/wire/ai-sdk/codec.ts";
import type { ProofSeal } from "@sekisho/wire/ai-sdk/proof.ts";
import { readSaidError } from "@sekisho/wire/ai-sdk/provider-fault.ts";
import { describeError } from "@sekisho/wire/ai-sdk/said-error.ts";
import { readModel, type SdkModel } from "@sekisho/wire/ai-sdk/sdk-model.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import { jsonOf } from "@sekisho/wire/framing/json-of.ts";
import { retryAfterMs } from "@sekisho/wire/framing/retry-after.ts";
import type { AttemptFailure } from "../../attempt.ts";
import type { PackageFault } from "../../package-fault.ts";
import type { AttemptInput, AttemptSink, Provider, RunningAttempt } from "../../provider.ts";
import type { DialectPorts } from "../dialect-attempt.ts";
import { startTranslated } from "../translated-attempt.ts";
import { SdkUpstream } from "./sdk-upstream.ts";
import { spokenCall } from "./sdk-words.ts";

/** A provider that a package of the AI SDK has made. */
export interface AiSdkEndpoint {
  readonly name: string;
  /** The package's model of this name. May throw, and give anything. */
  readonly model: (name: string) => unknown;
}

interface AiSdkPorts extends Omit<DialectPorts, "upstream"> {
  /** Of what this provider says of its reasoning. */
  readonly seal: ProofSeal;
  readonly faults: { record(fault: PackageFault): void };
}

/** Models of a provider package of the AI SDK, which runs in this process. */
export class AiSdkProvider implements Provider {
  readonly name: string;
  readonly #ports: AiSdkPorts;
  readonly #endpoint: AiSdkEndpoint;

  constructor(ports: AiSdkPorts, endpoint: AiSdkEndpoint) {
    this.#ports = ports;
    this.name = endpoint.name;
    this.#endpoint = endpoint;
  }

  start(input: AttemptInput, sink: AttemptSink): RunningAttempt {
    const { upstreamModel } = input.planned.target;
    const { stream } = input.call.request.read.facts;
    const model = this.#modelOf(upstreamModel);
    let thrown: unknown = null;
    const threw = (error: unknown): void => {
      thrown = error;
      this.#record(upstreamModel, error);
    };
    return startTranslated(
      this.#ports,
      { input, sink },
      {
        codec: sdkProvider(this.#ports.seal),
        request: nominalRequest(upstreamModel),
        upstream(words, dropped) {
          const leftOut = (names: readonly string[]): void => {
            for (const name of names) if (!dropped.includes(name)) dropped.push(name);
          };
          const spoken = spokenCall(words, model.specificationVersion);
          leftOut(spoken.dropped);
          return new SdkUpstream({ model, options: spoken.options, stream, leftOut, threw });
        },
        readRefusal: (_status, headers, body) => ({
          ...this.#refusalOf(headers, body),
          ...(thrown === null ? {} : { thrown }),
        }),
      },
    );
  }

  /** Throws Failure where the package has no such model. */
  #modelOf(name: string): SdkModel {
    let made: unknown;
    try {
      made = this.#endpoint.model(name);
    } catch (error) {
      this.#record(name, error);
      const { code, message } = readSaidError(describeError(error), null);
      throw new Failure<Code>(code, message, {}, error);
    }
    const read = readModel(made);
    if (read.ok) return read.model;
    throw new Failure<Code>("upstream_rejected", `The package's model ${read.why}`);
  }

  /** The body is the error as `SdkCall` described it. */
  #refusalOf(headers: UpstreamHeaders, body: Buffer): AttemptFailure {
    const said = describeError(jsonOf(body));
    const wallMs = this.#ports.clock.wallMs();
    const fault = readSaidError(said, retryAfterMs(headers, wallMs));
    return {
      ...fault,
      // The provider's health is no worse for what the package does.
      reach: fault.code === "upstream_defect" ? "unsent" : "reached",
      status: said.status,
    };
  }

  /** What the operator alone can mend: a client is told no more than that it is so. */
  #record(model: string, error: unknown): void {
    const said = describeError(error);
    const { code, verdict } = readSaidError(said, null);
    if (said.status !== null || verdict !== "failover" || !operators.has(code)) return;
    this.#ports.faults.record({ provider: this.name, model, code, error });
  }
}

/** Of faults that no provider has answered with. */
const operators: ReadonlySet<Code> = new Set<Code>([
  "upstream_defect",
  "upstream_error",
  "upstream_auth",
  "upstream_rejected",
]);

/** There is no request on a wire that the gateway writes: it names whom it asks. */
const nominalRequest = (model: string): UpstreamRequest => ({
  origin: "ai-sdk:",
  method: "POST",
  path: `/${encodeURIComponent(model)}`,
  headers: [],
  body: null,
});

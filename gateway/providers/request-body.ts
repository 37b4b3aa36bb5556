import { Failure } from "@sekisho/lib/failure/failure.ts";
import { carriedReasoning } from "@sekisho/wire/anthropic/carried-reasoning.ts";
import { betasOf } from "@sekisho/wire/anthropic/claude/betas.ts";
import type { BodyChanges } from "@sekisho/wire/canonical/body-changes.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import type { CanonicalRequest } from "@sekisho/wire/canonical/request.ts";
import type { Parsed } from "@sekisho/wire/result.ts";
import type { AttemptInput } from "../provider.ts";
import type { ClientRequest } from "../request.ts";
import type { TargetReasoning } from "./target-reasoning.ts";

/** A request as a target is asked it, and what of it is not said. */
export interface Written {
  /** As `RunningAttempt.dropped`. */
  readonly dropped: readonly string[];
}

/** The same as bytes. */
export interface TargetBody extends Written {
  readonly bytes: Buffer;
}

/** Who puts a request in the words of a target. */
export interface RequestWriter<Words extends Written> {
  writeRequest(request: CanonicalRequest, model: string): Parsed<Words, "unsupported_by_target">;
}

/** What the plan and the alias change in a body that passes otherwise as it is (WIR-10). */
export function changesOf({ planned }: AttemptInput, reasoning: TargetReasoning): BodyChanges {
  const { temperature, topP } = planned.defaults;
  return {
    model: planned.target.upstreamModel,
    maxTokens: planned.maxTokens,
    // The ledger needs usage; a client that did not ask for it is not shown it.
    streamUsage: true,
    reasoning,
    ...(temperature === null && topP === null
      ? {}
      : {
          defaults: {
            ...(temperature === null ? {} : { temperature }),
            ...(topP === null ? {} : { topP }),
          },
        }),
  };
}

/**
 * The request in the words of another dialect. Throws Failure `unsupported_by_target` when the
 * target cannot carry it.
 */
export function translate<Words extends Written>(
  input: AttemptInput,
  codec: RequestWriter<Words>,
  reasoning: TargetReasoning,
): Words {
  const { upstreamModel } = input.planned.target;
  const { request } = input.call;
  const canonical = withBetas(valueOf(request.canonical()), request);
  const carried = carriedReasoning(canonical, reasoning);
  const written = valueOf(codec.writeRequest(withDefaults(carried, input), upstreamModel));
  // Those whose loss is no mere drop were refused by the plan; betas went to the writer.
  const features = request.headerFeatures.map(({ feature }) => feature);
  const fromHeaders = features.filter((feature) => feature !== "betas");
  const names = new Set([...written.dropped, ...reasoning.dropped, ...fromHeaders]);
  return { ...written, dropped: [...names].filter((name) => isAsked(canonical, name)) };
}

/** Clients of Anthropic's name betas in a header, Claude's native body has a member for them. */
function withBetas(canonical: CanonicalRequest, request: ClientRequest): CanonicalRequest {
  const header = request.surface === "anthropic.messages" ? request.head.betas : null;
  if (header === null) return canonical;
  const named = header.split(",").map((name) => name.trim());
  const betas = new Set([...betasOf(canonical), ...named.filter((name) => name !== "")]);
  return { ...canonical, rest: { ...canonical.rest, anthropic_beta: [...betas] } };
}

/** A default of the alias that a model does not take is no loss of the client's. */
function isAsked({ sampling }: CanonicalRequest, name: string): boolean {
  if (name === "temperature") return sampling.temperature !== null;
  return name !== "top_p" || sampling.topP !== null;
}

function withDefaults(request: CanonicalRequest, { planned }: AttemptInput): CanonicalRequest {
  const { temperature, topP } = planned.defaults;
  const { sampling } = request;
  // Many models refuse the two together: a client that chose one is given no other.
  const hasChosen = sampling.temperature !== null || sampling.topP !== null;
  return {
    ...request,
    maxTokens: planned.maxTokens,
    sampling: hasChosen ? sampling : { ...sampling, temperature, topP },
  };
}

/** Throws Failure with the field at fault. */
export function valueOf<T>(parsed: Parsed<T>): T {
  if (parsed.ok) return parsed.value;
  const { path } = parsed;
  throw new Failure<Code>(parsed.code, parsed.message, path === null ? {} : { param: path });
}

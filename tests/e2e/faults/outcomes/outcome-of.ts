import type { Surface } from "@sekisho/gateway/request.ts";
import type { TargetApi } from "@sekisho/gateway/target.ts";
import { anthropicOutcomes } from "./anthropic.data.ts";
import { converseOutcomes, invokeOutcomes } from "./bedrock.data.ts";
import { geminiOutcomes } from "./gemini.data.ts";
import type { FaultOutcome, FaultRowName, OutcomeTable } from "./fault-outcome.ts";
import { openaiOutcomes } from "./openai.data.ts";

const tables: Readonly<Record<Exclude<TargetApi, "ai-sdk">, OutcomeTable>> = {
  "openai.chat": openaiOutcomes,
  "anthropic.messages": anthropicOutcomes,
  "bedrock.converse": converseOutcomes,
  "bedrock.invoke": invokeOutcomes,
  "gemini.generateContent": geminiOutcomes,
};

/** A way through the gateway: whose words come in, whose go out, and how the answer comes back. */
export interface Way {
  readonly surface: Surface;
  readonly api: TargetApi;
  readonly stream: boolean;
}

/** What may become of a fault on its way: one outcome, or two where it is a race. */
export function outcomesOf(fault: FaultRowName, { surface, api, stream }: Way): FaultOutcome[] {
  // Its targets are none of the columns here.
  if (api === "ai-sdk") throw new Error("No table says what a package makes of a fault");
  const { stream: streamed, plain, translated = streamed, or } = tables[api][fault];
  const isPassed = surface === api;
  const usual = stream ? (isPassed ? streamed : translated) : plain;
  return or === undefined ? [usual] : [usual, or];
}

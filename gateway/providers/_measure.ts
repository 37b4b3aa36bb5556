import { noUsage, type Usage } from "@sekisho/wire/canonical/usage.ts";
import type { AttemptInput } from "../provider.ts";
import type { MeasuredUsage } from "../usage.ts";
import { estimateInputTokens } from "../estimate-tokens.ts";
import type { TokenEstimates } from "../token-estimates.ts";

/** Between Latin text, four bytes to a token, and Japanese, three bytes or less (MON-4). */
const bytesPerToken = 3;

/** An answer without content, of a provider that failed, has cost nothing that anybody knows of. */
export const nothingMeasured: MeasuredUsage = { usage: noUsage, source: "none" };

/** A whole answer that we did not wait for: it counts as spent at its reservation (MON-10). */
export const unknownMeasured: MeasuredUsage = { usage: noUsage, source: "unknown" };

/** What the provider has told of an answer so far. */
export interface Told {
  readonly usage: Usage | null;
  /** Told ahead of the answer: exact but for the output. */
  readonly promptUsage?: Usage | null;
  /** Asked for only where somebody needs it: to count may mean to read the answer again. */
  readonly outputBytes: number;
}

/**
 * What the provider reported, else an estimate from the prompt and what the model has said. What is
 * reported also says how well its family is estimated.
 */
export function measure(
  { call, planned }: Pick<AttemptInput, "call" | "planned">,
  told: Told,
): MeasuredUsage {
  const { usage, promptUsage } = told;
  const { request } = call;
  const { estimates } = planned.target;
  const inputEstimate = (): number => estimateInputTokens(request);
  const { size, stream } = request.read.facts;
  if (usage !== null) {
    const isText = size.images === 0 && size.files === 0 && size.references === 0;
    // Of a whole answer that is passed on, everything around its words is among the bytes.
    const said = stream ? told.outputBytes : null;
    if (isText) estimates?.observe({ usage, inputEstimate, outputBytes: said });
    return { usage, source: "reported" };
  }
  const prompt = promptUsage ?? { ...noUsage, input: inputTokens(inputEstimate(), estimates) };
  const { outputBytes } = told;
  const usual = Math.ceil(outputBytes / bytesPerToken);
  const output = stream ? (estimates?.output(outputBytes) ?? usual) : usual;
  return { usage: { ...prompt, output }, source: "estimated" };
}

/** An answer that was cut as longer than its cap: all of the cap, whatever came of it (MON-7). */
export function measureCut(
  input: Pick<AttemptInput, "call" | "planned">,
  told: Told,
): MeasuredUsage {
  const { usage, source } = measure(input, { ...told, usage: null });
  return { usage: { ...usage, output: input.planned.boundOutputTokens }, source };
}

/**
 * A whole answer that broke off on its way to us: its prompt by estimate, and as many tokens as it
 * has bytes for, with those that stand around its words. At most what was set aside for it.
 */
export function measureBrokenOff(
  input: Pick<AttemptInput, "call" | "planned">,
  outputBytes: number,
): MeasuredUsage {
  const { usage, source } = measure(input, { usage: null, outputBytes });
  const { boundInputTokens, boundOutputTokens } = input.planned;
  const bounded = {
    ...usage,
    input: Math.min(usage.input, boundInputTokens),
    output: Math.min(usage.output, boundOutputTokens),
  };
  return { usage: bounded, source };
}

const inputTokens = (byClass: number, estimates: TokenEstimates | undefined): number =>
  estimates?.input(byClass) ?? byClass;

import type {
  PlanLine,
  PlanLoad,
  PlanRequest,
  PlanScenario,
  PlanView,
} from "@sekisho/wire/admin/plans.ts";
import type { CostCalculator } from "./cost-calculator.ts";
import { usdText } from "../usd-text.ts";

const secondsPerDay = 86_400;
const hoursPerDay = 24;
/** Fewer do not survive the loss of one. */
const leastReplicas = 2;

/** Messages of one kind. */
interface Share {
  readonly model: string;
  readonly messages: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/**
 * What a load costs with all of it on the strongest model and nobody limiting it, with limits, and
 * as a blend; and what it asks of quotas and machines (MON-18). Throws Failure `unpriced`.
 */
export function planCapacity(
  request: PlanRequest,
  costs: Pick<CostCalculator, "calculate">,
): PlanView {
  const { blend, messagesPerDay, cachePercent } = request;
  const [strongest] = blend;
  if (strongest === undefined) throw new RangeError("A blend has at least one part");
  const { model, inputTokens, outputTokens } = strongest;
  const free = { inputTokens: request.freeInputTokens, outputTokens: request.freeOutputTokens };
  // What a cache answers reaches no model: in the last scenario alone, where one is planned for.
  const asked = part(messagesPerDay, 100 - cachePercent);
  const shares = split(asked, blend);
  const scenarios = [
    {
      name: `all on ${model}, nobody limits it`,
      shares: [{ model, messages: messagesPerDay, ...free }],
    },
    {
      name: `all on ${model}, with limits`,
      shares: [{ model, messages: messagesPerDay, inputTokens, outputTokens }],
    },
    { name: "as planned", shares },
  ];
  let first: bigint | null = null;
  const told = scenarios.map((scenario): PlanScenario => {
    const lines = scenario.shares.map((share) => lineOf(share, costs));
    const day = lines.reduce((sum, { nanoUsd }) => sum + nanoUsd, 0n);
    first ??= day;
    return {
      name: scenario.name,
      lines: lines.map(({ line }) => line),
      dayUsd: usdText(day),
      totalUsd: usdText(day * BigInt(request.days)),
      savedPermille: first === 0n ? 0 : Number(((first - day) * 1_000n) / first),
    };
  });
  return { request, scenarios: told, load: loadOf(request, shares) };
}

function lineOf(
  { model, messages, inputTokens, outputTokens }: Share,
  costs: Pick<CostCalculator, "calculate">,
): { readonly line: PlanLine; readonly nanoUsd: bigint } {
  const { costNanoUsd, costUsd, priceVersion } = costs.calculate(model, {
    input: inputTokens,
    output: outputTokens,
  });
  const nanoUsd = BigInt(costNanoUsd) * BigInt(messages);
  return {
    nanoUsd,
    line: {
      model,
      messages,
      inputTokens,
      outputTokens,
      messageUsd: costUsd,
      dayUsd: usdText(nanoUsd),
      priceVersion,
    },
  };
}

/** Whole messages; what is left over goes to the first part. */
function split(messages: number, blend: PlanRequest["blend"]): Share[] {
  const shares = blend.map(({ percent, ...rest }) => ({
    ...rest,
    messages: part(messages, percent),
  }));
  const left = messages - shares.reduce((sum, share) => sum + share.messages, 0);
  return shares.map((share, index) =>
    index === 0 ? { ...share, messages: share.messages + left } : share,
  );
}

/** Exact also where the product leaves the safe integers. */
const part = (messages: number, percent: number): number =>
  Number((BigInt(messages) * BigInt(percent)) / 100n);

function loadOf(request: PlanRequest, shares: readonly Share[]): PlanLoad {
  const { messagesPerDay, peakPercent, answerMs, quotaTokensPerMinute, days } = request;
  const averagePerSecond = messagesPerDay / secondsPerDay;
  const peakPerSecond = (averagePerSecond * peakPercent) / 100;
  const perMinute = (tokens: (share: Share) => number): number => {
    const daily = shares.reduce((sum, share) => sum + share.messages * tokens(share), 0);
    return Math.ceil(((daily / secondsPerDay) * 60 * peakPercent) / 100);
  };
  const input = perMinute(({ inputTokens }) => inputTokens);
  const output = perMinute(({ outputTokens }) => outputTokens);
  // One more than the peak needs: one may be lost, or replaced.
  const needed = Math.ceil(peakPerSecond / request.callsPerSecondPerReplica) + 1;
  const replicas = Math.max(leastReplicas, needed);
  const hours = BigInt(replicas) * BigInt(hoursPerDay) * BigInt(days);
  return {
    averagePerSecond: twoDecimals(averagePerSecond),
    peakPerSecond: twoDecimals(peakPerSecond),
    peakInputTokensPerMinute: input,
    peakOutputTokensPerMinute: output,
    streamsAtPeak: Math.ceil((peakPerSecond * answerMs) / 1_000),
    quotaPercent:
      quotaTokensPerMinute === 0
        ? null
        : Math.ceil(((input + output) / quotaTokensPerMinute) * 100),
    replicas,
    platformUsd: usdText(hours * BigInt(request.replicaNanoUsdPerHour)),
  };
}

const twoDecimals = (figure: number): number => Math.round(figure * 100) / 100;

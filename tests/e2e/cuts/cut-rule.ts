import type { CallRecord } from "@sekisho/simulator/call-record.ts";
import type { ContractTarget } from "../../contract/targets/contract-target.ts";

/** Who ends the call: the client, which leaves, or the provider, whose connection breaks. */
export const cutters = ["the client leaves", "the provider dies"] as const;

export type Cutter = (typeof cutters)[number];

/** A call that was cut, as far as both sides can see it. */
export interface CutCall {
  readonly target: ContractTarget;
  readonly stream: boolean;
  readonly cutter: Cutter;
  /** The client's body: a byte is at least a token. */
  readonly bodyBytes: number;
  readonly maxTokens: number;
  readonly call: CallRecord;
}

/** Nano-USD per million tokens: of input, of the dearest way to have it, and of output. */
interface ListPrice {
  readonly input: number;
  readonly dearestInput: number;
  readonly output: number;
}

const openaiPrice = { input: 10e9, dearestInput: 10e9, output: 30e9 };
const geminiPrice = { input: 1e9, dearestInput: 1e9, output: 2e9 };
/** What is written to a cache for an hour costs twice as much as what is not. */
const claudePrice = { input: 3e9, dearestInput: 6e9, output: 15e9 };

const prices: Readonly<Record<string, ListPrice>> = { openai: openaiPrice, gemini: geminiPrice };

const costOf = (tokens: number, price: number): number => Math.ceil((tokens * price) / 1e6);

/** Of words that are not there to be counted (MON-4). */
const bytesPerToken = 3;

/** What templates may add to a prompt of one message (MON-4), and lines of the bill that round. */
const templateTokens = 16 + 8;
const roundingNanoUsd = 3;

/** Everything that was set aside for the call (MON-7). */
export function reservedNanoUsd({ target, bodyBytes, maxTokens }: CutCall): number {
  const { dearestInput, output } = prices[target.name] ?? claudePrice;
  const prompt = costOf(bodyBytes + templateTokens, dearestInput) + roundingNanoUsd;
  return prompt + costOf(maxTokens, output);
}

/**
 * What the operator's ledger has to say of a call that was cut (MON-15, MON-16), from the
 * provider's own bill. Where the words that came are counted as the provider counts them, that is
 * the bill, but for what only one side knows:
 *
 * - a provider that was at work for a prompt when the client left may bill it, and bills nothing
 *   here before its first token: the prompt is booked;
 * - a whole answer that the client does not wait for may be anything up to its reservation;
 * - a whole answer that the provider does not hand over has as many tokens as its bytes have room
 *   for, with those around its words.
 */
export function bookedByRule(cut: CutCall): number {
  const { target, stream, cutter, maxTokens, call } = cut;
  if (!stream && cutter === "the client leaves") return reservedNanoUsd(cut);
  const { input, output } = prices[target.name] ?? claudePrice;
  if (!stream) {
    const tokens = Math.min(maxTokens, Math.ceil((call.announcedBytes ?? 0) / bytesPerToken));
    return costOf(call.planned.input, input) + costOf(tokens, output);
  }
  const isSilent = call.producedTokens === 0;
  if (cutter === "the client leaves" && isSilent) return costOf(call.planned.input, input);
  return call.costNanoUsd;
}

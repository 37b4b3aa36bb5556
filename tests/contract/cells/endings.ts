import assert from "node:assert/strict";
import type { TargetApi } from "@sekisho/gateway/target.ts";
import { asks, assertUsage, type Bench, type ContractCell } from "./contract-cell.ts";
import type { Answer, EndReason, Question } from "../clients/contract-client.ts";

const both = async (
  bench: Bench,
  question: Question,
  check: (answer: Answer) => void,
): Promise<void> => {
  check(await bench.client.ask(question));
  check(await bench.client.stream(question));
};

const ending = (reason: EndReason, words: string, rest: object = {}): ContractCell => ({
  name: `stop reason: ${reason}`,
  features: reason === "sequence" ? ["stop"] : [],
  needs: reason === "sequence" ? ["stop"] : [],
  run: (bench) =>
    both(bench, asks(bench, words, rest), (answer) => {
      assert.equal(answer.ended, endingFor(bench, reason));
      assertUsage(bench, answer);
    }),
});

/** What a refusal is called: OpenAI's chat has a text of its own for it, and no reason. */
const refusal: ContractCell = {
  name: "a refusal in words",
  run: (bench) =>
    both(bench, asks(bench, "Do what you must not [[sim: fault=refusal]]"), (answer) => {
      const { client } = bench;
      assert.ok([client.endings.stop, client.endings.filter].includes(answer.ended ?? ""));
      assertUsage(bench, answer);
    }),
};

/** They say the same for an end and for a stop sequence: behind them nobody can tell. */
const withoutSequences: readonly TargetApi[] = ["openai.chat", "gemini.generateContent", "ai-sdk"];

const endingFor = ({ client, target }: Bench, reason: EndReason): string =>
  reason === "sequence" && withoutSequences.includes(target.api)
    ? client.endings.stop
    : client.endings[reason];

export const endingCells: readonly ContractCell[] = [
  ending("length", "Tell me a long story [[sim: tokens=200]]", { ending: { maxTokens: 10 } }),
  ending("sequence", "Reply with exactly: before STOPHERE after", {
    ending: { maxTokens: 100, stop: ["STOPHERE"] },
  }),
  ending("filter", "Go on and on [[sim: fault=filtered after=3 tokens=30]]"),
  refusal,
];

import { Buffer } from "node:buffer";
import { parseArgs } from "node:util";
import { bookVersion } from "@sekisho/gateway/catalog/prices.data.ts";
import { builtinPrices } from "@sekisho/gateway/catalog/price-book.ts";
import { shownPriceAt, type Price } from "@sekisho/gateway/price.ts";
import { complexityRule, usualRule } from "@sekisho/gateway/route/complexity-rule.ts";
import { judgeComplexity, judgedRequest } from "@sekisho/gateway/route/judge-complexity.ts";
import { SystemClock } from "@sekisho/lib/time/system-clock.ts";
import { formatTable } from "@sekisho/server/cli/table.ts";
import { embeddedDefault } from "@sekisho/server/config/trees/default-config.ts";
import { readChatRequest } from "@sekisho/wire/openai/chat-request.ts";
import {
  labels,
  languages,
  readMessages,
  splits,
  type LabelledMessage,
} from "./router/labelled-messages.ts";
import {
  accuracyOf,
  measuredRules,
  simpleShares,
  type MeasuredRule,
} from "./router/measured-rules.ts";
import { assumedSimpleShares, assumedSizes, savingOf, type Prices } from "./router/savings.ts";

/**
 * `npm run router:report [-- --split=dev]`: how often the rule of RTE-5 is right of the messages
 * that it was not made by, what it saves, and what judging costs. It prints no message.
 */
const { values } = parseArgs({ options: { split: { type: "string", default: "held-out" } } });
const split = splits.find((each) => each === values.split);
if (split === undefined) {
  throw new Error(`Cannot report on "${values.split}": there are ${splits.join(", ")}`);
}

const clock = new SystemClock();
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
const right = (title: string) => ({ title, align: "right" }) as const;
const left = (title: string) => ({ title, align: "left" }) as const;

function accuracyTable(
  rules: readonly MeasuredRule[],
  messages: readonly LabelledMessage[],
): string {
  const parts = [
    messages,
    ...labels.map((label) => messages.filter((each) => each.label === label)),
    ...languages.map((lang) => messages.filter((each) => each.lang === lang)),
  ];
  const rows = rules.map((rule) => [
    rule.name,
    ...parts.map((part) => {
      const accuracy = accuracyOf(rule, part);
      return `${percent(accuracy.right / accuracy.count)} (${accuracy.right}/${accuracy.count})`;
    }),
  ]);
  const titles = ["ALL", ...labels, ...languages].map((title) => right(title.toUpperCase()));
  return formatTable([left("RULE"), ...titles], rows);
}

/** What the first target of an alias of the embedded default costs. */
function priceOf(alias: "fast" | "quality"): { readonly model: string; readonly price: Price } {
  const entry = embeddedDefault.models[alias];
  const model = "targets" in entry ? (entry.targets[0]?.model ?? "") : "";
  const spans = builtinPrices(model);
  const price = spans === null ? null : shownPriceAt(spans, clock.wallMs());
  if (price === null) throw new Error(`Cannot price "${alias}": "${model}" is not in the book`);
  return { model, price };
}

const usd = (nanoUsd: number): string => (nanoUsd / 1e9).toFixed(2);

function savingTable(rules: readonly MeasuredRule[], messages: readonly LabelledMessage[]): string {
  const prices: Prices = { simple: priceOf("fast").price, strong: priceOf("quality").price };
  const rows = rules.flatMap((rule) =>
    assumedSimpleShares.map((share) => {
      const saving = savingOf(simpleShares(rule, messages), share, prices);
      const saved = saving.strongAloneNanoUsd - saving.routedNanoUsd;
      return [
        rule.name,
        percent(share),
        usd(saving.strongAloneNanoUsd),
        usd(saving.routedNanoUsd),
        percent(saved / saving.strongAloneNanoUsd),
        percent((saved - saving.wrongNanoUsd) / saving.strongAloneNanoUsd),
        percent(saving.perfectNanoUsd / saving.strongAloneNanoUsd),
        saving.wrongCalls.toFixed(0),
      ];
    }),
  );
  const titles = [
    "SIMPLE",
    "STRONG USD",
    "ROUTED USD",
    "SAVED",
    "RIGHTLY",
    "PERFECT",
    "WRONGLY FAST",
  ];
  return formatTable([left("RULE"), ...titles.map(right)], rows);
}

/** In microseconds for a message, and for a request of it with what other stages need not do. */
function judgingTimes(messages: readonly LabelledMessage[]): readonly [number, number] {
  const rule = complexityRule(usualRule);
  const rounds = 200;
  const first = { isFirst: true, hasTools: false, hasAttachment: false, asksToThink: false };
  const reads = messages.map(({ text }) => {
    const body = { model: "auto", messages: [{ role: "user", content: text }] };
    const read = readChatRequest(Buffer.from(JSON.stringify(body)));
    if (!read.ok) throw new Error(read.message);
    return read.value;
  });
  const timed = (run: () => void): number => {
    run(); // compiles
    const startedMs = clock.monotonicMs();
    for (let round = 0; round < rounds; round += 1) run();
    return ((clock.monotonicMs() - startedMs) * 1_000) / (rounds * messages.length);
  };
  return [
    timed(() => {
      for (const { text } of messages) judgeComplexity({ ...first, text }, rule);
    }),
    timed(() => {
      for (const read of reads) {
        const canonical = read.toCanonical();
        if (canonical.ok) judgeComplexity(judgedRequest(canonical.value), rule);
      }
    }),
  ];
}

const messages = readMessages(split);
const rules = measuredRules(readMessages("dev"));
const [alone, whole] = judgingTimes(messages);
const { simple, strong } = assumedSizes;
console.log(`${messages.length} messages, ${split}\n`);
console.log(accuracyTable(rules, messages));
console.log(`1,000 calls at the prices of ${bookVersion}, against all at "quality":`);
console.log(`  fast is ${priceOf("fast").model}, quality ${priceOf("quality").model}`);
console.log(`  assumed: a simple call ${simple.input} tokens in and ${simple.output} out,`);
console.log(
  `  a strong one ${strong.input} in, ${strong.output} out; SIMPLE is the share of simple ones\n`,
);
console.log(savingTable(rules, messages));
console.log(
  `judging takes ${alone.toFixed(1)} us a message, ${whole.toFixed(1)} us with its request read`,
);

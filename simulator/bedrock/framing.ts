import type { CallFacts } from "../dialect.ts";
import type { ErrorFault } from "../faults.data.ts";
import type { Framing, StreamEvent } from "../script/event-answer.ts";
import { errorFaults } from "./errors.data.ts";
import {
  corrupted,
  eventMessage,
  exceptionMessage,
  hugeMessage,
  oddEventMessage,
} from "./event-message.ts";
import { metricsOf } from "./usage.ts";

const contentType = "application/vnd.amazon.eventstream";
const metricsMember = "amazon-bedrock-invocationMetrics";

/** What a stream calls an exception that an answer of its own calls otherwise. */
const streamNames: Readonly<Record<string, string>> = {
  ModelErrorException: "modelStreamErrorException",
  ModelNotReadyException: "serviceUnavailableException",
};

const exceptionOf = (name: ErrorFault): Buffer => {
  const { type, status, message } = errorFaults[name];
  const streamName = streamNames[type] ?? type.charAt(0).toLowerCase() + type.slice(1);
  const original =
    streamName === "modelStreamErrorException"
      ? { originalStatusCode: status, originalMessage: message }
      : {};
  return exceptionMessage(streamName, { message, ...original });
};

/** An event that no client knows; they pass over it. */
const news = oddEventMessage("simulatedNews", "{}");

const oddly = (payload: string): string => payload.replace("{", '\n\t{ "simulated" : null , ');

/** The events of Converse, each under its name. */
export const eventFraming: Framing = {
  contentType,
  frame: ({ name, json }) => eventMessage(name, json),
  last: ({ name, json }) => eventMessage(name, json),
  error: exceptionOf,
  odd: (events) =>
    Buffer.concat(events.flatMap(({ name, json }) => [news, oddEventMessage(name, oddly(json))])),
  corrupt: ({ name, json }, how) => corrupted(eventMessage(name, json), how),
  huge: ({ name, json }, mark, text) => {
    const [before = "", after = ""] = json.split(mark);
    return hugeMessage(name, [before, after], text);
  },
};

const chunkOf = (json: string): string => `{"bytes":"${Buffer.from(json).toString("base64")}"}`;

const withMetrics = ({ json }: StreamEvent, facts: CallFacts): string =>
  `${json.slice(0, -1)},"${metricsMember}":${JSON.stringify(metricsOf(facts.tokens))}}`;

/** In base64 three bytes stand for themselves: with blanks before it a text has no remainder. */
const withoutRemainder = (json: string): string =>
  " ".repeat((3 - (Buffer.byteLength(json) % 3)) % 3) + json;

/** Native events, each in a `chunk`; the last one tells what Bedrock counted. */
export const chunkFraming: Framing = {
  contentType,
  frame: ({ json }) => eventMessage("chunk", chunkOf(json)),
  last: (event, facts) => eventMessage("chunk", chunkOf(withMetrics(event, facts))),
  error: exceptionOf,
  odd: (events, facts) => {
    const end = events.length - 1;
    const chunks = events.map((event, n) => (n < end ? event.json : withMetrics(event, facts)));
    return Buffer.concat(
      chunks.flatMap((json) => [news, oddEventMessage("chunk", oddly(chunkOf(oddly(json))))]),
    );
  },
  corrupt: ({ json }, how) => corrupted(eventMessage("chunk", chunkOf(json)), how),
  huge: ({ json }, mark, { fill, times }) => {
    const [before = "", after = ""] = json.split(mark);
    const start = Buffer.from(withoutRemainder(before)).toString("base64");
    const end = Buffer.from(after).toString("base64");
    const base64 = Buffer.from(fill.toString("base64"));
    return hugeMessage("chunk", [`{"bytes":"${start}`, `${end}"}`], { fill: base64, times });
  },
};

const overloaded = JSON.stringify({
  type: "error",
  error: { type: "overloaded_error", message: "Overloaded" },
});

/** Claude tells in its own words that it is overloaded, inside of a stream of Bedrock's. */
export const claudeFraming: Framing = {
  ...chunkFraming,
  error: (name) =>
    name === "529" ? eventMessage("chunk", chunkOf(overloaded)) : exceptionOf(name),
};

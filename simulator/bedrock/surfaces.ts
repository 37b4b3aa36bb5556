import type { Asked, Surface } from "../dialect.ts";
import type { Question } from "../question.ts";
import { parseBody } from "../request-json.ts";
import { CountAnswer } from "../script/count-answer.ts";
import { EventAnswer } from "../script/event-answer.ts";
import { PreparedPlain, PreparedStream } from "../script/prepared-answer.ts";
import { countPrompt } from "../tokenizer.ts";
import { bedrock } from "./dialect.ts";
import { eventFraming } from "./framing.ts";
import { prepareNative } from "./invoke.ts";
import { ConverseAnswer } from "./plain-answer.ts";
import { readCounted, readInvoke } from "./read-invoke.ts";
import { readConverse } from "./read-request.ts";
import { converseWords } from "./stream-words.ts";

const noHeaders = (): readonly string[] => [];

const readBody = ({ body, model }: Asked, stream: boolean): Question =>
  readConverse(parseBody(body), { model, stream, hasCache: body.includes('"cachePoint"') });

const converse: Surface = {
  dialect: bedrock,
  path: "/model/{model}/converse",
  idPrefix: "",
  versionHeader: null,
  isCount: false,
  parse: (asked) => readBody(asked, false),
  prepare: (_, reply) => new PreparedPlain(new ConverseAnswer(reply, noHeaders)),
};

const converseStream: Surface = {
  ...converse,
  path: "/model/{model}/converse-stream",
  parse: (asked) => readBody(asked, true),
  prepare: (_, reply) => {
    const parts = { dialect: bedrock, words: converseWords, framing: eventFraming };
    return new PreparedStream(new EventAnswer(parts, reply));
  },
};

const invoke: Surface = {
  ...converse,
  path: "/model/{model}/invoke",
  idPrefix: "msg_bdrk_",
  parse: (asked) => readInvoke(asked, false),
  prepare: prepareNative,
};

const invokeStream: Surface = {
  ...invoke,
  path: "/model/{model}/invoke-with-response-stream",
  parse: (asked) => readInvoke(asked, true),
};

const countTokens: Surface = {
  ...converse,
  path: "/model/{model}/count-tokens",
  isCount: true,
  parse: readCounted,
  prepare: (question) =>
    new PreparedPlain(new CountAnswer(bedrock, "inputTokens", countPrompt(question))),
};

/** What is served of Bedrock's runtime. */
export const bedrockSurfaces: readonly Surface[] = [
  converse,
  converseStream,
  invoke,
  invokeStream,
  countTokens,
];

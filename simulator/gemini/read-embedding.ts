import {
  embeddingQuestion,
  textOf,
  type EmbeddedText,
  type EmbeddingQuestion,
} from "../embedding/embedding-question.ts";
import { Fields } from "../fields.ts";
import { parseBody } from "../request-json.ts";
import { inCamelCase } from "./camel-case.ts";

const mostTexts = 100;
const mostTokens = 2_048;
const ownLength = 3_072;

const taskTypes: ReadonlySet<string> = new Set([
  "RETRIEVAL_DOCUMENT",
  "RETRIEVAL_QUERY",
  "SEMANTIC_SIMILARITY",
  "CLASSIFICATION",
  "CLUSTERING",
]);

interface One {
  readonly text: EmbeddedText;
  readonly dimensions: number;
}

const readOne = (request: Fields): One => {
  const parts = request.object("content")?.list("parts") ?? null;
  if (parts === null) throw request.missing("content");
  const texts = parts.map((part) => new Fields(part, request.pathOf("content.parts")));
  const text = textOf(texts.map((part) => part.string("text") ?? "").join(" "));
  if (text.tokens === 0) throw request.invalid("content", "content is empty");
  if (text.tokens > mostTokens) {
    const what = `The input token count (${text.tokens}) exceeds the maximum`;
    throw request.invalid("content", `${what} number of tokens allowed (${mostTokens}).`);
  }
  const taskType = request.string("taskType");
  if (taskType !== null && !taskTypes.has(taskType)) {
    throw request.invalid("taskType", "Invalid value at 'task_type'.");
  }
  const limits = { min: 1, max: ownLength, isInteger: true };
  return { text, dimensions: request.number("outputDimensionality", limits) ?? ownLength };
};

/** Reads a request of `:embedContent`. Throws `Failure<RefusalCode>`. */
export const readEmbed = (bytes: Buffer, model: string): EmbeddingQuestion => {
  const { text, dimensions } = readOne(parseBody(bytes, inCamelCase));
  return embeddingQuestion(model, [text], dimensions);
};

/** Reads a request of `:batchEmbedContents`, whose texts have vectors of one length here. */
export const readBatchEmbed = (bytes: Buffer, model: string): EmbeddingQuestion => {
  const body = parseBody(bytes, inCamelCase);
  const requests = body.list("requests");
  if (requests === null) throw body.missing("requests");
  if (requests.length === 0 || requests.length > mostTexts) {
    throw body.invalid("requests", `at most ${mostTexts} requests can be in one batch`);
  }
  const all = requests.map((each, n) => {
    const request = new Fields(each, `requests[${n}]`);
    if (request.string("model") !== `models/${model}`) {
      throw request.invalid("model", "the model is not that of the path");
    }
    return readOne(request);
  });
  const dimensions = all[0]?.dimensions ?? ownLength;
  if (all.some((each) => each.dimensions !== dimensions)) {
    throw body.invalid("requests", "the simulator makes vectors of one length in a batch");
  }
  return embeddingQuestion(
    model,
    all.map(({ text }) => text),
    dimensions,
  );
};

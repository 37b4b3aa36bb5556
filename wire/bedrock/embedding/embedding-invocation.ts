import { Buffer } from "node:buffer";

import { PromptTally } from "../../anthropic/prompt-tally.ts";
import type {
  EmbeddingInput,
  EmbeddingQuestion,
  EmbeddingWords,
  InputRange,
} from "../../canonical/embedding.ts";
import type { PathFacts } from "../../canonical/path-facts.ts";
import type { MadeVectors, ReadEmbedding } from "../../canonical/read-embedding.ts";
import type { RequestFacts } from "../../canonical/request-facts.ts";
import type { CanonicalRequest } from "../../canonical/request.ts";
import { isObject, refuseFault } from "../../field-rules.ts";
import { JsonScanner, readJson } from "../../framing/json-scan.ts";
import { ok, refuse, type Parsed } from "../../result.ts";
import { encodeCohereVectors, encodeTitanVector } from "./embedding-answer.ts";
import {
  checkCohereBody,
  checkTitanBody,
  cohereBody,
  makerOf,
  titanBody,
  type NativeEmbedding,
} from "./embedding-body.ts";
import { embeddingWordsOf } from "./embedding-words.ts";
import type { InvokeRequest } from "../invoke/invoke-request.ts";

/** The window of the one model that takes pictures: none of them comes to more. */
const mostTokensOfPicture = 128_000;

/** A native body that asks for vectors, in the words of Titan's or of Cohere's models. */
export class EmbeddingInvocation implements ReadEmbedding, InvokeRequest {
  readonly facts: RequestFacts;
  readonly inputs: readonly EmbeddingInput[];
  readonly inputMember: string;
  readonly encoding = "float";
  readonly #bytes: Buffer;
  readonly #body: NativeEmbedding;

  constructor(bytes: Buffer, body: NativeEmbedding, path: PathFacts) {
    this.#bytes = bytes;
    this.#body = body;
    this.inputMember = isTitan(body.words) ? "inputText" : "texts";
    this.inputs = inputsOf(body);
    this.facts = factsOf(body, this.inputs, path);
  }

  questionOf({ start, end }: InputRange): EmbeddingQuestion {
    const { texts, dimensions, inputType, truncate } = this.#body;
    return { texts: texts.slice(start, end), dimensions, inputType, truncate };
  }

  encodeVectors(vectors: readonly string[], { id, usage }: MadeVectors): string {
    const { words, texts, byType } = this.#body;
    if (!isTitan(words)) return encodeCohereVectors(vectors, { id, texts, byType });
    // Where neither the body nor its model tells, the second version says all that the first does.
    const version = words.includes("titan-v2") ? "titan-v2" : "titan-v1";
    return encodeTitanVector(vectors[0] ?? "[]", { usage, version });
  }

  /** The client's own: neither its model nor a limit stands in them (WIR-10). */
  rewrite(): Buffer {
    return this.#bytes;
  }

  toCanonical(): Parsed<CanonicalRequest> {
    const message = "Cannot translate the request: it is no prompt";
    return refuse("unsupported_by_target", this.inputMember, message);
  }

  /** Inputs that are not yet sent are read from it. */
  forget(): void {}
}

/** What a request comes to stands in these: none may stand twice (SEC-5). */
const scanner = new JsonScanner(["inputText", "texts", "images", "inputs", "input_type"]);

/**
 * Reads the body of `POST /model/{id}/invoke` where the name stands for models that make vectors.
 */
export function readEmbeddingInvocation(
  bytes: Buffer,
  path: PathFacts,
): Parsed<EmbeddingInvocation> {
  const read = readJson(bytes, scanner);
  if (!read.ok) return read;
  const { json } = read.value;
  if (!isObject(json)) return refuse("invalid_json", null, "Cannot read the body: no JSON object");
  const asked = embeddingWordsOf(path.model);
  const maker = makerOf(json, asked);
  if (maker === null) {
    const message =
      'Cannot read the body: its model makes vectors, and it has neither "inputText", ' +
      'as Titan is asked, nor "texts", as Cohere is';
    return refuse("missing_field", "inputText", message);
  }
  const wrong = maker === "titan" ? checkTitanBody(json) : checkCohereBody(json);
  if (wrong !== null) return refuseFault(wrong);
  const body = maker === "titan" ? titanBody(json, asked) : cohereBody(json, asked);
  return ok(new EmbeddingInvocation(bytes, body, path));
}

const isTitan = ([first]: readonly EmbeddingWords[]): boolean =>
  first === "titan-v1" || first === "titan-v2";

function inputsOf({ texts, others }: NativeEmbedding): EmbeddingInput[] {
  const picture = { text: null, tokensBound: mostTokensOfPicture };
  return [
    ...texts.map((text) => ({ text, tokensBound: Buffer.byteLength(text) })),
    ...Array.from({ length: others }, () => picture),
  ];
}

function factsOf(
  { words, dimensions, ownField }: NativeEmbedding,
  inputs: readonly EmbeddingInput[],
  { model, stream }: PathFacts,
): RequestFacts {
  const size = new PromptTally();
  size.messages = inputs.length;
  for (const { tokensBound } of inputs) size.textBytes += tokensBound;
  return {
    model,
    stream,
    streamUsage: false,
    maxTokens: 0, // a vector is no output
    choices: 1,
    user: null,
    embedding: {
      inputs: inputs.length,
      dimensions,
      isTokens: false,
      unknownField: ownField,
      nativeWords: words,
    },
    size,
  };
}

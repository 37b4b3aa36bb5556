import type {
  EmbeddingInput,
  EmbeddingQuestion,
  InputRange,
  VectorEncoding,
} from "../../canonical/embedding.ts";
import type { MadeVectors, ReadEmbedding } from "../../canonical/read-embedding.ts";
import type { RequestFacts } from "../../canonical/request-facts.ts";
import type { CanonicalRequest } from "../../canonical/request.ts";
import { isObject, refuseFault } from "../../field-rules.ts";
import { BodyEditor } from "../../framing/body-editor.ts";
import { elementSpans } from "../../framing/json-elements.ts";
import { JsonScanner, readJson, type JsonScan, type Span } from "../../framing/json-scan.ts";
import { ok, refuse, type Parsed } from "../../result.ts";
import { PromptTally } from "../prompt-tally.ts";
import { checkEmbeddingBody, type EmbeddingBody } from "./check-embedding.ts";
import { encodeEmbeddings } from "./embedding-answer.ts";

const steering = ["model", "input", "dimensions", "encoding_format"] as const;
type Steering = (typeof steering)[number];

/** Members that other dialects have words for, or that say nothing to a model. */
const known: ReadonlySet<string> = new Set([...steering, "user", "input_type", "truncate"]);

/** A request for vectors: its inputs, and its bytes. */
export class EmbeddingRequest implements ReadEmbedding {
  readonly facts: RequestFacts;
  readonly inputs: readonly EmbeddingInput[];
  readonly inputMember = "input";
  readonly encoding: VectorEncoding;
  readonly #bytes: Buffer;
  readonly #scan: JsonScan<Steering>;
  readonly #body: EmbeddingBody;
  #spans: readonly Span[] | null = null;

  constructor(bytes: Buffer, body: EmbeddingBody, scan: JsonScan<Steering>) {
    this.#bytes = bytes;
    this.#body = body;
    this.#scan = scan;
    this.inputs = inputsOf(body.input);
    this.encoding = body.encoding_format ?? "float";
    this.facts = factsOf(body, this.inputs);
  }

  questionOf({ start, end }: InputRange): EmbeddingQuestion {
    const { dimensions = null, input_type: inputType = null, truncate = null } = this.#body;
    const texts = this.inputs.slice(start, end).map(({ text }) => text ?? "");
    return { texts, dimensions, inputType, truncate };
  }

  /**
   * The bytes for a target that speaks these words too: those of the client but for the model's
   * name, and for inputs that others are asked for (WIR-10).
   */
  rewrite(model: string, { start, end }: InputRange): Buffer {
    const editor = new BodyEditor(this.#scan);
    if (model !== this.#body.model) editor.set("model", JSON.stringify(model));
    if (start > 0 || end < this.inputs.length) editor.set("input", this.#listOf(start, end));
    return editor.applyTo(this.#bytes);
  }

  encodeVectors(vectors: readonly string[], made: MadeVectors): string {
    return encodeEmbeddings(vectors, made);
  }

  toCanonical(): Parsed<CanonicalRequest> {
    return refuse(
      "unsupported_by_target",
      "input",
      "Cannot translate the request: it is no prompt",
    );
  }

  /** Inputs that are not yet sent are read from it. */
  forget(): void {}

  /** As the client wrote them: what stands between two elements is a comma and white space. */
  #listOf(start: number, end: number): string {
    const list = this.#scan.span("input");
    this.#spans ??= list === null ? [] : elementSpans(this.#bytes, list);
    const from = this.#spans[start]?.start ?? 0;
    const to = this.#spans[end - 1]?.end ?? 0;
    return `[${this.#bytes.toString("utf8", from, to)}]`;
  }
}

const scanner: JsonScanner<Steering> = new JsonScanner(steering);

/** Reads the body of `POST /v1/embeddings`. */
export function readEmbeddingRequest(bytes: Buffer): Parsed<EmbeddingRequest> {
  const read = readJson(bytes, scanner);
  if (!read.ok) return read;
  const { json, scan } = read.value;
  if (!isObject(json)) return refuse("invalid_json", null, "Cannot read the body: no JSON object");
  const wrong = checkEmbeddingBody(json);
  if (wrong !== null) return "ok" in wrong ? wrong : refuseFault(wrong);
  // checkEmbeddingBody has looked at every member that EmbeddingBody names.
  return ok(new EmbeddingRequest(bytes, json as EmbeddingBody, scan));
}

const isGiven = (value: unknown): boolean => value !== null && value !== undefined;

function inputsOf(input: EmbeddingBody["input"]): EmbeddingInput[] {
  if (typeof input === "string") return [ofText(input)];
  const ids: number[] = [];
  const inputs: EmbeddingInput[] = [];
  for (const each of input) {
    if (typeof each === "number") ids.push(each);
    else inputs.push(typeof each === "string" ? ofText(each) : ofTokens(each));
  }
  // They are all of one kind: ids beside each other are one input.
  return ids.length === 0 ? inputs : [ofTokens(ids)];
}

const ofText = (text: string): EmbeddingInput => ({ text, tokensBound: Buffer.byteLength(text) });

const ofTokens = (ids: readonly number[]): EmbeddingInput => ({
  text: null,
  tokensBound: ids.length,
});

function factsOf(body: EmbeddingBody, inputs: readonly EmbeddingInput[]): RequestFacts {
  const size = new PromptTally();
  size.messages = inputs.length;
  for (const { tokensBound } of inputs) size.textBytes += tokensBound;
  return {
    model: body.model,
    stream: false,
    streamUsage: false,
    maxTokens: 0, // a vector is no output
    choices: 1,
    user: body.user ?? null,
    size,
    embedding: {
      inputs: inputs.length,
      dimensions: body.dimensions ?? null,
      isTokens: inputs[0]?.text === null,
      nativeWords: null,
      unknownField: Object.keys(body).find((key) => !known.has(key) && isGiven(body[key])) ?? null,
    },
  };
}

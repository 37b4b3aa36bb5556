import { Failure } from "@sekisho/lib/failure/failure.ts";
import type { SeededRandom } from "@sekisho/lib/random/seeded-random.ts";
import { begunAnswer } from "./answer/continued.ts";
import { composeReply } from "./answer/compose-reply.ts";
import { calm, shapeOf, type Behaviour } from "./behaviour.ts";
import type { QuestionSummary } from "./call-record.ts";
import { isEmbedding } from "./embedding/embedding-question.ts";
import type { Asked, Prepared, Surface } from "./dialect.ts";
import { makesVectors, windowOf } from "./model-limits.ts";
import { lastUserTurn, type Question } from "./question.ts";
import { noTokens, type Reply } from "./reply.ts";
import { baseModel, findMarker, withoutMarker } from "./scenario/marker.ts";
import type { BehaviourPatch } from "./scenario/scenario.ts";

const mostKept = 1_000;
const mostShapesKept = 8;
/** Longer bodies and answers are worked out each time: they are rare, and they are big. */
const longestKeptBytes = 65_536;
const longestKeptTokens = 4_096;
const longestSeedLength = 4_096;

/** Of an ARN, all but the name of the model or of the profile. */
const beforeName = /^arn:[^/]*\/(?:.*\/)?/;

/** What is said where no model speaks. */
const nothing: Reply = { choices: [], tokens: noTokens };

const summarise = (question: Question): QuestionSummary => ({
  turns: question.turns.length,
  images: question.turns.reduce((sum, turn) => sum + turn.images.length, 0),
  tools: question.tools.length,
  maxTokens: question.maxTokens,
  choices: question.choices,
  format: question.format.kind,
});

/** A request that was read, and its answers in the shapes that were wanted so far. */
export class KnownQuestion {
  readonly question: Question;
  readonly patch: BehaviourPatch | null;
  readonly summary: QuestionSummary;
  /** The model without its marker. */
  readonly pricedModel: string;
  readonly #surface: Surface;
  readonly #random: SeededRandom;
  readonly #text: string;
  readonly #prepared = new Map<string, Prepared>();
  /** The behaviour of the last call: comparing it spares writing its key. */
  #lastBehaviour: Behaviour | null = null;
  #last: Prepared | null = null;

  constructor(surface: Surface, question: Question, random: SeededRandom) {
    const { text } = begunAnswer(question)?.asked ?? lastUserTurn(question);
    this.#surface = surface;
    this.question = question;
    this.patch = findMarker(question.model, text);
    this.summary = summarise(question);
    this.pricedModel = baseModel(question.model.replace(beforeName, ""));
    this.#random = random;
    this.#text = withoutMarker(text);
  }

  /** Is a prompt of so many tokens beyond the window? Inputs of vectors have their own limits. */
  isTooLong(tokens: number): boolean {
    return !this.#surface.isCount && tokens > windowOf(this.pricedModel);
  }

  /** The answer in the shape that the behaviour asks for: the same one each time. */
  prepared(behaviour: Behaviour): Prepared {
    if (this.#last !== null && behaviour === this.#lastBehaviour) return this.#last;
    const prepared = this.#find(behaviour);
    if (prepared.reply.tokens.output <= longestKeptTokens) {
      this.#lastBehaviour = behaviour;
      this.#last = prepared;
    }
    return prepared;
  }

  #find(behaviour: Behaviour): Prepared {
    const key = behaviour === calm ? "" : JSON.stringify(shapeOf(behaviour));
    const kept = this.#prepared.get(key);
    if (kept !== undefined) return kept;
    const reply = this.#surface.isCount ? nothing : this.#compose(behaviour);
    const prepared = this.#surface.prepare(this.question, reply);
    const isKept = this.#prepared.size < mostShapesKept;
    if (isKept && reply.tokens.output <= longestKeptTokens) this.#prepared.set(key, prepared);
    return prepared;
  }

  #compose(behaviour: Behaviour): Reply {
    return composeReply({
      question: this.question,
      text: this.#text,
      shape: shapeOf(behaviour),
      // Drawn from the words alone: streamed or plain, with a marker or without, an answer to
      // the same question says the same.
      random: this.#random.fork(this.#text.slice(0, longestSeedLength)),
    });
  }
}

/** Requests of one surface by the hash of their bytes, so that a benchmark parses one once. */
export class KnownQuestions {
  readonly #surface: Surface;
  readonly #kept = new Map<string, KnownQuestion>();
  #random: SeededRandom;

  /** `random`: what answers draw from, each from a fork of its own. */
  constructor(surface: Surface, random: SeededRandom) {
    this.#surface = surface;
    this.#random = random;
  }

  reset(random: SeededRandom): void {
    this.#random = random;
    this.#kept.clear();
  }

  /** Throws `Failure<RefusalCode>` for what is no question. */
  read(asked: Asked, sha256: string): KnownQuestion {
    const { body, model, version } = asked;
    const key = model === "" && version === "" ? sha256 : `${sha256} ${version} ${model}`;
    const kept = this.#kept.get(key);
    if (kept !== undefined) return kept;
    const question = this.#surface.parse(asked);
    const known = new KnownQuestion(this.#surface, question, this.#random);
    this.#checkModel(known);
    if (body.length <= longestKeptBytes) this.#keep(key, known);
    return known;
  }

  /** A model that makes vectors says nothing, and one that is known to speak makes none. */
  #checkModel({ question, pricedModel }: KnownQuestion): void {
    const isAskedForVectors = isEmbedding(question);
    if (this.#surface.isCount && !isAskedForVectors) return;
    const isOther = isAskedForVectors
      ? windowOf(pricedModel) < Infinity
      : makesVectors(pricedModel);
    if (!isOther) return;
    const doing = isAskedForVectors ? "generate embeddings" : "sample";
    throw new Failure("other_model", `You are not allowed to ${doing} from this model.`);
  }

  #keep(key: string, known: KnownQuestion): void {
    const [oldest] = this.#kept.keys();
    if (this.#kept.size >= mostKept && oldest !== undefined) this.#kept.delete(oldest);
    this.#kept.set(key, known);
  }
}

import { Failure } from "@sekisho/lib/failure/failure.ts";
import { SeededRandom } from "@sekisho/lib/random/seeded-random.ts";
import { anthropic } from "./anthropic/dialect.ts";
import { anthropicModels } from "./anthropic/models.ts";
import { bedrock } from "./bedrock/dialect.ts";
import type { Dialect, RefusalCode, Surface } from "./dialect.ts";
import { gemini } from "./gemini/dialect.ts";
import { geminiModels } from "./gemini/models.ts";
import { KnownQuestions } from "./known-questions.ts";
import type { Place } from "./model-calls.ts";
import { openai } from "./openai/dialect.ts";
import { openaiModels } from "./openai/models.ts";
import type { Hearing, Speaking } from "./peers.ts";
import { headerOf } from "./raw-headers.ts";
import { refusalScript } from "./script/whole-answers.ts";

/** The region of paths without a prefix. */
const defaultRegion = "global";
/** Every region is a prefix of the path: `/us-east-1/v1/…`. */
export const regions = [
  defaultRegion,
  "us-east-1",
  "us-west-2",
  "ap-northeast-1",
  "europe-west1",
  "eu-central-1",
] as const;

/** A model's id is one segment of the path, percent-encoded. */
const modelPath = /^(?<prefix>(?:\/[\w-]+)?\/model\/)(?<model>[^/]+)(?<method>\/[\w-]+)$/;
/** Google's methods stand behind a colon in the same segment. */
const methodPath = /^(?<prefix>(?:\/[\w-]+)?\/v1beta\/models\/)(?<model>[^/]+)(?<method>:\w+)$/;
const modelsPath = /^(?:\/[\w-]+)?\/v1(beta)?\/models(?:\/([^/]+))?$/;

const decode = (segment: string): string | null => {
  try {
    return decodeURIComponent(segment);
  } catch {
    return null;
  }
};

const reply = (response: Speaking, status: number, body: string): void => {
  response.writeHead(status, ["content-type", "application/json"]);
  response.end(body);
};

/** Whose words a client understands that asked for something unknown. */
const dialectOf = (request: Hearing, path: string): Dialect => {
  if (/^(?:\/[\w-]+)?\/model\//.test(path)) return bedrock;
  if (/^(?:\/[\w-]+)?\/v1beta\//.test(path)) return gemini;
  const isAnthropic = headerOf(request.rawHeaders, "anthropic-version") !== null;
  return isAnthropic || path.includes("/v1/messages") ? anthropic : openai;
};

/** What is served under which path, but for the control surface. */
export class Places {
  readonly #places = new Map<string, Place>();
  readonly #questions: readonly KnownQuestions[];
  readonly #models: () => readonly string[];

  constructor(surfaces: readonly Surface[], models: () => readonly string[]) {
    const none = new SeededRandom(0);
    this.#models = models;
    this.#questions = surfaces.map((surface) => {
      const questions = new KnownQuestions(surface, none);
      const at = { surface, questions, model: "" };
      for (const region of regions) {
        this.#places.set(`/${region}${surface.path}`, { ...at, region });
      }
      this.#places.set(surface.path, { ...at, region: defaultRegion });
      return questions;
    });
  }

  /** Answers of one seed never mix with those of another. */
  reset(random: SeededRandom): void {
    for (const questions of this.#questions) questions.reset(random);
  }

  find(url: string): Place | undefined {
    const place = this.#places.get(url);
    if (place !== undefined) return place;
    const path = url.includes("?") ? url.slice(0, url.indexOf("?")) : url;
    return this.#places.get(path) ?? this.#findModel(path);
  }

  /** Lists of models, and refusals for whatever else is asked. */
  serveRest(request: Hearing, response: Speaking): void {
    request.resume();
    const [path = ""] = (request.url ?? "").split("?", 1);
    const found = modelsPath.exec(path);
    const isKnown = found !== null || this.find(path) !== undefined;
    if (!isKnown) return this.#refuse("not_found", request, response);
    if (found === null || request.method !== "GET") {
      return this.#refuse("method_not_allowed", request, response);
    }
    const isAnthropic = headerOf(request.rawHeaders, "anthropic-version") !== null;
    const [, beta, segment] = found;
    const ofV1 = isAnthropic ? anthropicModels : openaiModels;
    const models = beta === undefined ? ofV1 : geminiModels;
    if (segment === undefined) return reply(response, 200, models.list(this.#models()));
    const name = decode(segment);
    if (name === null) return this.#refuse("not_found", request, response);
    reply(response, 200, models.card(name));
  }

  #findModel(path: string): Place | undefined {
    const groups = (modelPath.exec(path) ?? methodPath.exec(path))?.groups;
    const model = decode(groups?.["model"] ?? "");
    if (groups === undefined || model === null) return undefined;
    const place = this.#places.get(`${groups["prefix"]}{model}${groups["method"]}`);
    return place === undefined ? undefined : { ...place, model };
  }

  #refuse(code: RefusalCode, request: Hearing, response: Speaking): void {
    const message = `Invalid URL (${request.method} ${request.url})`;
    const dialect = dialectOf(request, request.url ?? "");
    const [step] = refusalScript(dialect, new Failure(code, message), "sim").steps;
    if (step?.do !== "whole") return;
    response.writeHead(step.head.status, step.head.headers);
    response.end(step.body);
  }
}

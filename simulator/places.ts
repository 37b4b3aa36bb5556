import type { IncomingMessage, ServerResponse } from "node:http";
import { Failure } from "@sekisho/lib/failure/failure.ts";
import { SeededRandom } from "@sekisho/lib/random/seeded-random.ts";
import type { Dialect, RefusalCode } from "./dialect.ts";
import { KnownQuestions } from "./known-questions.ts";
import type { Place } from "./model-calls.ts";
import { refusalScript } from "./openai/errors.ts";
import { modelCard, modelList } from "./openai/models.ts";

/** The region of paths without a prefix. */
const defaultRegion = "global";
/** Every region is a prefix of the path: `/us-east-1/v1/…`. */
export const regions = [defaultRegion, "us-east-1", "us-west-2", "ap-northeast-1"] as const;

const modelsPath = /^(?:\/[\w-]+)?\/v1\/models(?:\/([^/]+))?$/;

const decode = (segment: string): string | null => {
  try {
    return decodeURIComponent(segment);
  } catch {
    return null;
  }
};

const reply = (response: ServerResponse, status: number, body: string): void => {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(body);
};

/** What is served under which path, but for the control surface. */
export class Places {
  readonly #places = new Map<string, Place>();
  readonly #questions: readonly KnownQuestions[];
  readonly #models: () => readonly string[];

  constructor(dialects: readonly Dialect[], models: () => readonly string[]) {
    const none = new SeededRandom(0);
    this.#models = models;
    this.#questions = dialects.map((dialect) => {
      const questions = new KnownQuestions(dialect, none);
      for (const region of regions) {
        this.#places.set(`/${region}${dialect.path}`, { region, dialect, questions });
      }
      this.#places.set(dialect.path, { region: defaultRegion, dialect, questions });
      return questions;
    });
  }

  /** Answers of one seed never mix with those of another. */
  reset(random: SeededRandom): void {
    for (const questions of this.#questions) questions.reset(random);
  }

  find(url: string): Place | undefined {
    const place = this.#places.get(url);
    if (place !== undefined || !url.includes("?")) return place;
    return this.#places.get(url.slice(0, url.indexOf("?")));
  }

  /** Lists of models, and refusals for whatever else is asked. */
  serveRest(request: IncomingMessage, response: ServerResponse): void {
    request.resume();
    const [path = ""] = (request.url ?? "").split("?", 1);
    const found = modelsPath.exec(path);
    const isKnown = found !== null || this.#places.has(path);
    if (!isKnown) return this.#refuse("not_found", request, response);
    if (found === null || request.method !== "GET") {
      return this.#refuse("method_not_allowed", request, response);
    }
    if (found[1] === undefined) return reply(response, 200, modelList(this.#models()));
    const name = decode(found[1]);
    if (name === null) return this.#refuse("not_found", request, response);
    reply(response, 200, modelCard(name));
  }

  #refuse(code: RefusalCode, request: IncomingMessage, response: ServerResponse): void {
    const message = `Invalid URL (${request.method} ${request.url})`;
    const [step] = refusalScript(new Failure(code, message), "sim").steps;
    if (step?.do !== "whole") return;
    response.writeHead(step.head.status, step.head.headers);
    response.end(step.body);
  }
}

import { Failure } from "@sekisho/lib/failure/failure.ts";
import type {
  UpstreamCall,
  UpstreamFailureCode,
  UpstreamHandler,
} from "@sekisho/lib/http/upstream.ts";
import { describeError, type SaidError } from "@sekisho/wire/ai-sdk/said-error.ts";
import type { SdkModel } from "@sekisho/wire/ai-sdk/sdk-model.ts";
import { readWarnings } from "@sekisho/wire/ai-sdk/warnings.ts";
import { isObject, type JsonObject } from "@sekisho/wire/field-rules.ts";
import { transportFailure } from "./transport-failure.ts";

/** One call to a model, in the words of its version. */
export interface SdkAsked {
  readonly model: SdkModel;
  readonly options: object;
  readonly stream: boolean;
  /** Told what the package has left out, ahead of the answer. */
  readonly leftOut: (names: readonly string[]) => void;
  /** Told what the package has thrown, ahead of the refusal that it becomes. */
  readonly threw: (error: unknown) => void;
}

/** The status of a refusal that came with none. */
const noStatus = 0;

const answered = { "content-type": "application/json" };

/**
 * Asks a model and hands on what it says: one part after the other, none read ahead of the handler,
 * each as JSON.
 */
export class SdkCall implements UpstreamCall {
  readonly #asked: SdkAsked;
  readonly #handler: UpstreamHandler;
  readonly #leaving = new AbortController();
  #resumed: PromiseWithResolvers<void> | null = null;
  #hasHead = false;
  #isOver = false;

  constructor(asked: SdkAsked, handler: UpstreamHandler) {
    this.#asked = asked;
    this.#handler = handler;
  }

  start(): this {
    // Some things that are thrown cannot even be looked at.
    void this.#run().catch(() => this.#fail("upstream_malformed"));
    return this;
  }

  abort(): void {
    if (this.#isOver) return;
    this.#leave();
    this.#later(() => this.#handler.onFailure(failureOf("aborted")));
  }

  pause(): void {
    this.#resumed ??= Promise.withResolvers();
  }

  resume(): void {
    this.#resumed?.resolve();
    this.#resumed = null;
  }

  async #run(): Promise<void> {
    try {
      // Nothing is told before `dispatch` has returned.
      await Promise.resolve();
      if (this.#isOver) return;
      await (this.#asked.stream ? this.#stream() : this.#whole());
    } catch (error) {
      this.#thrown(error);
    }
  }

  async #whole(): Promise<void> {
    const result = await this.#asked.model.doGenerate(this.#options());
    if (this.#isOver) return;
    const answer: JsonObject = isObject(result) ? result : {};
    const { content, finishReason, usage, response, warnings } = answer;
    if (!this.#takes(warnings)) return;
    const { id, modelId }: JsonObject = isObject(response) ? response : {};
    this.#head();
    this.#piece({ content, finishReason, usage, response: { id, modelId } });
    this.#end();
  }

  async #stream(): Promise<void> {
    const result = await this.#asked.model.doStream(this.#options());
    const stream = isObject(result) ? result["stream"] : null;
    if (!isStream(stream)) throw new TypeError("The package gave no stream");
    const reader = stream.getReader();
    const cancel = (): void => void reader.cancel(left).catch(() => null);
    if (this.#isOver) return cancel();
    this.#leaving.signal.addEventListener("abort", cancel, { once: true });
    for (;;) {
      if (this.#resumed !== null) await this.#resumed.promise;
      const { done, value } = await reader.read();
      if (this.#isOver) return;
      if (done) return this.#end();
      if (isObject(value)) this.#part(value);
    }
  }

  #options(): object {
    return { ...this.#asked.options, abortSignal: this.#leaving.signal };
  }

  #part(part: JsonObject): void {
    switch (part["type"]) {
      case "stream-start":
        return void this.#takes(part["warnings"]);
      case "raw":
      case "file":
      case "reasoning-file":
        return;
      case "error": {
        const cause = transportFailure(part["error"]);
        if (cause !== null) return this.#fail(cause);
        this.#asked.threw(part["error"]);
        this.#head();
        return this.#piece({ type: "error", error: describeError(part["error"]) });
      }
      default:
        this.#head();
        this.#piece(part);
    }
  }

  /** False where the package has left out what the answer depends on: nothing is read of it. */
  #takes(warnings: unknown): boolean {
    const { refused, dropped } = readWarnings(warnings);
    if (refused === null) {
      this.#asked.leftOut(dropped);
      return true;
    }
    const message = `Cannot carry the request: the package does not tell the model "${refused}"`;
    const name = "AI_UnsupportedFunctionalityError";
    this.#refuse({ ...describeError(null), name, message });
    return false;
  }

  #head(): void {
    if (this.#hasHead) return;
    this.#hasHead = true;
    this.#tell(() => this.#handler.onHead(200, answered));
  }

  #piece(value: JsonObject): void {
    this.#tell(() => this.#handler.onBytes(Buffer.from(JSON.stringify(value))));
  }

  #end(): void {
    if (this.#isOver) return;
    // An empty stream has a head too.
    this.#head();
    this.#isOver = true;
    this.#now(() => this.#handler.onEnd());
  }

  #thrown(error: unknown): void {
    if (this.#isOver) return;
    const cause = transportFailure(error);
    if (cause !== null) return this.#fail(cause);
    this.#asked.threw(error);
    const said = describeError(error);
    if (this.#hasHead) this.#piece({ type: "error", error: said });
    else this.#refuse(said, headersOf(error));
  }

  #refuse(said: SaidError, headers: Readonly<Record<string, string>> = {}): void {
    this.#leave();
    const { status } = said;
    const isRefusal = status !== null && (status < 200 || status > 299);
    this.#now(() => {
      this.#handler.onHead(isRefusal ? status : noStatus, headers);
      this.#handler.onBytes(Buffer.from(JSON.stringify(said)));
      this.#handler.onEnd();
    });
  }

  #fail(code: UpstreamFailureCode): void {
    if (this.#isOver) return;
    this.#leave();
    this.#now(() => this.#handler.onFailure(failureOf(code)));
  }

  #leave(): void {
    this.#isOver = true;
    this.resume();
    this.#leaving.abort(left);
  }

  #tell(act: () => void): void {
    if (!this.#isOver) this.#now(act);
  }

  /** What the handler throws is no fault of the package's. */
  #now(act: () => void): void {
    try {
      act();
    } catch (error) {
      if (!this.#isOver) this.#leave();
      this.#later(() => {
        throw error;
      });
    }
  }

  #later(act: () => void): void {
    queueMicrotask(act);
  }
}

/** As far as it is used: packages may bring one of their own. */
interface PartStream {
  getReader(): Pick<ReadableStreamDefaultReader<unknown>, "read" | "cancel">;
}

const isStream = (value: unknown): value is PartStream =>
  typeof value === "object" &&
  value !== null &&
  typeof Reflect.get(value, "getReader") === "function";

/** As packages know the end that was asked for. */
const left = new DOMException("The call was ended", "AbortError");

const failureOf = (code: UpstreamFailureCode): Failure<UpstreamFailureCode> =>
  new Failure(code, "The call to the package's model has ended");

/** Where the provider says how long to stay away. */
function headersOf(error: unknown): Readonly<Record<string, string>> {
  const headers: unknown =
    typeof error === "object" && error !== null ? Reflect.get(error, "responseHeaders") : null;
  if (!isObject(headers)) return {};
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      typeof value === "string" ? [[name.toLowerCase(), value] as const] : [],
    ),
  );
}

import { createServer, type Server, type ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

export interface EvenAnswers {
  readonly chunks: number;
  readonly chunkBytes: number;
  /** How long an answer takes when nobody holds it up. */
  readonly durationMs: number;
}

interface UnderWay {
  readonly response: ServerResponse;
  left: number;
}

const tickMs = 20;

/**
 * A provider that keeps all the streams it is asked for until it is told to begin, then makes them
 * side by side, each at the same pace where it is read; a call for a whole answer gets it at once.
 */
export class EvenUpstream implements AsyncDisposable {
  readonly url: string;
  readonly #server: Server;
  readonly #answers: EvenAnswers;
  readonly #chunk: string;
  readonly #streams = new Set<UnderWay>();

  private constructor(server: Server, url: string, answers: EvenAnswers) {
    this.#server = server;
    this.url = url;
    this.#answers = answers;
    this.#chunk = chunkOf({ content: "x".repeat(answers.chunkBytes) }, null);
    server.on("request", (request, response) => {
      let body = "";
      request.setEncoding("utf8").on("data", (text: string) => (body += text));
      request.on("end", () => this.#serve(body, response));
    });
  }

  static async start(answers: EvenAnswers): Promise<EvenUpstream> {
    const server = createServer({ noDelay: true });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("No port was bound");
    return new EvenUpstream(server, `http://127.0.0.1:${address.port}`, answers);
  }

  /** Streams that it was asked for and has not ended. */
  get running(): number {
    return this.#streams.size;
  }

  /** Resolves when each answer has ended or was left. */
  async run(): Promise<void> {
    const { durationMs, chunks } = this.#answers;
    const beganMs = performance.now();
    while (this.#streams.size > 0) {
      const due = Math.ceil(((performance.now() - beganMs) / durationMs) * chunks);
      for (const stream of this.#streams) this.#write(stream, due);
      await sleep(tickMs);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #serve(body: string, response: ServerResponse): void {
    response.on("error", () => {}); // a gateway that leaves is what is looked at
    if (!body.includes('"stream":true')) {
      response.writeHead(200, { "content-type": "application/json" });
      return void response.end(whole);
    }
    const stream = { response, left: this.#answers.chunks };
    this.#streams.add(stream);
    response.on("close", () => this.#streams.delete(stream));
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(chunkOf({ role: "assistant", content: "" }, null));
  }

  #write(stream: UnderWay, due: number): void {
    const { response } = stream;
    while (stream.left > 0 && this.#answers.chunks - stream.left < due) {
      if (response.writableNeedDrain) return;
      response.write(this.#chunk);
      stream.left -= 1;
    }
    if (stream.left === 0 && !response.writableEnded) {
      response.end(`${chunkOf({}, "stop")}data: [DONE]\n\n`);
    }
  }
}

const common = { id: "chatcmpl-even", created: 1_700_000_000, model: "gpt-4-turbo" };

const chunkOf = (delta: object, finish: string | null): string => {
  const choices = [{ index: 0, delta, finish_reason: finish }];
  return `data: ${JSON.stringify({ ...common, object: "chat.completion.chunk", choices })}\n\n`;
};

const whole = JSON.stringify({
  ...common,
  object: "chat.completion",
  choices: [{ index: 0, message: { role: "assistant", content: "quick" }, finish_reason: "stop" }],
  usage: { prompt_tokens: 8, completion_tokens: 1, total_tokens: 9 },
});

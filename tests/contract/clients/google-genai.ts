import { ApiError, GoogleGenAI } from "@google/genai";
import { codes, type Code } from "@sekisho/wire/canonical/codes.data.ts";
import {
  answerCalling,
  lacksOf,
  type Answer,
  type AskOptions,
  type ContractClient,
  type ExpectedError,
  type OpenClient,
  type Question,
  type SeenFailure,
  type ToolCall,
} from "./contract-client.ts";
import { answerOf, generateBody } from "./google-words.ts";

/** `@google/genai`: its key goes as `x-goog-api-key`. */
export const googleGenAi: OpenClient = ({ url, key, retries }) =>
  new GoogleClient(
    new GoogleGenAI({
      apiKey: key,
      vertexai: false,
      httpOptions: {
        baseUrl: url,
        ...(retries === 0 ? {} : { retryOptions: { attempts: retries + 1, initialDelay: 0.05 } }),
      },
    }),
  );

class GoogleClient implements ContractClient {
  readonly name = "google-genai";
  readonly surface = "gemini.generateContent";
  readonly endings = {
    stop: "STOP",
    length: "MAX_TOKENS",
    tool: "STOP",
    sequence: "STOP",
    filter: "SAFETY",
  };
  readonly lacks = lacksOf("bearer", "cachePoint", "choices", "oddFraming");
  readonly #client: GoogleGenAI;

  constructor(client: GoogleGenAI) {
    this.#client = client;
  }

  async ask(question: Question, { signal }: AskOptions = {}): Promise<Answer> {
    const { models } = this.#client;
    return answerOf([await models.generateContent(generateBody(question, signal))]);
  }

  async stream(question: Question, { signal, onPiece }: AskOptions = {}): Promise<Answer> {
    const { models } = this.#client;
    const stream = await models.generateContentStream(generateBody(question, signal));
    const chunks = [];
    for await (const chunk of stream) {
      chunks.push(chunk);
      for (const part of chunk.candidates?.[0]?.content?.parts ?? []) {
        const { text = "", functionCall: call } = part;
        if (call !== undefined) onPiece?.({ kind: "tool", text: JSON.stringify(call.args) });
        else if (text !== "") {
          onPiece?.({ kind: part.thought === true ? "reasoning" : "text", text });
        }
      }
    }
    return answerOf(chunks);
  }

  called({ id, name, input }: ToolCall): Answer {
    const parts = [{ functionCall: { id, name, args: input } }];
    return answerCalling({ id, name, input }, { role: "model", parts });
  }

  failureOf(error: unknown): SeenFailure {
    if (!(error instanceof ApiError)) throw error;
    const { name, status, message } = error;
    return {
      name,
      status,
      type: /"status":"(\w+)"/.exec(message)?.[1] ?? null,
      message,
      header: undefined,
    };
  }

  classOf(): string {
    return "ApiError";
  }

  streamErrorOf(code: Code): ExpectedError {
    return { name: "ApiError", type: codes[code].gemini[0] };
  }

  close(): void {}
}

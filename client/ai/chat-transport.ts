import type { Answer } from "../answer.ts";
import type { SekishoClient, StartOptions } from "../sekisho-client.ts";

/** A message as `useChat` keeps it, as far as it is read here. */
export interface UiMessage {
  readonly id: string;
  readonly role: "system" | "user" | "assistant";
  readonly parts: readonly UiPart[];
}

export type UiPart =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "file"; readonly mediaType: string; readonly url: string }
  | { readonly type: string };

/** The chunks that are made here, as the AI SDK names them. */
export type UiChunk =
  | { type: "start" | "start-step" | "finish-step" | "abort" }
  | { type: "finish" }
  | { type: "text-start" | "text-end" | "reasoning-start" | "reasoning-end"; id: string }
  | { type: "text-delta" | "reasoning-delta"; id: string; delta: string }
  | { type: "tool-input-start"; toolCallId: string; toolName: string }
  | { type: "tool-input-delta"; toolCallId: string; inputTextDelta: string }
  | { type: "tool-input-available"; toolCallId: string; toolName: string; input: unknown }
  | { type: "error"; errorText: string };

export interface ChatTransportOptions extends Omit<
  StartOptions,
  "signal" | "dialect" | "idempotencyKey"
> {
  readonly client: SekishoClient;
  readonly model: string;
  /** Members of the request beside model and messages, in OpenAI's words. */
  readonly request?: object;
}

interface SendOptions {
  readonly chatId: string;
  readonly messages: readonly UiMessage[];
  readonly abortSignal: AbortSignal | undefined;
}

/**
 * A transport for `useChat` of the AI SDK: answers come over a session, and go on where they were
 * when the connection or the page was gone for a while.
 */
export class SekishoChatTransport {
  /** Who reconnects reads from the beginning. */
  readonly resumeStreamIsReplay = true;
  readonly #options: ChatTransportOptions;
  readonly #latest = new Map<string, Answer>();

  constructor(options: ChatTransportOptions) {
    this.#options = options;
  }

  sendMessages = async ({ chatId, messages, abortSignal }: SendOptions) => {
    const { client, model, request, ...whom } = this.#options;
    const body = { ...request, model, messages: messages.map(toChatMessage) };
    const answer = client.start(body, {
      ...whom,
      ...(abortSignal === undefined ? {} : { signal: abortSignal }),
    });
    this.#latest.set(chatId, answer);
    return chunksOf(answer);
  };

  /** The answer of that chat that is under way; null where there is none. */
  reconnectToStream = async ({ chatId }: { readonly chatId: string }) => {
    const answer = this.#latest.get(chatId);
    return answer === undefined || answer.isOver ? null : chunksOf(answer);
  };
}

type ChatPart =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "image_url"; readonly image_url: { readonly url: string } };

function toChatMessage({ role, parts }: UiMessage): object {
  const content = parts.flatMap((part): ChatPart[] => {
    if (part.type === "text" && "text" in part) return [{ type: "text", text: part.text }];
    if (part.type !== "file" || !("url" in part)) return [];
    return [{ type: "image_url", image_url: { url: part.url } }];
  });
  const isText = content.every((part) => part.type === "text");
  const text = content.map((part) => ("text" in part ? part.text : "")).join("");
  return { role, content: isText ? text : content };
}

/** An answer's events as chunks; a part that is open ends when another one begins. */
class ChunkWriter {
  readonly #write: (chunk: UiChunk) => void;
  readonly #calls = new Map<number, { readonly id: string; readonly name: string; json: string }>();
  #open: "text" | "reasoning" | null = null;
  #parts = 0;

  constructor(write: (chunk: UiChunk) => void) {
    this.#write = write;
  }

  say(kind: "text" | "reasoning", delta: string): void {
    if (delta === "") return;
    if (this.#open !== kind) {
      this.end();
      this.#open = kind;
      this.#parts += 1;
      this.#write({ type: `${kind}-start`, id: `${this.#parts}` });
    }
    this.#write({ type: `${kind}-delta`, id: `${this.#parts}`, delta });
  }

  end(): void {
    if (this.#open !== null) this.#write({ type: `${this.#open}-end`, id: `${this.#parts}` });
    this.#open = null;
  }

  call(index: number, id: string, name: string): void {
    this.end();
    this.#calls.set(index, { id, name, json: "" });
    this.#write({ type: "tool-input-start", toolCallId: id, toolName: name });
  }

  argue(index: number, delta: string): void {
    const call = this.#calls.get(index);
    if (call === undefined) return;
    call.json += delta;
    this.#write({ type: "tool-input-delta", toolCallId: call.id, inputTextDelta: delta });
  }

  endCalls(): void {
    for (const { id, name, json } of this.#calls.values()) {
      const input = inputOf(json);
      this.#write({ type: "tool-input-available", toolCallId: id, toolName: name, input });
    }
    this.#calls.clear();
  }
}

function inputOf(json: string): unknown {
  try {
    return JSON.parse(json === "" ? "{}" : json);
  } catch {
    return json;
  }
}

const chunksOf = (answer: Answer): ReadableStream<UiChunk> =>
  // oxlint-disable-next-line no-restricted-globals -- the AI SDK asks for one
  new ReadableStream<UiChunk>({
    async start(controller) {
      const write = (chunk: UiChunk): void => controller.enqueue(chunk);
      const writer = new ChunkWriter(write);
      write({ type: "start" });
      write({ type: "start-step" });
      try {
        await copy(answer, writer);
        writer.end();
        writer.endCalls();
        write({ type: "finish-step" });
        write({ type: "finish" });
      } catch (error) {
        write({ type: "error", errorText: error instanceof Error ? error.message : "" });
      }
      controller.close();
    },
  });

async function copy(answer: Answer, writer: ChunkWriter): Promise<void> {
  for await (const event of answer) {
    if (event.type === "text" || event.type === "refusal") writer.say("text", event.text);
    else if (event.type === "reasoning") writer.say("reasoning", event.text);
    else if (event.type === "toolStart") writer.call(event.index, event.id, event.name);
    else if (event.type === "toolDelta") writer.argue(event.index, event.arguments);
    // What a chat has shown it cannot take back: the AI SDK has no word for it.
    else if (event.type === "reset") throw new Error("The answer was lost and is begun again");
  }
}

export type ClientDialect = "openai" | "anthropic" | "bedrock";

export interface BodyShape {
  readonly dialect: ClientDialect;
  readonly model: string;
  readonly stream: boolean;
  readonly bytes: number;
}

const SYSTEM = "You are the assistant of a manga store. Answer briefly and name real titles.";
const QUESTION =
  "Which volumes of a series should somebody read who liked a quiet story about a shrine, " +
  "a checkpoint on an old road, and the people who pass it? ";
const TEMPERATURE = 0.7;
const MAX_TOKENS = 512;

/** A request of exactly `bytes` bytes in the words of the dialect, padded in the user's message. */
export function requestBody({ bytes, ...shape }: BodyShape): Buffer {
  const write = writers[shape.dialect];
  const empty = JSON.stringify(write(shape, ""));
  const room = bytes - empty.length;
  if (room < 0) {
    throw new Error(`Cannot build body: ${empty.length} bytes needed, ${bytes} allowed`);
  }
  const text = QUESTION.repeat(Math.ceil(room / QUESTION.length)).slice(0, room);
  return Buffer.from(JSON.stringify(write(shape, text)));
}

type Writer = (shape: Pick<BodyShape, "model" | "stream">, text: string) => object;

const writers: Readonly<Record<ClientDialect, Writer>> = {
  openai: ({ model, stream }, text) => ({
    model,
    messages: [
      { role: "system", content: SYSTEM },
      { role: "user", content: text },
    ],
    temperature: TEMPERATURE,
    max_tokens: MAX_TOKENS,
    user: "reader-42",
    stream,
    ...(stream ? { stream_options: { include_usage: true } } : {}),
  }),
  anthropic: ({ model, stream }, text) => ({
    model,
    system: SYSTEM,
    messages: [{ role: "user", content: text }],
    temperature: TEMPERATURE,
    max_tokens: MAX_TOKENS,
    metadata: { user_id: "reader-42" },
    stream,
  }),
  // Model and stream stand in the path.
  bedrock: (_, text) => ({
    system: [{ text: SYSTEM }],
    messages: [{ role: "user", content: [{ text }] }],
    inferenceConfig: { maxTokens: MAX_TOKENS, temperature: TEMPERATURE },
  }),
};

/** Where such a request is sent. */
export function requestPath({ dialect, model, stream }: Omit<BodyShape, "bytes">): string {
  switch (dialect) {
    case "openai":
      return "/v1/chat/completions";
    case "anthropic":
      return "/v1/messages";
    case "bedrock":
      return `/model/${model}/${stream ? "converse-stream" : "converse"}`;
  }
}

/** Header lines that a dialect's requests have, beside the credential. */
export const requestHeaders: Readonly<Record<ClientDialect, readonly string[]>> = {
  openai: [],
  anthropic: ["anthropic-version: 2023-06-01"],
  bedrock: [],
};

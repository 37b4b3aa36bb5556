export interface BodyShape {
  readonly model: string;
  readonly stream: boolean;
  readonly bytes: number;
}

const SYSTEM = "You are the assistant of a manga store. Answer briefly and name real titles.";
const QUESTION =
  "Which volumes of a series should somebody read who liked a quiet story about a shrine, " +
  "a checkpoint on an old road, and the people who pass it? ";

/** An OpenAI chat request of exactly `bytes` bytes, padded in the user's message. */
export function requestBody({ model, stream, bytes }: BodyShape): Buffer {
  const empty = chat({ model, stream }, "");
  const room = bytes - empty.length;
  if (room < 0) {
    throw new Error(`Cannot build body: ${empty.length} bytes needed, ${bytes} allowed`);
  }
  const text = QUESTION.repeat(Math.ceil(room / QUESTION.length)).slice(0, room);
  return Buffer.from(chat({ model, stream }, text));
}

function chat({ model, stream }: Omit<BodyShape, "bytes">, text: string): string {
  return JSON.stringify({
    model,
    messages: [
      { role: "system", content: SYSTEM },
      { role: "user", content: text },
    ],
    temperature: 0.7,
    max_tokens: 512,
    user: "reader-42",
    stream,
    ...(stream ? { stream_options: { include_usage: true } } : {}),
  });
}

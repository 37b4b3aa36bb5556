import { ClientH1 } from "@sekisho/lib/http/testing/client-h1.ts";
import { AnswerParser } from "@sekisho/lib/http/testing/answer-parser.ts";
import { usualText, type Asked, type Met } from "./ask.ts";

export interface RawRequest {
  /** Head and body as they go over the wire. */
  readonly bytes: Buffer;
  readonly headBytes: number;
}

/** The bytes of what a client asks, so that a test may harm them. The number names its session. */
export function rawRequest(asked: Asked, number: number): RawRequest {
  const { client, text = usualText, tool = false, ...rest } = asked;
  const { body } = client.request({ ...rest, text, tool, maxTokens: number });
  const bytes = Buffer.from(JSON.stringify(body));
  const head = rawHead(asked, number, bytes.length);
  return { bytes: Buffer.concat([head, bytes]), headBytes: head.length };
}

/** The head of a request whose body is said to be so long. */
export function rawHead(asked: Asked, number: number, length: number): Buffer {
  const { client, text = usualText, tool = false, ...rest } = asked;
  const { path, headers } = client.request({ ...rest, text, tool, maxTokens: number });
  const fields = {
    host: "localhost",
    ...headers,
    "x-sekisho-session": String(number),
    "content-type": "application/json",
    "content-length": String(length),
  };
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`POST ${path} HTTP/1.1\r\n${lines.join("")}\r\n`);
}

/** Sends these bytes on a connection of their own. */
export const dialRaw = (url: string, bytes: Buffer): ClientH1 =>
  new ClientH1(Number(new URL(url).port), bytes);

const metOf = ({ status, headers, body }: AnswerParser, number: number): Met => ({
  status,
  headers: new Headers([...headers]),
  body,
  number,
  headMs: 0,
});

/** The answer, once it is there to its last byte. Throws when it is cut. */
export async function wholeAnswer(client: ClientH1, number: number): Promise<Met> {
  const outcome = await client.outcome;
  if (outcome !== "whole") throw new Error("The connection ended before the answer was whole");
  return metOf(client.answer, number);
}

/** The answers to requests that were sent behind one another, as one parser reads them. */
export function answersIn(bytes: Buffer): Met[] {
  const answers: Met[] = [];
  let rest = bytes;
  while (rest.length > 0) {
    const parser = new AnswerParser();
    parser.push(rest);
    if (parser.state !== "whole") break;
    answers.push(metOf(parser, answers.length));
    rest = parser.behind;
  }
  return answers;
}

import { request as requestHttp, type IncomingMessage } from "node:http";
import { request as requestHttps } from "node:https";

const timeoutMs = 30_000;
const maxAnswerBytes = 64 * 1024 * 1024;

export interface HttpRequest {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

export interface HttpAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly headers: IncomingMessage["headers"];
  readonly text: string;
}

/** One request on a connection of its own. Rejects when no complete answer comes within 30 s. */
export function sendRequest({ method, url, headers, body }: HttpRequest): Promise<HttpAnswer> {
  const send = url.protocol === "https:" ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    // No agent: a kept-alive socket would keep the command from ending.
    const request = send(url, { method, headers, agent: false, timeout: timeoutMs });
    request.on("timeout", () => request.destroy(new Error(`no answer within ${timeoutMs} ms`)));
    request.on("error", reject);
    request.on("response", (answer) => {
      answer.on("error", reject);
      collect(answer, resolve);
    });
    request.end(body ?? undefined);
  });
}

/**
 * The same for a body of any length, which `take` gets piece by piece. Rejects also when it is cut
 * off. An answer that is no success is collected and returned.
 */
export function receiveLines(
  { method, url, headers, body }: HttpRequest,
  take: (text: string) => Promise<void>,
): Promise<HttpAnswer | null> {
  const send = url.protocol === "https:" ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const request = send(url, { method, headers, agent: false, timeout: timeoutMs });
    request.on("timeout", () => request.destroy(new Error(`no answer within ${timeoutMs} ms`)));
    request.on("error", reject);
    request.on("response", (answer) => {
      const { statusCode: status = 0 } = answer;
      if (status >= 200 && status < 300) {
        drain(answer, take).then(() => resolve(null), reject);
      } else {
        answer.on("error", reject);
        collect(answer, resolve);
      }
    });
    request.end(body ?? undefined);
  });
}

async function drain(
  answer: IncomingMessage,
  take: (text: string) => Promise<void>,
): Promise<void> {
  answer.setEncoding("utf8");
  for await (const text of answer) await take(String(text));
}

const collect = (answer: IncomingMessage, resolve: (answer: HttpAnswer) => void): void => {
  const chunks: Buffer[] = [];
  let bytes = 0;
  answer.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    chunks.push(chunk);
    if (bytes > maxAnswerBytes) {
      answer.destroy(new Error(`the answer is larger than ${maxAnswerBytes} bytes`));
    }
  });
  answer.on("end", () => {
    const { statusCode: status = 0, headers } = answer;
    const contentType = headers["content-type"] ?? "";
    resolve({ status, contentType, headers, text: Buffer.concat(chunks).toString("utf8") });
  });
};

import Anthropic from "@anthropic-ai/sdk";
import OpenAI from "openai";
import { SekishoClient } from "sekisho/client";

/** Where a request is sent, by whom, and under which name. */
export interface OnceAsk {
  readonly url: string;
  readonly token: string;
  readonly name: string;
  readonly text: string;
  /** Of the SDK, until it sends the request again by itself. */
  readonly timeoutMs?: number;
}

/** What a client was given: as its SDK tells it, and as it came over the wire. */
export interface Given {
  readonly said: unknown;
  /** Null of a session, which has frames of its own. */
  readonly bytes: string | null;
  /** Null: the client is not told. */
  readonly isReplayed: boolean | null;
}

/** A client and one of its ways to ask. Rejects with the SDK's own error. */
export interface OnceWay {
  readonly name: string;
  ask(ask: OnceAsk): Promise<Given>;
}

const model = "sole";
const messages = (content: string) => [{ role: "user" as const, content }];

/** The last answer as it came: an SDK may have asked several times for it. */
class Wire {
  #last: Promise<Pick<Given, "bytes" | "isReplayed">> | null = null;

  readonly fetch = async (url: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const answer = await fetch(url, init);
    const isReplayed = answer.headers.get("x-sekisho-replayed") === "true";
    this.#last = answer
      .clone()
      .text()
      .then((bytes) => ({ bytes, isReplayed }));
    // Whoever reads the answer itself is told.
    this.#last.catch(() => {});
    return answer;
  };

  async given(said: unknown): Promise<Given> {
    if (this.#last === null) throw new Error("Nothing was asked");
    return { said, ...(await this.#last) };
  }
}

const options = ({ name, timeoutMs }: OnceAsk) => ({
  headers: { "idempotency-key": name },
  maxRetries: 3,
  ...(timeoutMs === undefined ? {} : { timeout: timeoutMs }),
});

const openai = (
  name: string,
  act: (client: OpenAI, ask: OnceAsk) => Promise<unknown>,
): OnceWay => ({
  name: `openai ${name}`,
  async ask(ask) {
    const wire = new Wire();
    const { fetch } = wire;
    const client = new OpenAI({ apiKey: ask.token, baseURL: `${ask.url}/v1`, fetch });
    return wire.given(await act(client, ask));
  },
});

const anthropic = (
  name: string,
  act: (client: Anthropic, ask: OnceAsk) => Promise<unknown>,
): OnceWay => ({
  name: `anthropic ${name}`,
  async ask(ask) {
    const wire = new Wire();
    const { fetch } = wire;
    const client = new Anthropic({ apiKey: ask.token, baseURL: ask.url, fetch });
    return wire.given(await act(client, ask));
  },
});

async function all<T>(stream: AsyncIterable<T>): Promise<readonly T[]> {
  const events: T[] = [];
  for await (const event of stream) events.push(event);
  return events;
}

/** An answer has its own request's id beside it. */
const own = (answer: object): object => ({ ...answer, _request_id: null });

const session: OnceWay = {
  name: "client library",
  async ask({ url, token, name, text }) {
    const client = new SekishoClient({ url, token });
    try {
      const request = { model, messages: messages(text) };
      const answer = client.start(request, { idempotencyKey: name });
      const events = await all(answer);
      const said = events.map((event) => ("text" in event ? event.text : event.type)).join("");
      return { said, bytes: null, isReplayed: null };
    } finally {
      client.close();
    }
  },
};

/** The official SDKs, unchanged, and our own client. */
export const onceWays: readonly OnceWay[] = [
  openai("chat", async (client, ask) =>
    own(
      await client.chat.completions.create({ model, messages: messages(ask.text) }, options(ask)),
    ),
  ),
  openai("chat stream", async (client, ask) => {
    const request = { model, messages: messages(ask.text), stream: true } as const;
    return all(await client.chat.completions.create(request, options(ask)));
  }),
  openai("responses", async (client, ask) =>
    own(await client.responses.create({ model, input: ask.text, store: false }, options(ask))),
  ),
  openai("responses stream", async (client, ask) => {
    const request = { model, input: ask.text, store: false, stream: true } as const;
    return all(await client.responses.create(request, options(ask)));
  }),
  anthropic("messages", async (client, ask) => {
    const request = { model, messages: messages(ask.text), max_tokens: 500 };
    return own(await client.messages.create(request, options(ask)));
  }),
  anthropic("messages stream", async (client, ask) => {
    const request = { model, messages: messages(ask.text), max_tokens: 500, stream: true } as const;
    return all(await client.messages.create(request, options(ask)));
  }),
  session,
];

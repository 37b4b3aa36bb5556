import type { FaultClient, Told } from "./clients/fault-client.ts";
import { modelNames } from "./fault-config.ts";
import type { FaultStage } from "./fault-stage.ts";

/** An answer of the gateway, read to its end. */
export interface Met {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Buffer;
  /** By this number the provider's journal knows the call. */
  readonly number: number;
  /** When its head came, in milliseconds since it was asked. */
  readonly headMs: number;
}

/** Where something is asked. */
export type Place = Pick<FaultStage, "gateway" | "nextNumber">;

/** What a client asks of a stage's model. */
export interface Asked {
  readonly client: FaultClient;
  readonly model: string;
  readonly stream: boolean;
  /** In place of the usual one. */
  readonly text?: string;
  /** The model is told to call a tool. */
  readonly tool?: boolean;
}

/** What is asked unless a test asks something else. */
export const usualText = "Go on and on";

/** Asks once and reads all of the answer. */
export async function ask(place: Place, asked: Asked): Promise<Met> {
  const { client, text = usualText, tool = false, ...rest } = asked;
  const number = place.nextNumber();
  const { path, headers, body } = client.request({ ...rest, text, tool, maxTokens: number });
  const startedMs = performance.now();
  const response = await fetch(place.gateway.url + path, {
    method: "POST",
    headers: { ...headers, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const headMs = performance.now() - startedMs;
  const { status, headers: fields } = response;
  return {
    status,
    headers: fields,
    body: Buffer.from(await response.arrayBuffer()),
    number,
    headMs,
  };
}

/** What a client makes of a 200. */
export const tell = ({ client, stream }: Asked, { body }: Met): Told =>
  stream ? client.readStream(body) : client.readAnswer(body);

/** The texts that faultless targets of a stage answer with: fetched once for each client. */
export class FaultlessTexts {
  readonly #stage: FaultStage;
  readonly #known = new Map<string, Promise<string>>();

  constructor(stage: FaultStage) {
    this.#stage = stage;
  }

  /** Of the faulty target, were it well. */
  near(client: FaultClient, tokens: number): Promise<string> {
    return this.#of(client, modelNames.well(tokens));
  }

  far(client: FaultClient): Promise<string> {
    return this.#of(client, modelNames.far);
  }

  #of(client: FaultClient, model: string): Promise<string> {
    const key = `${client.surface} ${model}`;
    const known = this.#known.get(key) ?? this.#ask(client, model);
    this.#known.set(key, known);
    return known;
  }

  async #ask(client: FaultClient, model: string): Promise<string> {
    const asked = { client, model, stream: false };
    const met = await ask(this.#stage, asked);
    if (met.status !== 200) throw new Error(`No faultless answer: ${met.body.toString()}`);
    return tell(asked, met).text;
  }
}

import assert from "node:assert/strict";
import { SekishoClient } from "sekisho/client";
import type { GatewayUnderTest } from "../../harness/gateway-under-test.ts";
import { FaultProxy } from "../../harness/proxy/fault-proxy.ts";
import type { LinkFault } from "../../harness/proxy/link-fault.ts";
import { SseReader, type SseFrame } from "../../harness/sse-reader.ts";
import { until } from "../../harness/until.ts";

/** Streams of one session, at most 16. */
const streamsOfSession = 10;

/** What a connection meets that stands: late, uneven, in slices that no event keeps to. */
const weather: LinkFault = {
  toServer: { latencyMs: 2, jitterMs: 4 },
  toClient: { latencyMs: 2, jitterMs: 4, sliceBytes: 700 },
};

/** The client is told that nothing follows, while its own words still reach the gateway. */
const halfClosing: LinkFault = {
  ...weather,
  toClient: { ...weather.toClient, stop: { afterBytes: 2_500, by: "end" } },
};

/** How connections end, one after the other, and what those meet that follow on them. */
const cuts: readonly ((proxy: FaultProxy) => void)[] = [
  (proxy) => proxy.resetAll(),
  (proxy) => {
    proxy.fault = halfClosing;
    proxy.endAll();
  },
  // Those that stand end by themselves.
  (proxy) => void (proxy.fault = weather),
];

export interface Reconnections {
  readonly streams: number;
  readonly reconnections: number;
}

/** Each lasts longer than three cuts and all the dialling take where other programs run as well. */
const ask = (n: number, streams: number) => ({
  model: "sole",
  max_tokens: 1_000,
  messages: [{ role: "user", content: `Go on, ${n} [[sim: ${paceOf(streams)}]]` }],
});

const paceOf = (streams: number): string =>
  streams <= 50 ? "tokens=90 tps=30" : "tokens=960 tps=6";

/** Of each of six waits, most of which take a second: a stream that has ended goes on no more. */
const patienceMs = 120_000;

/**
 * Reads so many streams, half of them over sessions, the others over server-sent events and
 * OpenAI's Responses, through a wire whose connections are reset, ended and half closed in their
 * midst, and compares each of them with what the gateway has: nothing lost, nothing twice.
 */
export async function readThroughCuts(
  gateway: GatewayUnderTest,
  streams: number,
): Promise<Reconnections> {
  await using proxy = await FaultProxy.start({ to: gateway.url, fault: weather });
  const half = Math.floor(streams / 2);
  const quarter = Math.floor((streams - half) / 2);
  const all = [
    overSessions(gateway, proxy.url, half),
    overEvents(gateway, eventsAt(proxy.url), streams - half - quarter, streams),
    overEvents(gateway, responsesAt(proxy.url), quarter, streams),
  ];
  const marks = (): number[] => all.flatMap((each) => each.marks());
  for (const cut of cuts) {
    await until(
      "the streams run",
      () => (marks().every((mark) => mark > 0) ? true : null),
      patienceMs,
    );
    const before = marks();
    // Each stream has gone on since the cut before.
    const goesOn = (): boolean => marks().every((mark, at) => mark > (before[at] ?? 0));
    await until("each stream goes on", () => (goesOn() ? true : null), patienceMs);
    cut(proxy);
  }
  await Promise.all(all.map((each) => each.ended()));
  for (const each of all) {
    for (const [response, said] of each.said()) {
      assert.equal(said, await each.whole(response), response);
    }
    each.close();
  }
  return { streams, reconnections: all.reduce((sum, each) => sum + each.dials(), 0) };
}

/** Readers of one kind, and what they have read. */
interface Readers {
  marks(): number[];
  ended(): Promise<unknown>;
  said(): (readonly [string, string])[];
  /** What stays readable of a response, in the words of its reader. */
  whole(response: string): Promise<string>;
  dials(): number;
  close(): void;
}

function overSessions(gateway: GatewayUnderTest, url: string, count: number): Readers {
  let dials = 0;
  const clients: SekishoClient[] = [];
  const answers = Array.from({ length: count }, (_, n) => {
    if (n % streamsOfSession === 0) {
      const client = new SekishoClient({ url, token: gateway.key });
      client.onStateChange(() => (dials += client.state === "open" ? 1 : 0));
      clients.push(client);
    }
    return clients.at(-1)?.start(ask(n, count)) ?? assert.fail("no client");
  });
  return {
    marks: () => answers.map(({ text }) => text.length),
    ended: () => Promise.all(answers.map(({ ended }) => ended)),
    said: () => answers.map(({ response, text }) => [response ?? "", text] as const),
    async whole(response) {
      const client = new SekishoClient({ url: gateway.url, token: gateway.key });
      const answer = client.resume(response);
      await answer.ended;
      client.close();
      return answer.text;
    },
    dials: () => dials - clients.length,
    close: () => clients.forEach((client) => client.close()),
  };
}

/** How streams of events are asked for, and gone on from. */
interface EventWords {
  readonly url: string;
  readonly path: string;
  body(text: object): object;
  /** Of the answer's head. */
  id(stream: string): string;
  place(frame: SseFrame): string;
  /** Where the rest is, behind a place; all of it behind none. */
  rest(id: string, place: string): { readonly path: string; readonly headers: Headers };
}

type Headers = Readonly<Record<string, string>>;

const eventsAt = (url: string): EventWords => ({
  url,
  path: "/v1/chat/completions",
  body: (text) => ({ ...text, stream: true }),
  id: (stream) => stream,
  place: ({ id }) => id ?? assert.fail("an event has no place"),
  rest: (id, place) => ({
    path: `/v1/streams/${id}`,
    headers: place === "" ? {} : { "last-event-id": place },
  }),
});

const responsesAt = (url: string): EventWords => ({
  url,
  path: "/v1/responses",
  body: ({ messages, max_tokens: most, ...text }: Record<string, unknown>) => ({
    ...text,
    input: messages,
    max_output_tokens: most,
    stream: true,
    background: true,
  }),
  id: (stream) => `resp_${stream.slice("rsp_".length)}`,
  // As OpenAI numbers them.
  place: ({ data }) => String((JSON.parse(data) as { sequence_number: number }).sequence_number),
  rest: (id, place) => ({
    path: `/v1/responses/${id}?stream=true${place === "" ? "" : `&starting_after=${place}`}`,
    headers: {},
  }),
});

interface ReadEvents {
  id: string;
  place: string;
  readonly data: string[];
}

function overEvents(
  gateway: GatewayUnderTest,
  words: EventWords,
  count: number,
  streams: number,
): Readers {
  const headers = {
    authorization: `Bearer ${gateway.key}`,
    "content-type": "application/json",
    "x-sekisho-resumable": "true",
  };
  let dials = 0;
  const all = Array.from({ length: count }, (): ReadEvents => ({ id: "", place: "", data: [] }));
  const goOn = (url: string, { id, place }: Pick<ReadEvents, "id" | "place">) => {
    const rest = words.rest(id, place);
    return fetch(`${url}${rest.path}`, { headers: { ...headers, ...rest.headers } });
  };
  const read = async (stream: ReadEvents, n: number): Promise<void> => {
    const body = JSON.stringify(words.body(ask(n, streams)));
    const begun = await fetch(`${words.url}${words.path}`, { method: "POST", headers, body });
    stream.id = words.id(begun.headers.get("x-sekisho-stream") ?? assert.fail(`${begun.status}`));
    for (let answer: Response | null = begun; ;) {
      if (answer?.status === 204) return;
      if (answer?.status === 200 && (await copy(answer, stream, words))) return;
      dials += 1;
      answer = await goOn(words.url, stream).catch(() => null);
    }
  };
  const ended = Promise.all(all.map(read));
  return {
    marks: () => all.map(({ data }) => data.length),
    ended: () => ended,
    said: () => all.map(({ id, data }) => [id, data.join("\n")] as const),
    async whole(id) {
      const answer = await goOn(gateway.url, { id, place: "" });
      return (await new SseReader(answer).rest()).map(({ data }) => data).join("\n");
    },
    dials: () => dials,
    close() {},
  };
}

/** True when the answer has ended, false when its connection was cut. */
async function copy(answer: Response, stream: ReadEvents, words: EventWords): Promise<boolean> {
  const reader = new SseReader(answer);
  try {
    for (let frame = await reader.next(); frame !== null; frame = await reader.next()) {
      stream.data.push(frame.data);
      stream.place = words.place(frame);
    }
    return true;
  } catch {
    return false;
  }
}

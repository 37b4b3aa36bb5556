import assert from "node:assert/strict";
import { SekishoClient } from "sekisho/client";
import { CutProxy } from "../../harness/cut-proxy.ts";
import type { GatewayUnderTest } from "../../harness/gateway-under-test.ts";
import { SseReader } from "../../harness/sse-reader.ts";
import { until } from "../../harness/until.ts";

/** Streams of one session, at most 16. */
const streamsOfSession = 10;
const cuts = 3;

export interface Reconnections {
  readonly streams: number;
  readonly reconnections: number;
}

/** As long as three cuts and all the dialling take. */
const ask = (n: number, streams: number) => ({
  model: "sole",
  max_tokens: 1_000,
  messages: [{ role: "user", content: `Go on, ${n} [[sim: ${paceOf(streams)}]]` }],
});

const paceOf = (streams: number): string =>
  streams <= 50 ? "tokens=90 tps=30" : "tokens=360 tps=6";

const patienceMs = 60_000;

/**
 * Reads so many streams, half of them over sessions and half over server-sent events, through a
 * wire that is cut three times in their midst, and compares each of them with what the gateway has:
 * nothing lost, nothing twice.
 */
export async function readThroughCuts(
  gateway: GatewayUnderTest,
  streams: number,
): Promise<Reconnections> {
  await using proxy = await CutProxy.start(gateway.url);
  const half = Math.floor(streams / 2);
  const sessions = overSessions(gateway, proxy.url, half);
  const events = overEvents(gateway, proxy.url, streams - half);
  for (let n = 0; n < cuts; n += 1) {
    await until(
      "the streams run",
      () => (sessions.running() && events.running() ? true : null),
      patienceMs,
    );
    const before = [sessions.marks(), events.marks()];
    // Each stream has gone on since the cut before.
    await until(
      "each stream goes on",
      () =>
        [sessions.marks(), events.marks()]
          .flat()
          .every((mark, at) => mark > (before.flat()[at] ?? 0))
          ? true
          : null,
      patienceMs,
    );
    proxy.cut();
  }
  await Promise.all([sessions.ended(), events.ended()]);
  for (const [response, said] of [...sessions.said(), ...events.said()]) {
    assert.equal(said, await wholeOf(gateway, response), response);
  }
  sessions.close();
  return { streams, reconnections: sessions.dials() + events.dials() };
}

/** What stays readable of a response, in the words of its reader. */
async function wholeOf(gateway: GatewayUnderTest, response: string): Promise<string> {
  const answer = await fetch(`${gateway.url}/v1/streams/${response}`, {
    headers: { authorization: `Bearer ${gateway.key}` },
  });
  if (answer.status === 200) {
    return (await new SseReader(answer).rest()).map(({ data }) => data).join("\n");
  }
  await answer.body?.cancel();
  const client = new SekishoClient({ url: gateway.url, token: gateway.key });
  const whole = client.resume(response);
  await whole.ended;
  client.close();
  return whole.text;
}

function overSessions(gateway: GatewayUnderTest, url: string, count: number) {
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
    running: () => answers.every(({ text }) => text !== ""),
    marks: () => answers.map(({ text }) => text.length),
    ended: () => Promise.all(answers.map(({ ended }) => ended)),
    said: () => answers.map(({ response, text }) => [response ?? "", text] as const),
    dials: () => dials - clients.length,
    close: () => clients.forEach((client) => client.close()),
  };
}

function overEvents(gateway: GatewayUnderTest, url: string, count: number) {
  const headers = {
    authorization: `Bearer ${gateway.key}`,
    "content-type": "application/json",
    "x-sekisho-resumable": "true",
  };
  let dials = 0;
  const streams = Array.from({ length: count }, () => ({
    id: "",
    place: "",
    data: [] as string[],
  }));
  const read = async (stream: (typeof streams)[number], n: number): Promise<void> => {
    const body = JSON.stringify({ ...ask(n, count), stream: true });
    const begun = await fetch(`${url}/v1/chat/completions`, { method: "POST", headers, body });
    stream.id = begun.headers.get("x-sekisho-stream") ?? assert.fail(`status ${begun.status}`);
    for (let answer: Response | null = begun; ;) {
      if (answer?.status === 204) return;
      if (answer?.status === 200 && (await copy(answer, stream))) return;
      dials += 1;
      const more = {
        ...headers,
        ...(stream.place === "" ? {} : { "last-event-id": stream.place }),
      };
      answer = await fetch(`${url}/v1/streams/${stream.id}`, { headers: more }).catch(() => null);
    }
  };
  const all = Promise.all(streams.map(read));
  return {
    running: () => streams.every(({ data }) => data.length > 0),
    marks: () => streams.map(({ data }) => data.length),
    ended: () => all,
    said: () => streams.map(({ id, data }) => [id, data.join("\n")] as const),
    dials: () => dials,
  };
}

/** True when the answer has ended, false when its connection was cut. */
async function copy(
  answer: Response,
  stream: { place: string; readonly data: string[] },
): Promise<boolean> {
  const reader = new SseReader(answer);
  try {
    for (let frame = await reader.next(); frame !== null; frame = await reader.next()) {
      stream.place = frame.id ?? assert.fail("an event has no place");
      stream.data.push(frame.data);
    }
    return true;
  } catch {
    return false;
  }
}

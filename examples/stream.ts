import { createGateway } from "sekisho";

await using gateway = await createGateway({ data: ":memory:" });

const stream = gateway.stream({
  messages: [
    { role: "user", content: "Which manga is short?" },
    { role: "assistant", content: "Yotsuba&! has short chapters." },
    { role: "user", content: "And which is long?" },
  ],
  model: "quality",
  tenantId: "demo",
  agentId: "librarian",
  sessionId: "visit-7",
  signal: AbortSignal.timeout(20_000),
});

for await (const chunk of stream) process.stdout.write(chunk.text);

const { tokens, timeToFirstTokenMs } = await stream.result;
console.log(`\n${tokens.output} tokens, the first after ${timeToFirstTokenMs} ms`);

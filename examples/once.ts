import { createGateway } from "sekisho";

await using gateway = await createGateway({ data: ":memory:" });

// The name of what is to happen once, however often it is tried: an order, a job, a message.
const request = {
  prompt: "Write one sentence about order 1042.",
  model: "fast",
  tenantId: "demo",
  agentId: "shop",
  idempotencyKey: "order-1042-sentence",
};

const first = await gateway.complete(request);
const again = await gateway.complete(request);

const isSame = again.content === first.content && again.firstRequestId === first.requestId;
console.log(`one answer, asked for twice: ${isSame}`);
console.log(`first: ${first.costUsd} USD`);
console.log(`again: ${again.costUsd} USD`);

import { createGateway } from "sekisho";

// Without a configuration: simulated models, the tenant "demo". Nothing is kept.
await using gateway = await createGateway({ data: ":memory:" });

const answer = await gateway.complete({
  system: "You are a librarian.",
  prompt: "Which manga is short?",
  model: "fast",
  tenantId: "demo",
  agentId: "librarian",
  maxTokens: 64,
});

console.log(answer.content);
console.log(`${answer.model} at ${answer.provider} in ${answer.region}: ${answer.stopReason}`);
console.log(`${answer.tokens.input} + ${answer.tokens.output} tokens, ${answer.costUsd} USD`);

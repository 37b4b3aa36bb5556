import { createGateway } from "sekisho";

await using gateway = await createGateway({ data: ":memory:" });

for (const agentId of ["writer", "reader", "reader"]) {
  await gateway.complete({ prompt: "Hello", model: "haiku", tenantId: "demo", agentId });
}

const day = await gateway.usage({ tenantId: "demo", agentId: "reader", range: "24h" });
console.log(`reader: ${day.totalRequests} requests, ${day.averageCostUsd} USD each`);

const { totalRequests, totalTokens, totalCostUsd } = gateway.stats();
console.log(`process: ${totalRequests} requests, ${totalTokens.total} tokens, ${totalCostUsd} USD`);

const { status, providers } = gateway.health();
for (const [name, { available, circuitBreakerState }] of Object.entries(providers)) {
  console.log(`${name}: ${available ? "available" : "not available"}, ${circuitBreakerState}`);
}
console.log(`status: ${status}`);

import { createGateway, SekishoError } from "sekisho";

// A millionth of a USD a day: less than any answer costs.
await using gateway = await createGateway({
  data: ":memory:",
  tenants: { shop: { budgets: [{ scope: "key", window: "day", usd: 0.000001 }] } },
});

try {
  await gateway.complete({
    prompt: "Describe every manga.",
    model: "quality",
    tenantId: "shop",
    agentId: "writer",
  });
} catch (error) {
  if (!(error instanceof SekishoError)) throw error;
  console.log(`${error.code}: ${error.message}`);
  console.log(`limit ${error.limit}, used ${error.used} nano-USD, retryable: ${error.retryable}`);
}

import { createGateway } from "sekisho";

// Nothing is sent: prices are those of the book and of the configuration.
await using gateway = await createGateway({ data: ":memory:" });
const { cost } = gateway;

const tokens = { input: 100, output: 50 };
for (const { model, costUsd } of cost.compare(["gpt-4", "sonnet", "haiku"], tokens)) {
  console.log(`${model}: ${costUsd} USD a request`);
}

const { dayUsd, totalUsd } = cost.monthly({ model: "gpt-4", requestsPerDay: 1_000, ...tokens });
console.log(
  `gpt-4, 1,000 requests a day: ${dayUsd.toFixed(2)} USD, ${totalUsd.toFixed(2)} in 30 days`,
);

import type { ModelPages } from "../dialect.ts";

const modelObject = (id: string): object => ({
  name: `models/${id}`,
  baseModelId: id,
  version: "001",
  displayName: id,
  supportedGenerationMethods: ["generateContent", "countTokens"],
});

/** Bodies of `GET /v1beta/models` and `GET /v1beta/models/{id}`. */
export const geminiModels: ModelPages = {
  list: (names) =>
    JSON.stringify({ models: names.filter((name) => name.startsWith("gemini-")).map(modelObject) }),
  card: (name) => JSON.stringify(modelObject(name)),
};

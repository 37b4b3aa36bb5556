import type { ModelPages } from "../dialect.ts";

const listedSince = 1_767_225_600;

const modelObject = (id: string): object => ({
  id,
  object: "model",
  created: listedSince,
  owned_by: "simulator",
});

/** Bodies of `GET /v1/models` and `GET /v1/models/{id}`. */
export const openaiModels: ModelPages = {
  list: (names) => JSON.stringify({ object: "list", data: names.map(modelObject) }),
  card: (name) => JSON.stringify(modelObject(name)),
};

import type { ModelPages } from "../dialect.ts";

const listedSince = "2026-01-01T00:00:00Z";

const modelObject = (id: string): object => ({
  type: "model",
  id,
  display_name: id,
  created_at: listedSince,
});

/** Bodies of `GET /v1/models` and `GET /v1/models/{id}` for who names an API version. */
export const anthropicModels: ModelPages = {
  list: (names) => {
    const own = names.filter((name) => name.startsWith("claude-"));
    return JSON.stringify({
      data: own.map(modelObject),
      has_more: false,
      first_id: own[0] ?? null,
      last_id: own.at(-1) ?? null,
    });
  },
  card: (name) => JSON.stringify(modelObject(name)),
};

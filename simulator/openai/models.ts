const listedSince = 1_767_225_600;

const modelObject = (id: string): object => ({
  id,
  object: "model",
  created: listedSince,
  owned_by: "simulator",
});

/** The body of `GET /v1/models`. */
export const modelList = (names: readonly string[]): string =>
  JSON.stringify({ object: "list", data: names.map(modelObject) });

/** The body of `GET /v1/models/{id}`. */
export const modelCard = (name: string): string => JSON.stringify(modelObject(name));

import { rfc3339 } from "../framing/rfc3339.ts";

/** A model as clients may name it. */
export interface ListedModel {
  readonly id: string;
  readonly createdMs: number;
}

const modelObject = ({ id, createdMs }: ListedModel): object => ({
  type: "model",
  id,
  display_name: id,
  created_at: rfc3339(createdMs),
  lifecycle: "active",
  deprecated_at: null,
  retires_at: null,
  line: null,
  max_input_tokens: null,
  max_tokens: null,
  capabilities: null,
});

/** The body of `GET /v1/models/{id}` for a client that names an API version of this dialect. */
export const encodeModel = (model: ListedModel): string => JSON.stringify(modelObject(model));

/** The body of `GET /v1/models`: one page, whatever page was asked for. */
export const encodeModelList = (models: readonly ListedModel[]): string =>
  JSON.stringify({
    data: models.map(modelObject),
    has_more: false,
    first_id: models[0]?.id ?? null,
    last_id: models.at(-1)?.id ?? null,
  });

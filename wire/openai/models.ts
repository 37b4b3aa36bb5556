/** A model as clients may name it. */
export interface ListedModel {
  readonly id: string;
  readonly createdMs: number;
  readonly ownedBy: string;
}

const modelObject = ({ id, createdMs, ownedBy }: ListedModel): object => ({
  id,
  object: "model",
  created: Math.floor(createdMs / 1000),
  owned_by: ownedBy,
});

/** The body of `GET /v1/models/{id}`. */
export const encodeModel = (model: ListedModel): string => JSON.stringify(modelObject(model));

/** The body of `GET /v1/models`. It has no pages. */
export const encodeModelList = (models: readonly ListedModel[]): string =>
  JSON.stringify({ object: "list", data: models.map(modelObject) });

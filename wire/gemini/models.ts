/** A model as clients may name it. */
export interface NamedModel {
  readonly id: string;
}

const modelObject = ({ id }: NamedModel): object => ({
  name: `models/${id}`,
  baseModelId: id,
  version: "1",
  displayName: id,
  supportedGenerationMethods: ["generateContent", "streamGenerateContent", "countTokens"],
});

/** The body of `GET /v1beta/models/{model}`. */
export const encodeModel = (model: NamedModel): string => JSON.stringify(modelObject(model));

/** The body of `GET /v1beta/models`. All stand on one page. */
export const encodeModelList = (models: readonly NamedModel[]): string =>
  JSON.stringify({ models: models.map(modelObject) });

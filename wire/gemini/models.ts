import type { ListedModel } from "../canonical/model-details.ts";

type NamedModel = Pick<ListedModel, "id" | "details">;

/** What is not known is left out: Google's clients have no other word for it. */
const modelObject = ({ id, details }: NamedModel): object => ({
  name: `models/${id}`,
  baseModelId: id,
  version: "1",
  displayName: id,
  inputTokenLimit: details.contextWindow ?? undefined,
  outputTokenLimit: details.maxOutputTokens ?? undefined,
  supportedGenerationMethods: ["generateContent", "streamGenerateContent", "countTokens"],
  thinking: details.capabilities.reasoning ?? undefined,
});

/** The body of `GET /v1beta/models/{model}`. */
export const encodeModel = (model: NamedModel): string => JSON.stringify(modelObject(model));

/** The body of `GET /v1beta/models`. All stand on one page. */
export const encodeModelList = (models: readonly NamedModel[]): string =>
  JSON.stringify({ models: models.map(modelObject) });

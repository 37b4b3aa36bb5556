import type { ListedModel } from "../canonical/model-details.ts";
import { rfc3339 } from "../framing/rfc3339.ts";
import { ok, refuse, type Parsed, type Refusal } from "../result.ts";

type Listed = Pick<ListedModel, "id" | "createdMs" | "details">;

/** Its object of capabilities asks for more than is known of any model: there is none. */
const modelObject = ({ id, createdMs, details }: Listed): object => ({
  type: "model",
  id,
  display_name: id,
  created_at: rfc3339(createdMs),
  lifecycle: "active",
  deprecated_at: null,
  retires_at: null,
  line: null,
  max_input_tokens: details.contextWindow,
  max_tokens: details.maxOutputTokens,
  capabilities: null,
});

/** The body of `GET /v1/models/{id}` for a client that names an API version of this dialect. */
export const encodeModel = (model: Listed): string => JSON.stringify(modelObject(model));

/** Which models of the list a client asks for. */
export interface ModelPage {
  readonly limit: number;
  /** The page begins behind this one, or ends before that one; at most one of them is given. */
  readonly afterId: string | null;
  readonly beforeId: string | null;
}

const usualLimit = 20;
const maxLimit = 1000;

const refusePage = (param: string, why: string): Refusal<"invalid_value"> =>
  refuse("invalid_value", param, `Cannot list models: ${param} ${why}`);

/** Reads a query, the raw text behind "?". What else stands there changes nothing. */
export function readModelPage(query: string): Parsed<ModelPage, "invalid_value"> {
  const params = new URLSearchParams(query);
  const said = params.get("limit");
  const limit = said === null ? usualLimit : /^\d{1,4}$/.test(said) ? Number(said) : NaN;
  if (!(limit >= 1 && limit <= maxLimit)) {
    return refusePage("limit", `is not a whole number from 1 to ${maxLimit}`);
  }
  const afterId = params.get("after_id");
  const beforeId = params.get("before_id");
  if (afterId !== null && beforeId !== null) {
    return refusePage("before_id", "stands beside after_id, one of them expected");
  }
  return ok({ limit, afterId, beforeId });
}

/** The body of `GET /v1/models`: one page. Refuses a page beside a model that is not listed. */
export function encodeModelList(
  models: readonly Listed[],
  { limit, afterId, beforeId }: ModelPage,
): Parsed<string, "invalid_value"> {
  const cursor = afterId ?? beforeId;
  const at = models.findIndex(({ id }) => id === cursor);
  if (cursor !== null && at === -1) {
    return refusePage(afterId === null ? "before_id" : "after_id", "names no model of the list");
  }
  // Without a cursor `at` is -1, and the page begins at 0.
  const start = beforeId === null ? at + 1 : Math.max(0, at - limit);
  const end = beforeId === null ? start + limit : at;
  const page = models.slice(start, end);
  return ok(
    JSON.stringify({
      data: page.map(modelObject),
      has_more: beforeId === null ? end < models.length : start > 0,
      first_id: page[0]?.id ?? null,
      last_id: page.at(-1)?.id ?? null,
    }),
  );
}

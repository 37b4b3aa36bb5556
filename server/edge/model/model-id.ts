import { Failure } from "@sekisho/lib/failure/failure.ts";
import { checkModelId } from "@sekisho/wire/bedrock/model-id.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";

/** The model that a path names; the router has decoded it. Throws Failure. */
export function modelIdOf(id: string): string {
  const checked = checkModelId(id);
  if (checked.ok) return checked.value;
  throw new Failure<Code>(checked.code, checked.message, { param: "modelId" });
}

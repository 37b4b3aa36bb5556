import { formatPath } from "../config-path.ts";
import type { Finding } from "../problem.ts";
import type { ConfigShape } from "../schema.ts";
import { unknownModel } from "../unknown-model.ts";

/**
 * Names in allow-lists that stand for nothing: a slip, or a model that has left or comes later,
 * which is why they are no faults.
 */
export const allowListWarnings = ({ models, tenants }: ConfigShape): Finding[] =>
  Object.entries(tenants).flatMap(([tenant, { keys }]) =>
    keys.flatMap((key, at) =>
      key.models.flatMap((name, position) => {
        const why = unknownModel(models, name);
        if (why === null) return [];
        const path = ["tenants", tenant, "keys", at, "models", position];
        return [{ path, sentence: `${formatPath(path)}: ${why}` }];
      }),
    ),
  );

import { formatPath } from "./config-path.ts";
import { type Origin, originOf } from "./config-source.ts";
import type { LoadedConfig } from "./resolve-config.ts";
import { leavesOf } from "./schema/schema-walk.ts";

/** One value of the configuration in force, for people. */
export interface ShownValue {
  readonly path: string;
  /** As JSON; secrets as fingerprints. */
  readonly value: string;
  readonly origin: Origin;
  /** The line of the file it stands in, for `origin: file`. */
  readonly line: number | null;
}

/** What `sekisho config show --origin` prints: every value, in the order of the schema. */
export const showConfig = ({ config, source }: LoadedConfig): ShownValue[] =>
  leavesOf(config).map(({ path, value }) => {
    const origin = originOf(source, path);
    return {
      path: formatPath(path),
      value: JSON.stringify(value) ?? "null",
      origin,
      line: origin === "file" ? source.lineOf(path) : null,
    };
  });

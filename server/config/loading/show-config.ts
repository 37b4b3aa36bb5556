import { formatPath } from "../config-path.ts";
import { type Origin, originOf, placeOf } from "../trees/config-source.ts";
import type { LoadedConfig } from "./resolve-config.ts";
import { leavesOf } from "../schema/schema-walk.ts";

/** One value of the configuration in force, for people. */
export interface ShownValue {
  readonly path: string;
  /** As JSON; secrets as fingerprints. */
  readonly value: string;
  readonly origin: Origin;
  /** Its line in the file or in the overlay, for these two origins. */
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
      line: isFiles(origin) ? (placeOf(source, path)?.line ?? null) : null,
    };
  });

const isFiles = (origin: Origin): boolean => origin === "file" || origin === "overlay";

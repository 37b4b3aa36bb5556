import { refuse, type Parsed } from "../result.ts";

/** Where a value comes from; of several the last in this order wins. */
export type ConfigOrigin = "default" | "file" | "overlay" | "environment" | "flag" | "admin";

export interface ConfigValueView {
  /** `models.fast.targets[0].model`, `models["mock.*"]`. */
  readonly path: string;
  /** A scalar, or an empty list or map. A secret is its fingerprint. */
  readonly value: unknown;
  readonly origin: ConfigOrigin;
  /** Its line in the file or in the overlay; null elsewhere. */
  readonly line: number | null;
}

/** `GET /admin/config`, and the answer to every change. */
export interface ConfigView {
  readonly file: string | null;
  /** The file that the environment lays over it; null when there is none. */
  readonly overlay: string | null;
  readonly values: readonly ConfigValueView[];
  /** Paths whose new value takes effect at the next start only. */
  readonly restart: readonly string[];
  /** What its owner should know: names of nothing in allow-lists, also of keys made at run time. */
  readonly warnings: readonly string[];
}

/** Body of `PUT /admin/config/{path}`. */
export type ConfigChangeBody =
  /** Replaces what stands at the path, with all that is below it. */
  | { readonly value: unknown }
  /** Takes a name out of the file's map, or gives a key its default back. */
  | { readonly remove: true };

const rule = 'expected {"value": …} or {"remove": true}';

export function parseConfigChange(body: unknown): Parsed<ConfigChangeBody, "invalid_value"> {
  if (typeof body === "object" && body !== null && Object.keys(body).length === 1) {
    if (Object.hasOwn(body, "value")) {
      return { ok: true, value: { value: Reflect.get(body, "value") } };
    }
    if (Object.hasOwn(body, "remove") && Reflect.get(body, "remove") === true) {
      return { ok: true, value: { remove: true } };
    }
  }
  return refuse("invalid_value", null, `Cannot read the body: ${rule}`);
}

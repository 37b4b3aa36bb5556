import assert from "node:assert/strict";
import type { Setting } from "../trees/config-source.ts";
import { parseConfig } from "./parse-config.ts";
import type { ConfigFile } from "../reading/source-file.ts";
import type { Outcome } from "../problem.ts";
import type { LoadedConfig } from "./resolve-config.ts";

/** The world around a file, for tests: nothing is read from the machine. */
export interface World {
  /** Of the file; `sekisho.yaml` unless said. */
  readonly name?: string;
  readonly variables?: Readonly<Record<string, string>>;
  readonly files?: Readonly<Record<string, string>>;
  readonly settings?: readonly Setting[];
  /** Texts of overlays, by environment. */
  readonly overlays?: Readonly<Record<string, string>>;
}

/** A disk of these files; everything else is ENOENT. */
export const diskOf =
  (files: Readonly<Record<string, string>>) =>
  (path: string): Uint8Array => {
    const text = Object.hasOwn(files, path) ? files[path] : undefined;
    if (text === undefined) throw Object.assign(new Error("no such file"), { code: "ENOENT" });
    return Buffer.from(text);
  };

export const sourcesOf = ({ variables = {}, files = {} }: World) => ({
  variables,
  readFile: diskOf(files),
});

export const parseText = (text: string, world: World = {}): Outcome<LoadedConfig> =>
  parseConfig(
    { name: world.name ?? "sekisho.yaml", bytes: Buffer.from(text) },
    {
      ...sourcesOf(world),
      settings: world.settings ?? [],
      findOverlay: (env) => ({ ok: true, value: overlayOf(world, env), warnings: [] }),
    },
  );

const overlayOf = ({ overlays = {} }: World, env: string): ConfigFile | null => {
  const text = overlays[env];
  return text === undefined ? null : { name: `sekisho.${env}.yaml`, bytes: Buffer.from(text) };
};

/** The configuration of a text that holds. */
export function loaded(text: string, world: World = {}): LoadedConfig {
  const outcome = parseText(text, world);
  assert.deepEqual(outcome.ok ? [] : outcome.problems, []);
  assert.ok(outcome.ok);
  return outcome.value;
}

/** The sentences of a text that does not hold, in order. */
export function sentences(text: string, world: World = {}): string[] {
  const outcome = parseText(text, world);
  return outcome.ok ? [] : outcome.problems.map(({ sentence }) => sentence);
}

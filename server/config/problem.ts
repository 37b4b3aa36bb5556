import type { ConfigPath } from "./config-path.ts";

/** What is wrong at a path. */
export interface Finding {
  readonly path: ConfigPath;
  /** Whole, and it begins with the path: "listen.port: 70000 is above the limit of 65535". */
  readonly sentence: string;
  /**
   * What else must be readable for it to be true, of an unknown key what it may be meant for;
   * without it, all that stands beside `path`.
   */
  readonly about?: readonly ConfigPath[];
}

/** One thing that is wrong with the configuration, or that its owner should know. */
export interface ConfigProblem {
  /** The key, or the environment variable or flag that set it; empty for the file as a whole. */
  readonly path: string;
  /** The file at fault; null when it is none: a variable, a flag, a change at run time. */
  readonly file: string | null;
  /** Where in the file, from 1; null when it does not stand there. */
  readonly line: number | null;
  /** Whole, `path` included, without file and line. */
  readonly sentence: string;
}

/** Every problem is collected: a file is never mended one error at a time. */
export type Outcome<T> =
  | { readonly ok: true; readonly value: T; readonly warnings: readonly ConfigProblem[] }
  | { readonly ok: false; readonly problems: readonly ConfigProblem[] };

/** One line per problem, with the place as editors and terminals understand it. */
export const describeProblems = (problems: readonly ConfigProblem[]): string =>
  problems
    .map(({ file, line, sentence }) =>
      file === null || line === null ? sentence : `${file}:${line}: ${sentence}`,
    )
    .join("\n");

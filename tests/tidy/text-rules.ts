import { matchBrackets } from "./brackets.ts";
import { functionsOf } from "./functions.ts";
import { lineAt } from "./mask.ts";
import { isOfPackage, isProduct, isTestCode, matchesAny, roomOf } from "./rooms.ts";
import type { SourceFile } from "./source-file.ts";

const at = (file: SourceFile, offset: number): string =>
  `${file.path}:${lineAt(file.text, offset)}`;

const scan = (file: SourceFile, pattern: RegExp, say: (word: string) => string): string[] =>
  [...file.code.matchAll(pattern)].map((match) => {
    const word = match.groups?.["word"] ?? match[0].trim();
    return `${at(file, match.index)}: ${say(word)}`;
  });

const emptyNames = /^(?:utils?|helpers?|common|misc|manager|service|types|index)$/;
const goodName = /^_?(?:\[[a-z-]+\]|[a-z0-9]+(?:-[a-z0-9]+)*)(?:\.[a-z0-9-]+)*\.[jt]sx?$/;

/** File names that say nothing, and names that are not kebab-case. */
export const badNames = (files: readonly SourceFile[]): string[] =>
  files.flatMap(({ path }) => {
    const name = path.slice(path.lastIndexOf("/") + 1);
    if (emptyNames.test(name.split(".", 1)[0] ?? "")) return [`${path}: the name says nothing`];
    return goodName.test(name) ? [] : [`${path}: the name is not kebab-case`];
  });

/** `any` as a type. */
export const looseAny = (files: readonly SourceFile[]): string[] =>
  files.flatMap((file) =>
    scan(
      file,
      /(?<=[:<|&,=(]\s*|\b(?:as|extends|keyof)\s+)any\b(?!\s*[.:(])/g,
      () => "`any` as a type",
    ),
  );

/** A file that hands on what another file exports, and is no door of a package. */
export const reExports = (files: readonly SourceFile[], doors: readonly string[] = []): string[] =>
  files.flatMap((file) =>
    doors.includes(file.path)
      ? []
      : scan(
          file,
          /\bexport\s+(?:type\s+)?(?:\*|\{[^}]*\})\s*(?:as\s+\w+\s+)?from\b/g,
          () => "re-export: import the file you mean",
        ),
  );

/** Modules replaced behind the back of who imports them. */
export const moduleMocks = (files: readonly SourceFile[]): string[] =>
  files.flatMap((file) =>
    scan(
      file,
      /\b(?<word>(?:mock\.module|(?:vi|jest)\.(?:do)?[mM]ock))\s*\(/g,
      (word) => `module mock ${word}()`,
    ),
  );

const reason = /\b(?:ox|es)lint-disable[^\n*]* -- \S/;

/** A lint rule switched off without a reason behind ` -- `. */
export const silentSuppressions = (files: readonly SourceFile[]): string[] =>
  files.flatMap((file) =>
    file.comments.flatMap(([start, end]) => {
      const comment = file.text.slice(start, end);
      if (!/(?:ox|es)lint-disable/.test(comment) || reason.test(comment)) return [];
      return [`${at(file, start)}: a suppressed rule without " -- reason"`];
    }),
  );

/** Casts without a comment on their line or the one above. Tests may cast what they made. */
export const silentCasts = (files: readonly SourceFile[]): string[] =>
  files
    .filter((file) => isProduct(file.path))
    .flatMap((file) => {
      const code = file.code.replaceAll(
        /^(?:import|export)\b[^;=(]*?(?:from\b|\};?$)/gm,
        (clause) => clause.replaceAll(/[^\n]/g, " "),
      );
      const explained = new Set(
        file.comments.flatMap(([start, end]) => {
          const last = lineAt(file.text, end - 1);
          return [lineAt(file.text, start), last, last + 1];
        }),
      );
      return [...code.matchAll(/[\w)\]}>"'`]\s+as\s+(?!const\b)(?=[\w{[(])/g)]
        .map((match) => lineAt(file.text, match.index + match[0].length))
        .filter((line) => !explained.has(line))
        .map((line) => `${file.path}:${line}: a cast without a comment that says why`);
    });

const authority = (name: string): RegExp => {
  const notAKey = /\w$/.test(name) ? String.raw`\b(?!\s*\??:)` : "";
  return new RegExp(String.raw`(?<![\w$#"]|(?<!\.)\.)` + RegExp.escape(name) + notAKey, "g");
};

/** What may be used without a port: name -> rooms. */
type Authorities = Readonly<Record<string, readonly string[]>>;

/** Time, chance and environment used where they are not the adapter; tests have their own table. */
export const ambientAuthority = (
  files: readonly SourceFile[],
  authorities: { readonly ambient: Authorities; readonly ambientInTests: Authorities },
  rooms: readonly string[],
): string[] =>
  files.flatMap((file) => {
    if (!isOfPackage(file.path)) return [];
    const { ambient, ambientInTests } = authorities;
    const room = roomOf(file.path, rooms) ?? "";
    return Object.entries(isTestCode(file.path) ? ambientInTests : ambient).flatMap(
      ([name, allowed]) =>
        matchesAny(allowed, room)
          ? []
          : scan(file, authority(name), () => `${name} outside ${allowed.join(", ") || "tests"}`),
    );
  });

const declaration =
  /^(?:import|export|const|let|var|type|interface|class|abstract|function|async|declare)\b/;

const isInside = (spans: readonly (readonly [number, number])[], offset: number): boolean =>
  spans.some(([start, end]) => start <= offset && offset <= end);

/** Fields of a class are made with its instances, not at import. */
const classBodies = (file: SourceFile): [number, number][] =>
  [...file.code.matchAll(/\bclass\b[^{;]*\{/g)].map((match) => {
    const open = match.index + match[0].length - 1;
    return [open, matchBrackets(file.code).end.get(open) ?? open];
  });

/** What runs when a file is imported: statements, module state, and calls that reach outside. */
export const topLevelEffects = (
  files: readonly SourceFile[],
  programs: readonly string[],
): string[] =>
  files.flatMap((file) => {
    if (!isProduct(file.path) || programs.includes(file.path)) return [];
    const functions = functionsOf(file).map(({ start, end }) => [start, end] as const);
    const spans = [...functions, ...classBodies(file), ...file.templates];
    const statements = [...file.code.matchAll(/^(?!#!)[^\s)\]}>|&?:.;`'"].*$/gm)]
      .filter((match) => !declaration.test(match[0]) && !isInside(spans, match.index))
      .map((match) => `${at(file, match.index)}: a statement at the top level`);
    const reaches = [
      ...file.code.matchAll(/\bawait\b|\bprocess\.(?!platform|versions)|\b\w+Sync\(/g),
    ]
      .filter((match) => !isInside(spans, match.index))
      .map((match) => `${at(file, match.index)}: "${match[0]}" runs at import`);
    const state = scan(
      file,
      /^(?:export\s+)?(?<word>let|var)\s/gm,
      (word) => `${word}: state of a module`,
    );
    return [...statements, ...reaches, ...state];
  });

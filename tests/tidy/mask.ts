/** TypeScript source with everything that is not code blanked out, length and lines unchanged. */
export interface Masked {
  readonly text: string;
  /** `text` with comments and the insides of strings, templates and regular expressions blank. */
  readonly code: string;
  /** Comments as [start, end) offsets, in order. */
  readonly comments: readonly (readonly [number, number])[];
  /** Outermost templates, backtick to backtick, the same way. */
  readonly templates: readonly (readonly [number, number])[];
}

/** A `/` after one of these begins a regular expression; after anything else it divides. */
const beforeRegex =
  /(?:^|[=([{},;:!&|?+\-*%~^<>]|\b(?:return|typeof|case|in|of|do|else|void|await|yield))$/;

interface Cursor {
  readonly text: string;
  /** May there be elements between the code? */
  readonly isJsx: boolean;
  readonly out: string[];
  readonly comments: [number, number][];
  readonly templates: [number, number][];
  templateStart: number;
  /** Brace depths at which a template's `${` was opened: at its `}` the template goes on. */
  readonly holes: number[];
  depth: number;
  at: number;
}

const blank = (text: string): string => text.replaceAll(/[^\n]/g, " ");

const keep = (cursor: Cursor, length: number): void => {
  cursor.out.push(cursor.text.slice(cursor.at, cursor.at + length));
  cursor.at += length;
};

const hide = (cursor: Cursor, end: number): void => {
  cursor.out.push(blank(cursor.text.slice(cursor.at, end)));
  cursor.at = end;
};

const hideComment = (cursor: Cursor, closer: string, keepsCloser: boolean): void => {
  const found = cursor.text.indexOf(closer, cursor.at + 2);
  const end = found < 0 ? cursor.text.length : found + (keepsCloser ? 0 : closer.length);
  cursor.comments.push([cursor.at, end]);
  hide(cursor, end);
};

/** From an opening quote to its closing one. */
const hideString = (cursor: Cursor, quote: string): void => {
  let end = cursor.at + 1;
  while (end < cursor.text.length && cursor.text[end] !== quote && cursor.text[end] !== "\n") {
    end += cursor.text[end] === "\\" ? 2 : 1;
  }
  keep(cursor, 1);
  hide(cursor, end);
  keep(cursor, 1);
};

/** From inside a template up to its closing backtick or to a `${`, which is code again. */
const hideTemplate = (cursor: Cursor): void => {
  let end = cursor.at;
  while (
    end < cursor.text.length &&
    cursor.text[end] !== "`" &&
    !cursor.text.startsWith("${", end)
  ) {
    end += cursor.text[end] === "\\" ? 2 : 1;
  }
  hide(cursor, end);
  if (cursor.text[end] === "`") {
    keep(cursor, 1);
    if (cursor.holes.length === 0) cursor.templates.push([cursor.templateStart, cursor.at]);
    return;
  }
  keep(cursor, 2);
  cursor.holes.push(cursor.depth);
  cursor.depth += 1;
};

const hideRegex = (cursor: Cursor): void => {
  let inClass = false;
  let end = cursor.at + 1;
  while (end < cursor.text.length && (inClass || cursor.text[end] !== "/")) {
    if (cursor.text[end] === "[") inClass = true;
    if (cursor.text[end] === "]") inClass = false;
    end += cursor.text[end] === "\\" ? 2 : 1;
  }
  keep(cursor, 1);
  hide(cursor, end);
  keep(cursor, 1);
};

/** The slash of `</p>` or `<br />`, which begins nothing. */
const isOfTag = ({ text, at, isJsx }: Cursor): boolean =>
  isJsx && (text[at - 1] === "<" || text[at + 1] === ">");

const isRegexStart = (cursor: Cursor): boolean =>
  !isOfTag(cursor) && beforeRegex.test(cursor.out.slice(-200).join("").trimEnd().slice(-12));

const step = (cursor: Cursor): void => {
  const char = cursor.text[cursor.at];
  const pair = cursor.text.slice(cursor.at, cursor.at + 2);
  if (pair === "//") hideComment(cursor, "\n", true);
  else if (pair === "/*") hideComment(cursor, "*/", false);
  else if (char === '"' || char === "'") hideString(cursor, char);
  else if (char === "/" && isRegexStart(cursor)) hideRegex(cursor);
  else if (char === "`") {
    if (cursor.holes.length === 0) cursor.templateStart = cursor.at;
    keep(cursor, 1);
    hideTemplate(cursor);
  } else if (char === "}" && cursor.holes.at(-1) === cursor.depth - 1) {
    cursor.holes.pop();
    cursor.depth -= 1;
    keep(cursor, 1);
    hideTemplate(cursor);
  } else {
    if (char === "{") cursor.depth += 1;
    if (char === "}") cursor.depth -= 1;
    keep(cursor, 1);
  }
};

/**
 * Blanks out what is not code, so that brackets match and words found are words of the program.
 * Text of elements counts as code: it has to come from somewhere else, as an expression.
 */
export const mask = (text: string, isJsx = false): Masked => {
  const cursor: Cursor = {
    text,
    isJsx,
    out: [],
    comments: [],
    templates: [],
    templateStart: 0,
    holes: [],
    depth: 0,
    at: 0,
  };
  while (cursor.at < text.length) step(cursor);
  const { comments, templates } = cursor;
  return { text, code: cursor.out.join(""), comments, templates };
};

/** The 1-based line of an offset. */
export const lineAt = (text: string, offset: number): number => {
  let line = 1;
  let at = text.indexOf("\n");
  while (at >= 0 && at < offset) {
    line += 1;
    at = text.indexOf("\n", at + 1);
  }
  return line;
};

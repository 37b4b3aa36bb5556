import { createHash } from "node:crypto";
import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { extname, join } from "node:path";
import { gzipSync } from "node:zlib";

/** Types of all that a build makes; one that is not here stops the build. */
const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
};

const zipped: ReadonlySet<string> = new Set([".html", ".js", ".css", ".svg"]);

/** What the server reads of a build: see `server/compose/edge/console-pages.ts`. */
export interface BuiltFile {
  readonly path: string;
  readonly type: string;
  readonly tag: string;
  readonly isHashed: boolean;
  readonly isZipped: boolean;
}

/**
 * Builds the console beside the old one and puts it in its place, with `pages.json`, the list that
 * the server goes by. Rejects when the tools are not installed or the sources are at fault.
 */
export async function buildConsole(built: string, stamp: string): Promise<void> {
  // Here and not above: an installation without its tools must still be able to say so.
  const [{ build }, { cacheFolder, viteConfig }] = await Promise.all([
    import("vite"),
    import("./vite-config.ts"),
  ]);
  // Of this process alone: tests may build while a start does.
  const fresh = join(cacheFolder, `console-${process.pid}`);
  const options = { ...viteConfig.build, outDir: fresh };
  // Vite believes the caller's: a test would get React's development build.
  const before = process.env["NODE_ENV"];
  process.env["NODE_ENV"] = "production";
  try {
    await build({ ...viteConfig, logLevel: "error", build: options });
  } finally {
    if (before === undefined) delete process.env["NODE_ENV"];
    else process.env["NODE_ENV"] = before;
  }
  const files = listFiles(fresh).map((path) => described(fresh, path));
  writeFileSync(join(fresh, "pages.json"), JSON.stringify({ stamp, files }));
  rmSync(built, { recursive: true, force: true });
  renameSync(fresh, built);
}

function described(folder: string, path: string): BuiltFile {
  const kind = extname(path);
  const type = types[kind];
  if (type === undefined) throw new Error(`Cannot serve ${path}: its type is not known`);
  const file = join(folder, path);
  const body = readFileSync(file);
  const isZipped = zipped.has(kind);
  if (isZipped) writeFileSync(`${file}.gz`, gzipSync(body, { level: 9 }));
  const tag = createHash("sha256").update(body).digest("base64url").slice(0, 22);
  return { path, type, tag, isHashed: path.startsWith("assets/"), isZipped };
}

const listFiles = (folder: string, below = ""): string[] =>
  readdirSync(join(folder, below), { withFileTypes: true })
    .flatMap((entry) => {
      const path = below === "" ? entry.name : `${below}/${entry.name}`;
      return entry.isDirectory() ? listFiles(folder, path) : [path];
    })
    .sort();

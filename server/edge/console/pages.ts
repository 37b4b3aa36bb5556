import type { Exchange } from "@sekisho/lib/http/exchange.ts";

/** One built file, as it is served below `/console/`. */
export interface Page {
  /** Relative to the folder that was built. */
  readonly path: string;
  readonly type: string;
  /** A hash of the body. */
  readonly tag: string;
  /** Does its name change with its content? */
  readonly isHashed: boolean;
  readonly body: Uint8Array;
  /** Null where compressing gains nothing. */
  readonly gzip: Uint8Array | null;
}

/** Every built file in memory: nothing else can be asked for, whatever a path says. */
export type Pages = ReadonlyMap<string, Page>;

const home = "/console/";
const entry = "index.html";

/** No script, style or font of others, none inline, and no frame around us (SEC-11). */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "font-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

const guards: readonly string[] = [
  "content-security-policy",
  policy,
  "x-content-type-options",
  "nosniff",
  "x-frame-options",
  "DENY",
  "referrer-policy",
  "no-referrer",
  "cross-origin-opener-policy",
  "same-origin",
  "cross-origin-resource-policy",
  "same-origin",
];

/** Is it below `/console`? */
export const isConsolePath = (path: string): boolean =>
  path === "/console" || path.startsWith(home);

/**
 * Serves `/console` and everything below it: built files under their names, and the entry for
 * addresses that the page itself understands.
 */
export class ConsolePages {
  readonly #pages: Pages;

  constructor(pages: Pages) {
    this.#pages = pages;
  }

  /** The way from `/` and `/console` to the page. */
  readonly welcome = (exchange: Exchange): void =>
    exchange.respond(302, ["location", home, "cache-control", "no-store", ...guards], "");

  readonly serve = (exchange: Exchange): void => {
    const { method, path } = exchange.head;
    if (method !== "GET" && method !== "HEAD") {
      exchange.respond(405, ["allow", "GET, HEAD", ...plain], `Cannot ${method.slice(0, 16)} it`);
    } else if (path === "/console") this.welcome(exchange);
    else {
      const page = this.#find(path.slice(home.length));
      if (page === null) exchange.respond(404, plain, "The console has no such file");
      else answer(exchange, page);
    }
  };

  /** A name without a dot is an address inside the page. */
  #find(name: string): Page | null {
    const last = name.slice(name.lastIndexOf("/") + 1);
    const isAddress = !last.includes(".") && !name.startsWith("assets/");
    return this.#pages.get(isAddress ? entry : name) ?? null;
  }
}

const plain: readonly string[] = [
  "content-type",
  "text/plain; charset=utf-8",
  "cache-control",
  "no-store",
  ...guards,
];

function answer(exchange: Exchange, page: Page): void {
  const { head } = exchange;
  const tag = `"${page.tag}"`;
  const keep = page.isHashed ? "public, max-age=31536000, immutable" : "no-cache";
  const headers = ["etag", tag, "cache-control", keep, "vary", "accept-encoding", ...guards];
  const known = (head.header("if-none-match") ?? "").split(",").map((each) => each.trim());
  if (known.some((each) => each === tag || each === `W/${tag}`)) {
    exchange.respond(304, headers, "");
    return;
  }
  headers.push("content-type", page.type);
  const isZipped = page.gzip !== null && takesGzip(head.header("accept-encoding"));
  if (isZipped) headers.push("content-encoding", "gzip");
  exchange.respond(200, headers, isZipped ? page.gzip : page.body);
}

const takesGzip = (accepted: string = ""): boolean =>
  accepted
    .split(",")
    .some((each) => /^\s*gzip\s*(?:;\s*q=(?:1|0?\.\d*[1-9]\d*)[^,]*)?$/.test(each));

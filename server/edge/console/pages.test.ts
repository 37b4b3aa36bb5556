import assert from "node:assert/strict";
import { test } from "node:test";
import type { Exchange } from "@sekisho/lib/http/exchange.ts";
import { ConsolePages, isConsolePath, type Page } from "./pages.ts";

const page = (path: string, more: Partial<Page> = {}): [string, Page] => [
  path,
  {
    path,
    type: "text/plain",
    tag: `tag-of-${path}`,
    isHashed: path.startsWith("assets/"),
    body: Buffer.from(`body of ${path}`),
    gzip: null,
    ...more,
  },
];

const console = new ConsolePages(
  new Map([
    page("index.html", { type: "text/html" }),
    page("assets/main-1a2b.js", { gzip: Buffer.from("zipped") }),
    page("icon.svg"),
  ]),
);

interface Answer {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

const ask = (path: string, headers: Record<string, string> = {}, method = "GET"): Answer => {
  let answer: Answer | null = null;
  console.serve({
    head: { method, path, header: (name: string) => headers[name] },
    respond: (status: number, flat: readonly string[], body: Uint8Array | string) => {
      const pairs = Array.from({ length: flat.length / 2 }, (_, n): [string, string] => [
        flat[2 * n] ?? "",
        flat[2 * n + 1] ?? "",
      ]);
      answer = { status, headers: new Map(pairs), body: Buffer.from(body).toString() };
    },
  } as unknown as Exchange); // nothing else of it is looked at
  assert.ok(answer !== null);
  return answer;
};

test("files are served under their names, addresses inside the page by its entry", () => {
  assert.equal(ask("/console/assets/main-1a2b.js").body, "body of assets/main-1a2b.js");
  assert.equal(ask("/console/icon.svg").body, "body of icon.svg");
  for (const address of ["/console/", "/console/overview", "/console/a/b", "/console/index.html"]) {
    const { status, headers, body } = ask(address);
    assert.deepEqual([status, body], [200, "body of index.html"], address);
    assert.equal(headers.get("content-type"), "text/html");
  }
});

test("nothing else can be reached, whatever a path says", () => {
  for (const path of [
    "/console/assets/main-ffff.js",
    "/console/assets/",
    "/console/assets/../index.html",
    "/console/../server/bin.js",
    "/console/%2e%2e/%2e%2e/etc/passwd.txt",
    "/console/..%2f..%2fpackage.json",
    "/console//etc/passwd.d",
    "/console/pages.json",
    "/console/index.html.gz",
    "/console/__proto__.x",
  ]) {
    assert.equal(ask(path).status, 404, path);
  }
  assert.equal(isConsolePath("/consoles"), false);
  assert.equal(isConsolePath("/console"), true);
});

test("what has its hash in its name is kept for good, the entry is asked for again", () => {
  const keep = "public, max-age=31536000, immutable";
  assert.equal(ask("/console/assets/main-1a2b.js").headers.get("cache-control"), keep);
  const entry = ask("/console/");
  assert.equal(entry.headers.get("cache-control"), "no-cache");
  const tag = entry.headers.get("etag") ?? "";
  assert.equal(tag, '"tag-of-index.html"');
  for (const known of [tag, `W/${tag}`, `"x", ${tag}`]) {
    const again = ask("/console/", { "if-none-match": known });
    assert.deepEqual([again.status, again.body, again.headers.get("etag")], [304, "", tag]);
  }
  assert.equal(ask("/console/", { "if-none-match": '"x"' }).status, 200);
});

test("compressed for who takes it", () => {
  const encoding = (accepted: string): string | undefined =>
    ask("/console/assets/main-1a2b.js", { "accept-encoding": accepted }).headers.get(
      "content-encoding",
    );
  assert.equal(encoding("gzip, deflate, br"), "gzip");
  assert.equal(encoding("br;q=1, gzip;q=0.5"), "gzip");
  for (const none of ["", "br", "gzip;q=0", "x-gzip"]) assert.equal(encoding(none), undefined);
});

test("SEC-11 every answer forbids inline scripts, frames and guesses of types", () => {
  const answers = [
    ask("/console/"),
    ask("/console/no.js"),
    ask("/console"),
    ask("/console/", {}, "POST"),
  ];
  assert.deepEqual(
    answers.map(({ status }) => status),
    [200, 404, 302, 405],
  );
  for (const { headers } of answers) {
    const policy = headers.get("content-security-policy") ?? "";
    assert.match(policy, /default-src 'none'; script-src 'self';/);
    assert.match(policy, /frame-ancestors 'none'/);
    assert.doesNotMatch(policy, /unsafe/);
    assert.equal(headers.get("x-content-type-options"), "nosniff");
  }
});

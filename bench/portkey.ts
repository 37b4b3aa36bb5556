import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Candidate, Site } from "./candidate.ts";

const PACKAGE = "@portkey-ai/gateway";
const VERSION = "1.15.2";
/** Newer ones, which its own range admits, make this Portkey answer every stream with 500. */
const HONO_NODE_SERVER_VERSION = "1.14.1";

/**
 * The Portkey gateway, from the npm registry into a folder outside the repository; it is kept there
 * for the next run. A string says why it cannot take part.
 */
export function portkey(site: Site): Candidate | string {
  const prefix = join(tmpdir(), `sekisho-bench-portkey-${VERSION}`);
  const entry = join(prefix, "node_modules", PACKAGE, "build/start-server.js");
  if (!existsSync(entry)) install(prefix);
  if (!existsSync(entry)) return `${PACKAGE}@${VERSION} cannot be installed`;
  return {
    name: "portkey",
    port: site.port,
    headers: [
      "authorization: Bearer bench",
      "x-portkey-provider: openai",
      `x-portkey-custom-host: http://127.0.0.1:${site.upstreamPort}/v1`,
    ],
    plan: {
      command: [process.execPath, entry, "--headless", `--port=${site.port}`],
      env: { NODE_OPTIONS: site.nodeOptions, TRUSTED_CUSTOM_HOSTS: "127.0.0.1,localhost" },
      ready: site.port,
    },
  };
}

function install(prefix: string): void {
  process.stderr.write(`installing ${PACKAGE}@${VERSION} into ${prefix}\n`);
  mkdirSync(prefix, { recursive: true });
  const manifest = {
    private: true,
    dependencies: { [PACKAGE]: VERSION },
    overrides: { "@hono/node-server": HONO_NODE_SERVER_VERSION },
  };
  writeFileSync(join(prefix, "package.json"), JSON.stringify(manifest));
  const flags = ["--no-audit", "--no-fund", "--ignore-scripts"];
  spawnSync("npm", ["install", "--prefix", prefix, ...flags], {
    stdio: ["ignore", "ignore", "inherit"],
  });
}

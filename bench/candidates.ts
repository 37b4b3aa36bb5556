import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Candidate, CandidateName, Site } from "./candidate.ts";
import { ensureProgram } from "./ensure-program.ts";
import { portkey } from "./portkey.ts";
import { haproxyConfig, nginxConfig } from "./proxy-configs.ts";
import { benchKey, sekishoConfig } from "./sekisho-config.ts";

/** Candidates that are measured unless others are named. */
export const defaultCandidates: readonly CandidateName[] = [
  "direct",
  "haproxy",
  "nginx",
  "raw",
  "sekisho",
];

/** Prepares a candidate's files and programs. A string says why it cannot take part here. */
export function prepareCandidate(name: CandidateName, site: Site): Candidate | string {
  switch (name) {
    case "direct":
      return { name, port: site.upstreamPort, headers: [], plan: undefined };
    case "haproxy": {
      if (!ensureProgram("haproxy")) return "haproxy is not installed and cannot be installed";
      const config = configFile(site, "haproxy.cfg", haproxyConfig(site));
      return proxy(name, site, ["haproxy", "-db", "-f", config]);
    }
    case "nginx": {
      if (!ensureProgram("nginx")) return "nginx is not installed and cannot be installed";
      const config = configFile(site, "nginx.conf", nginxConfig(site));
      return proxy(name, site, ["nginx", "-c", config]);
    }
    case "raw":
      return rawProxy(site);
    case "sekisho":
      return sekisho(site);
    case "portkey":
      return portkey(site);
  }
}

function proxy(name: CandidateName, site: Site, command: readonly string[]): Candidate {
  return { name, port: site.port, headers: [], plan: { command, env: {}, ready: site.port } };
}

function rawProxy(site: Site): Candidate {
  const upstream = `http://127.0.0.1:${site.upstreamPort}`;
  const command = [process.execPath, "bench/raw-proxy.ts", String(site.port), upstream];
  const env = { NODE_OPTIONS: site.nodeOptions };
  return { name: "raw", port: site.port, headers: [], plan: { command, env, ready: "line" } };
}

function sekisho(site: Site): Candidate {
  const config = configFile(site, "sekisho.yaml", sekishoConfig(site.upstreamPort));
  const data = join(site.folder, `sekisho-data-${site.port}`);
  const flags = ["--port", String(site.port), "--data", data, "--config", config, "--json"];
  return {
    name: "sekisho",
    port: site.port,
    headers: [`authorization: Bearer ${benchKey}`],
    plan: {
      command: [process.execPath, "server/bin.js", "start", ...flags],
      env: { NODE_OPTIONS: site.nodeOptions, BENCH_KEY: benchKey, BENCH_UPSTREAM_KEY: "bench" },
      ready: "line",
    },
  };
}

function configFile(site: Site, name: string, text: string): string {
  const path = join(site.folder, `${site.port}-${name}`);
  writeFileSync(path, text);
  return path;
}

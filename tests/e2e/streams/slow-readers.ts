/**
 * `npm run streams:slow -- [--readers=1000] [--kinds=plain,resumable,session] [--bytes=100]
 * [--chunks=40] [--chunk-bytes=8192] [--seconds=20]`: what readers that take so many bytes a
 * second hold of the gateway's memory, beside as many that take everything (STR-7).
 *
 * Where it may, it runs in a network of its own whose sockets hold 64 KiB at most in each
 * direction: the usual ones take an answer of 4 MB in whole, and no reader of it is slow.
 */
import { spawnSync } from "node:child_process";
import { parseArgs } from "node:util";
import { readerKinds, runReaders, type ReaderFigures, type ReaderPlan } from "./reader-run.ts";

const ownNetwork = "SEKISHO_OWN_NETWORK";
const enter = [
  "ip link set lo up mtu 1500",
  "echo '4096 16384 65536' > /proc/sys/net/ipv4/tcp_wmem",
  "echo '4096 16384 65536' > /proc/sys/net/ipv4/tcp_rmem",
  'exec "$@"',
].join(" && ");

if (process.env[ownNetwork] === undefined && spawnSync("unshare", ["-n", "true"]).status === 0) {
  const self = [process.execPath, ...process.execArgv, ...process.argv.slice(1)];
  const { status } = spawnSync("unshare", ["-n", "sh", "-c", enter, "sh", ...self], {
    stdio: "inherit",
    env: { ...process.env, [ownNetwork]: "1" },
  });
  process.exit(status ?? 1);
}

const { values } = parseArgs({
  options: {
    readers: { type: "string", default: "1000" },
    kinds: { type: "string", default: readerKinds.join(",") },
    bytes: { type: "string", default: "100" },
    chunks: { type: "string", default: "40" },
    "chunk-bytes": { type: "string", default: "8192" },
    seconds: { type: "string", default: "20" },
  },
});
const plan: ReaderPlan = {
  readers: Number(values.readers),
  kinds: readerKinds.filter((kind) => values.kinds.split(",").includes(kind)),
  bytesPerSecond: Number(values.bytes),
  chunks: Number(values.chunks),
  chunkBytes: Number(values["chunk-bytes"]),
  durationMs: Number(values.seconds) * 1_000,
};
const sockets = process.env[ownNetwork] === undefined ? "the machine's sockets" : "small sockets";
console.log(`${plan.readers} readers of ${plan.kinds.join(", ")}, ${sockets}`);
tell("fast", await runReaders({ ...plan, bytesPerSecond: Infinity }));
tell(`${plan.bytesPerSecond} bytes/s`, await runReaders(plan));

function tell(name: string, figures: ReaderFigures): void {
  const { before, meanwhile, peakResidentBytes, cut, alone, beside } = figures;
  const each = (bytes: number): string => `${Math.round(bytes / 1_024 / plan.readers)} KiB`;
  console.log(
    [
      `${name}:`,
      `alive ${each(meanwhile.liveBytes - before.liveBytes)} each,`,
      `resident ${each(meanwhile.residentBytes - before.residentBytes)} each without garbage,`,
      `${each(peakResidentBytes - before.residentBytes)} at the peak;`,
      `${cut} cut; calls alone ${spread(alone)}, beside ${spread(beside)}`,
    ].join(" "),
  );
}

function spread(tookMs: readonly number[]): string {
  const sorted = tookMs.toSorted((a, b) => a - b);
  const at = (share: number): string => (sorted[Math.floor(sorted.length * share)] ?? 0).toFixed(1);
  return `p50 ${at(0.5)} p99 ${at(0.99)} ms (${sorted.length})`;
}

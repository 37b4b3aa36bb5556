import { uptime } from "node:os";
import type { GatewayLog } from "@sekisho/gateway/observe/gateway-log.ts";
import { StreamLost } from "@sekisho/gateway/observe/stream-lost.ts";
import { SqliteClaimStore } from "@sekisho/gateway/idempotency/store/sqlite.ts";
import { interruptedStreams } from "@sekisho/gateway/responses/interrupted-streams.ts";
import { noGroup } from "@sekisho/gateway/responses/stream-group.ts";
import { RecentStreamStore } from "@sekisho/gateway/responses/store/recent.ts";
import { SharedStreamStore } from "@sekisho/gateway/responses/store/shared.ts";
import { SqliteStreamStore } from "@sekisho/gateway/responses/store/sqlite.ts";
import { Streams } from "@sekisho/gateway/responses/streams.ts";
import type { Metrics } from "@sekisho/lib/telemetry/metrics.ts";
import type { Clock } from "@sekisho/lib/time/clock.ts";
import type { TimerWheel } from "@sekisho/lib/time/timer-wheel.ts";
import type { Config } from "../../config/schema.ts";
import type { DataFolder } from "../storage/data-folder.ts";
import { NeighbourStreams } from "./neighbour-streams.ts";
import type { Storage } from "../storage/storage.ts";
import { StreamDisk } from "./stream-disk.ts";
import { StreamPeers } from "./stream-peers.ts";
import type { WorkerParts } from "../group/worker-parts.ts";
import { HourlyStreamFiles } from "./stream-files.ts";

export interface StreamsOptions {
  readonly folder: Pick<DataFolder, "path">;
  /** The data folder of all processes; `folder` is that of this one in it. */
  readonly dataFolder: string;
  readonly clock: Clock;
  readonly wheel: TimerWheel;
  /** Where the names stand of calls whose answers are kept. */
  readonly storage: Pick<Storage, "reader" | "writer">;
  /** Of so many processes on the folder. */
  readonly processes: number;
  readonly log: GatewayLog;
  readonly metrics: Metrics;
  /** Where this process is one of several. */
  readonly worker?: WorkerParts;
}

/** The streams of a data folder, and their files as what is to be closed. */
export interface OpenStreams extends AsyncDisposable {
  readonly streams: Streams;
}

interface DiskParts {
  readonly files: HourlyStreamFiles;
  readonly stored: SqliteStreamStore;
  readonly own: RecentStreamStore;
}

interface DiskOptions extends Pick<
  StreamsOptions,
  "clock" | "log" | "metrics" | "processes" | "storage"
> {
  readonly limits: Config["streams"];
}

/** Ends what a process that died has left open, before anybody can ask for it. */
export async function openStreams(
  { folder, dataFolder, clock, log, metrics, wheel, worker, ...rest }: StreamsOptions,
  limits: Config["streams"],
): Promise<OpenStreams> {
  const { path } = folder;
  const files = new HourlyStreamFiles({ path, clock, log, keepHours: limits.keepHours });
  const neighbours = new NeighbourStreams({ folder: dataFolder, own: path, clock });
  const stored = new SqliteStreamStore(files, clock);
  const own = new RecentStreamStore(stored, clock);
  const group =
    worker === undefined
      ? null
      : new StreamPeers(
          worker.link,
          { slot: worker.start.slot, others: () => worker.link.workers.length - 1 },
          clock,
        );
  const store = new SharedStreamStore(own, neighbours.all, group ?? noGroup);
  const bootedWallMs = clock.wallMs() - uptime() * 1_000;
  const recovered = await store.recover(interruptedStreams(bootedWallMs));
  if (recovered > 0) log.warn("streams of a process that died were ended", { count: recovered });
  const disk = boundedDisk({ files, stored, own }, { clock, log, metrics, limits, ...rest });
  const lost = new StreamLost(log, metrics);
  const streams = new Streams({
    store,
    clock,
    wheel,
    limits,
    ...(group === null ? {} : { group }),
    isFull: () => disk.isFull,
    lost: (id, why) => lost.record(id, why),
  });
  group?.serve({ streams, own });
  metrics.observedGauge(
    { name: "sekisho_streams_running", help: "Answers under way that can be resumed" },
    () => streams.running,
  );
  return {
    streams,
    async [Symbol.asyncDispose]() {
      disk[Symbol.dispose]();
      group?.[Symbol.dispose]();
      neighbours[Symbol.dispose]();
      await files[Symbol.asyncDispose]();
    },
  };
}

/** An answer and its name stand in two files: the name goes first. */
function boundedDisk(
  { files, stored, own }: DiskParts,
  { clock, log, metrics, limits, processes, storage }: DiskOptions,
): StreamDisk {
  const claims = new SqliteClaimStore(storage.reader);
  return new StreamDisk({
    files: {
      usedBytes: () => files.usedBytes(),
      dropEmpty: () => files.dropEmpty(),
      oldestEnded: (asked) => stored.oldestEnded(asked),
      take: (id) => own.remove(id),
      forget: (ids) =>
        storage.writer.commit(
          ids.map((id) => claims.release(id)),
          "process",
        ),
    },
    limitBytes: Math.floor(limits.maxDiskBytes / processes),
    clock,
    log,
    metrics,
  });
}

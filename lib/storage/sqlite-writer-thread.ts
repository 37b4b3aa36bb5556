import { parentPort, workerData, type MessagePort } from "node:worker_threads";
import { SystemClock } from "../time/system-clock.ts";
import { BatchExecutor } from "./batch-executor.ts";
import { Checkpointer } from "./checkpointer.ts";
import { CrashPoints } from "./crash-points.ts";
import { FileTransactions } from "./file-transactions.ts";
import { openForWriting } from "./open-database.ts";
import type { MessageFromThread, MessageToThread, ThreadStart } from "./sqlite-writer.ts";
import { storageError } from "./storage-failure.ts";

const serve = (port: MessagePort, { path, crashAt }: ThreadStart): void => {
  const reply = (message: MessageFromThread): void => port.postMessage(message);
  const crashPoints = crashAt === null ? null : new CrashPoints(crashAt);
  const step = crashPoints === null ? () => {} : () => crashPoints.pass();
  const database = openForWriting(path);
  const executor = new BatchExecutor(database, new FileTransactions(database), step);
  const checkpointer = new Checkpointer(database, new SystemClock());
  port.on("message", (message: MessageToThread) => {
    if (message === "close") {
      database.close();
      port.close();
      return;
    }
    const outcome = executor.run(message);
    reply({ kind: "outcome", outcome, steps: crashPoints?.passed ?? 0 });
    // After the reply: whoever waits for the commit does not wait for the checkpoint.
    checkpointer.committed();
  });
  reply({ kind: "ready" });
};

if (parentPort === null) throw new Error("Cannot start the SQLite writer outside a worker thread");
try {
  // The only sender is sqlite-writer.ts, which types what it passes.
  serve(parentPort, workerData as ThreadStart);
} catch (error) {
  const refused: MessageFromThread = { kind: "refused", error: storageError(error) };
  parentPort.postMessage(refused);
  parentPort.close();
}

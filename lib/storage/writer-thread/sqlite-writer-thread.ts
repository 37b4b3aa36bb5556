import { parentPort, workerData, type MessagePort } from "node:worker_threads";
import { SystemClock } from "../../time/system-clock.ts";
import { leftFiles, takeOverAhead } from "../ahead/recover-ahead.ts";
import { BatchExecutor } from "../commits/batch-executor.ts";
import { FileTransactions } from "../commits/file-transactions.ts";
import { openForWriting } from "../database/open-database.ts";
import { storageError } from "../storage-failure.ts";
import { Checkpointer } from "./checkpointer.ts";
import { CrashPoints } from "./crash-points.ts";
import type {
  CrashPlan,
  MessageFromThread,
  MessageToThread,
  TakeOverOutcome,
  ThreadStart,
} from "./sqlite-writer.ts";

const serve = (port: MessagePort, { path, overwritesDeleted, crash }: ThreadStart): void => {
  const reply = (message: MessageFromThread): void => port.postMessage(message);
  const step = crash === null ? () => {} : stepsOf(crash);
  const database = openForWriting(path);
  if (overwritesDeleted) database.exec("PRAGMA secure_delete = ON");
  const transactions = new FileTransactions(database);
  const executor = new BatchExecutor(database, transactions, step);
  const checkpointer = new Checkpointer(database, new SystemClock());
  port.on("message", (message: MessageToThread) => {
    if (message === "close") {
      database.close();
      port.close();
      return;
    }
    if (message === "empty log") {
      return reply({ kind: "log emptied", isEmpty: checkpointer.empty() });
    }
    if ("takeOver" in message) {
      const heir = { database, transactions, step };
      const outcome = outcomeOf(() => takeOverAhead(heir, leftFiles(path, message.takeOver)));
      return reply({ kind: "taken over", outcome });
    }
    const outcome = executor.run(message);
    reply({ kind: "outcome", outcome });
    // After the reply: whoever waits for the commit does not wait for the checkpoint.
    checkpointer.committed();
  });
  reply({ kind: "ready" });
};

const outcomeOf = (run: () => number): TakeOverOutcome => {
  try {
    return { lostWrites: run() };
  } catch (error) {
    return { error: storageError(error) };
  }
};

const stepsOf = ({ at, counter }: CrashPlan): (() => void) => {
  const points = new CrashPoints(at, counter);
  return () => points.pass();
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

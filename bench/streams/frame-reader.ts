/** Reads what a session says, as fast as it comes, and does nothing with it. */
import { connect } from "node:net";
import { sessionOpening } from "../../tests/harness/session-frames.ts";

const buffer = Buffer.allocUnsafeSlow(262_144);
const socket = connect({
  port: Number(process.argv[2]),
  host: "127.0.0.1",
  onread: { buffer, callback: () => true },
});
socket.on("connect", () => socket.write(sessionOpening("none", [])));
socket.on("error", () => process.exit(1));

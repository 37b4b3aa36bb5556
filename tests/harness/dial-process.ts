import { once } from "node:events";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { until } from "./until.ts";

const mostTries = 40;

/** A connection that one of several processes on a port has taken: that one. Linux only. */
export async function dialProcess(url: string, pid: number): Promise<Socket> {
  const { hostname, port } = new URL(url);
  for (let tries = 0; tries < mostTries; tries += 1) {
    const socket = connect(Number(port), hostname);
    await once(socket, "connect");
    const inode = await until("the connection is taken", () => inodeOf(socket));
    // Which process has it is seen once it is taken.
    const isThere = await until("a process has it", () => hasSocket(pid, inode), 200).catch(
      () => false,
    );
    if (isThere) return socket;
    socket.destroy();
  }
  throw new Error(`Cannot reach process ${pid}: ${mostTries} connections went elsewhere`);
}

const hex = (port: number): string => port.toString(16).toUpperCase().padStart(4, "0");

/** Of the server's end. */
function inodeOf({ localPort = 0, remotePort = 0 }: Socket): string | null {
  for (const file of ["/proc/net/tcp", "/proc/net/tcp6"]) {
    for (const line of readFileSync(file, "utf8").split("\n")) {
      const [, local = "", remote = "", ...rest] = line.trim().split(/\s+/);
      const isOurs = local.endsWith(`:${hex(remotePort)}`) && remote.endsWith(`:${hex(localPort)}`);
      const inode = rest[6] ?? "0";
      if (isOurs && inode !== "0") return inode;
    }
  }
  return null;
}

function hasSocket(pid: number, inode: string): true | null {
  const folder = `/proc/${pid}/fd`;
  for (const fd of readdirSync(folder)) {
    try {
      if (readlinkSync(`${folder}/${fd}`) === `socket:[${inode}]`) return true;
    } catch {
      // It was closed in this moment.
    }
  }
  return null;
}

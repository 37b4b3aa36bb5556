import { createServer } from "node:net";
import { fail, ok, warn, type Finding } from "./doctor-finding.ts";
import { sendRequest, type HttpAnswer } from "./http-request.ts";
import { readServerFile } from "./server-file.ts";

export interface NetworkQuestion {
  readonly port: number;
  /** The data folder, where a running server left its address. */
  readonly folder: string;
}

/** Is there a server already, and if not, could one listen? */
export async function networkChecks(question: NetworkQuestion): Promise<Finding[]> {
  const v6 = await tryListen("::1", 0);
  const loopback =
    v6 === null
      ? ok("loopback", "127.0.0.1 and ::1")
      : warn("loopback", `::1 cannot be used: ${v6}`, "clients must use 127.0.0.1");
  return [loopback, await checkServer(question)];
}

const checkServer = async ({ port, folder }: NetworkQuestion): Promise<Finding> => {
  const url = runningUrl(folder);
  const answer = url === null ? null : await ask(url);
  if (url !== null && answer !== null) return judgeServer(url, answer);
  const busy = (await tryListen("127.0.0.1", port)) ?? (await tryListenV6(port));
  if (busy === null) return ok("port", `${port} is free, no server runs`);
  if (busy === "EACCES") {
    return fail("port", `${port} is not allowed`, "choose one above 1023 with --port");
  }
  const here = `http://127.0.0.1:${port}`;
  const other = await ask(here);
  if (other !== null && isOurs(other)) return judgeServer(here, other);
  const says = `${port} is taken by another program (${busy})`;
  return fail("port", says, "end that program, or choose another port with --port");
};

const runningUrl = (folder: string): string | null => {
  try {
    return readServerFile(folder)?.adminUrl ?? null;
  } catch {
    return null;
  }
};

const ask = async (base: string): Promise<HttpAnswer | null> => {
  try {
    const url = new URL("/health/ready", base);
    return await sendRequest({ method: "GET", url, headers: {}, body: null });
  } catch {
    return null;
  }
};

/** Another program's page may well be a 200; ours is JSON with a status. */
const isOurs = ({ status, text }: HttpAnswer): boolean => {
  if (status !== 200 && status !== 503) return false;
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === "object" && body !== null && "status" in body;
  } catch {
    return false;
  }
};

const judgeServer = (url: string, { status }: HttpAnswer): Finding =>
  status === 200
    ? ok("server", `ready at ${url}`)
    : warn("server", `${url} answers ${status}, not ready`, "wait, then read its log");

const tryListenV6 = async (port: number): Promise<string | null> => {
  const code = await tryListen("::1", port);
  // A machine without IPv6 can serve on 127.0.0.1 alone.
  return code === "EADDRNOTAVAIL" || code === "EAFNOSUPPORT" ? null : code;
};

/** Null when the port could be taken, else the error's code. */
const tryListen = (host: string, port: number): Promise<string | null> =>
  new Promise((resolve) => {
    const server = createServer();
    server.on("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(null)));
  });

import type { Host, Socket, SocketObserver } from "./host.ts";

interface Listening {
  addEventListener(type: string, run: () => void): void;
  removeEventListener(type: string, run: () => void): void;
}

interface Page {
  readonly navigator?: { readonly onLine?: boolean };
  readonly document?: Listening & { readonly visibilityState: string };
  readonly addEventListener?: Listening["addEventListener"];
  readonly removeEventListener?: Listening["removeEventListener"];
}

/** The page or the program that this module runs in: in programs nothing wakes it. */
export const pageHost: Host = {
  nowMs: () => performance.now(),
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  },
  random: () => Math.random(),
  // Both of them are missing outside of browsers, as their types say.
  isOnline: () => (globalThis as unknown as Page).navigator?.onLine !== false,
  dial,
  onWake(run) {
    // Both of them are missing outside of browsers, as their types say.
    const page = globalThis as unknown as Page;
    const { document } = page;
    const seen = (): void => {
      if (document?.visibilityState === "visible") run();
    };
    document?.addEventListener("visibilitychange", seen);
    for (const type of ["pageshow", "online"]) page.addEventListener?.(type, run);
    return () => {
      document?.removeEventListener("visibilitychange", seen);
      for (const type of ["pageshow", "online"]) page.removeEventListener?.(type, run);
    };
  },
};

function dial(url: string, subprotocol: string, observer: SocketObserver): Socket {
  const socket = new WebSocket(url, [subprotocol]);
  socket.addEventListener("open", () => observer.opened());
  socket.addEventListener("message", ({ data }) => {
    if (typeof data === "string") observer.text(data);
  });
  socket.addEventListener("close", ({ code, reason }) => observer.closed(code, reason));
  return {
    send: (text) => socket.send(text),
    close: (code, reason) => socket.close(code, reason),
  };
}
